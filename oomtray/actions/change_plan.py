"""What a change of oom_score_adj is planned to be, for whom permission may be asked, and how far it has come."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.actions import escalate
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.actions.adjust import Change, Direction, Right, Target
    from oomtray.actions.escalate import Call
    from oomtray.actions.helper_run import Complaint, Status
    from oomtray.actions.journal import JournalNote
    from oomtray.actions.journal_file import Batch
    from oomtray.actions.rules.engine import RulesStatus

_MAY_PASS = frozenset({"needs-authorisation", "refused-by-kernel", "not-yours", "hidden", "failed"})
"""What stood in the way of an undo and may not do so next time."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be tried on one process."""

    target: Target
    value: int
    direction: Direction = "any"
    expect: int | None = None
    """Only where this is still its value: another's later change is not taken back."""
    error: str | None = None
    """Why it isn't even tried: an identifier as in `Change.error`."""
    right: Right | None = None
    """What permission has given with the value that is taken back."""
    floor: int | None = None
    """How low its owner could go before that."""
    before: int | None = None
    """Where it shares the memory of an earlier one, whose change takes it along: the value that it had before that."""


@dataclass(frozen=True, slots=True)
class Plan:
    action: str
    steps: tuple[Step, ...]
    uids: Mapping[Target, int] = field(default_factory=dict)
    """Whose the processes are, as far as it is known."""
    undoes: Batch | None = None
    note: JournalNote | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """For whom permission may be asked, and what must still hold of them once it is there."""

    only: frozenset[Target] | None = None
    """None: for all."""
    exes: Mapping[Target, str] = field(default_factory=dict)
    """The executable that must still run."""
    owners: Mapping[Target, int] = field(default_factory=dict)
    """The uid that all four must be."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """How far a plan has come."""

    action: str
    changes: tuple[Change, ...]
    terms: Terms = field(default_factory=Terms)
    uids: Mapping[Target, int] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    """What pkexec is still to run, one after another."""
    status: Status | None = None
    """How asking for permission ended; None where nobody was asked, or all was done."""
    complaint: Complaint | None = None
    """What the helper had to say, where it could not answer."""
    batch: Batch | None = None
    """What an undo takes back; None where nothing moved, and after an undo."""
    undoes: Batch | None = None
    undone: Batch | None = None
    """What an undo has set back, as the history has it."""
    note: JournalNote | None = None

    @property
    def moved(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.moved)

    @property
    def wanting(self) -> tuple[Change, ...]:
        """Those for which permission may be asked."""
        return tuple(
            change
            for change in self.changes
            if escalate.needs_it(change) and (self.terms.only is None or change.target in self.terms.only)
        )

    @property
    def left_to_undo(self) -> tuple[Change, ...]:
        """Of the batch that this undoes, what may be taken back next time."""
        if self.undoes is None:
            return ()
        tried = {change.target for change in self.changes}
        stuck = {change.target for change in self.changes if not change.done and change.error in _MAY_PASS}
        return tuple(c for c in self.undoes.changes if c.target in stuck or c.target not in tried)

    def undoable_by(self, uid: int) -> bool:
        """Not where all was a lowering of others' processes by another way than permission, which undo would ask for."""
        return self.batch is not None and any(
            change.after > (change.before or 0)
            or change.right is not None
            or uid in (0, self.uids.get(change.target, uid))
            for change in self.moved
        )


def terms_of(status: RulesStatus) -> Terms:
    """Permission for the rules that wait for it: for each process as long as its rule still means it."""
    only = frozenset(one.change.target for one in status.waiting if one.change is not None)
    return Terms(only, status.exes, status.owners)
