"""Data of a change to oom_score_adj: the plan, the terms of asking for permission, and the outcome so far."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from oomtray.actions import escalate
from oomtray.actions.journal import Journaled, JournalNote
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.actions.adjust import Change, Direction, Right, Target
    from oomtray.actions.escalate import Call
    from oomtray.actions.helper_run import Complaint, Status
    from oomtray.actions.journal_file import Batch
    from oomtray.actions.rules.engine import RulesStatus

_MAY_PASS = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "guarded", "hidden", "failed"})
"""Errors of an undo that may be gone at the next attempt."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to try on one process."""

    target: Target
    value: int
    direction: Direction = "any"
    expect: int | None = None
    """Require this current value, because a later change by somebody else is not undone."""
    error: str | None = None
    """Why the step isn't even tried: an identifier as in `Change.error`."""
    right: Right | None = None
    """What permission gave along with the value that is being undone."""
    floor: int | None = None
    """How low the owner could go before that."""
    before: int | None = None
    """Value before an earlier process with the same memory is changed, which changes this one too; else None."""


@dataclass(frozen=True, slots=True)
class Plan:
    action: str
    steps: tuple[Step, ...]
    uids: Mapping[Target, int] = field(default_factory=dict)
    """Owner of each process, as far as known."""
    undoes: Batch | None = None
    note: JournalNote | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Which processes permission may be asked for, and what must still hold once it is given."""

    only: frozenset[Target] | None = None
    """None: all."""
    exes: Mapping[Target, str] = field(default_factory=dict)
    """The executable that each must still run."""
    owners: Mapping[Target, int] = field(default_factory=dict)
    """The uid that all four uids of each must be."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome(Journaled):
    """The state of a plan that is being carried out."""

    action: str
    changes: tuple[Change, ...]
    terms: Terms = field(default_factory=Terms)
    uids: Mapping[Target, int] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    """Calls that pkexec still has to run, one after another."""
    status: Status | None = None
    """How asking for permission ended; None if nobody was asked, or all was done."""
    complaint: Complaint | None = None
    """The helper's error output, if it could not answer."""
    undoes: Batch | None = None

    @property
    def moved(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.moved)

    @property
    def wanting(self) -> tuple[Change, ...]:
        """Changes for which permission may be asked."""
        return tuple(
            change
            for change in self.changes
            if escalate.needs_it(change) and (self.terms.only is None or change.target in self.terms.only)
        )

    @property
    def begun(self) -> tuple[Change, ...]:
        """Changes that the calls are going to make."""
        return tuple(
            replace(one, before=one.after if one.done else one.before, after=one.wanted, right="unknown")
            for call in self.calls
            for one in call.changes
            if one.wanted is not None
        )

    @property
    def left_to_undo(self) -> tuple[Change, ...]:
        """Changes of the undone batch that may still be undone next time."""
        if self.undoes is None:
            return ()
        tried = {change.target for change in self.changes}
        stuck = {change.target for change in self.changes if not change.done and change.error in _MAY_PASS}
        return tuple(c for c in self.undoes.changes if c.target in stuck or c.target not in tried)

    def undoable_by(self, uid: int) -> bool:
        """Whether this user can undo it: not if all changes lowered others' processes without asking for permission."""
        return self.batch is not None and any(
            change.after > (change.before or 0)
            or change.right is not None
            or uid in (0, self.uids.get(change.target, uid))
            for change in self.moved
        )


def terms_of(status: RulesStatus) -> Terms:
    """Limit permission to the processes of waiting rules, as long as each rule still matches its process."""
    only = frozenset(one.change.target for one in status.waiting if one.change is not None)
    return Terms(only, status.exes, status.owners)
