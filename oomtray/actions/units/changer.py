"""Give a service a lasting value, or take it back: our drop-in, a reload, and the processes already running.

    plan = changer.plan("protect", "nginx", UnitSettings(), user=False)   reads and checks, changes nothing
    plan = changer.undo(outcome.batch)            the same for an undo, also of another run's change
    call = changer.call(plan)    None: no permission is needed
    outcome = changer.apply(plan)   with the injected runner; or, if the caller's own loop runs pkexec,
    outcome = changer.finish(plan, code, stdout, stderr)

Changes are recorded in the journal. For a unit of the system manager the helper makes the change, in one
call; root runs the same code in this process. A unit of the user manager needs no permission, but can't go
below the value of that manager itself.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.actions import adjust, helper_run
from oomtray.actions.adjust import Change
from oomtray.actions.helper_run import Complaint, Runner, Status
from oomtray.actions.journal import Journal, Journaled
from oomtray.actions.units import dropin, request
from oomtray.actions.units.managers import asked
from oomtray.actions.units.plan import recorded, to_prefer, to_remove, to_restore, to_set
from oomtray.actions.units.request import Answer, NotWritten
from oomtray.actions.units.settings import Oomd, Refusal, UnitRefused, UnitSettings
from oomtray.actions.units.state import UnitState, adj_now, look
from oomtray.actions.units.unit_files import original_adjust
from oomtray.actions.units.verify import verify
from oomtray.config import Presets
from oomtray.helper import oomtray_helper
from oomtray.records import dataclass
from oomtray.systemd.manager import ManagerError, ManagerProblem, ServiceManager
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.actions.journal_file import Batch
    from oomtray.actions.units.managers import Addresses
    from oomtray.actions.units.plan import Move, UnitAction, UnitPlan

NOTHING = UnitSettings()
Failure = Complaint | NotWritten | ManagerProblem


@dataclass(frozen=True, slots=True)
class UnitCall:
    """The command for pkexec, with its input."""

    argv: tuple[str, ...]
    stdin: bytes


@dataclass(frozen=True, slots=True)
class UnitOutcome(Journaled):
    plan: UnitPlan
    status: Status
    failure: Failure | None
    """What went wrong with the drop-in; None if nothing did, or if `status` tells all."""
    edited: bool
    """The drop-in is as planned, and systemd has loaded it."""
    changes: tuple[Change, ...]
    """The running processes to change, with their values now."""
    after: UnitState | None
    """State of the unit afterwards; None if it could not be read again, or nothing was done."""

    @property
    def undoable(self) -> bool:
        return self.edited and self.batch is not None and self.plan.state.exact


class UnitChanger:
    def __init__(
        self,
        presets: Presets | None = None,
        *,
        journal: Journal | None = None,
        runner: Runner = helper_run.run,
        helper: str = helper_run.HELPER,
        pkexec: str = helper_run.PKEXEC,
        check: Callable[..., bool] = verify,
        addresses: Addresses = manager_address,
        proc: str = "/proc",
        cgroups: str = "/sys/fs/cgroup",
        system_units: str = dropin.SYSTEM_UNITS,
        as_root: bool | None = None,
    ) -> None:
        """`check` has the signature of `verify.verify`; with `as_root` None it is whether this program runs as root."""
        self._presets = Presets() if presets is None else presets
        self._journal = Journal(proc=proc) if journal is None else journal
        self._runner = runner
        self._helper = helper
        self._pkexec = pkexec
        self._check = check
        self._addresses = addresses
        self._proc = proc
        self._cgroups = cgroups
        self._system_units = system_units
        self._as_root = adjust.is_root() if as_root is None else as_root

    def look(self, name: str, *, user: bool) -> UnitState:
        """Read the state of a unit. Raises UnitRefused, also if the manager can't be asked."""
        units = dropin.user_units() if user else self._system_units
        with asked(self._addresses, user=user) as manager:
            return look(manager, name, user=user, proc=self._proc, cgroups=self._cgroups, units=units)

    def plan(self, action: UnitAction, name: str, asked: UnitSettings = NOTHING, *, user: bool) -> UnitPlan:
        """Plan an action. `asked` is for protect and deprioritize. Raises UnitRefused."""
        state = self.look(name, user=user)
        if state.blocked is not None and (action != "reset" or state.ours is None):
            raise UnitRefused(state.blocked)
        if action == "reset":
            return to_remove(state, original_adjust(state.status))
        plan = to_set(action, asked, self._presets, state)
        return self._checked(plan)

    def prefer(self, name: str, oomd: Oomd) -> UnitPlan:
        """Plan how systemd-oomd is to treat a service of the system from now on. Raises UnitRefused."""
        state = self.look(name, user=False)
        if state.blocked is not None:
            raise UnitRefused(state.blocked)
        return self._checked(to_prefer(oomd, state))

    def undo(self, batch: Batch) -> UnitPlan:
        """Plan to restore what its unit had before. Raises UnitRefused."""
        (done,) = batch.units
        now = self.look(done.name, user=done.user)
        if not now.exact or ({} if now.ours is None else now.ours.directives) != (done.after or {}):
            raise UnitRefused(Refusal("changed-since", now.name, now.path))
        if not done.exact:
            raise UnitRefused(Refusal("not-exact", now.name, now.path))
        if now.blocked is not None and done.before is not None:
            raise UnitRefused(now.blocked)
        plan = to_restore(done, now, original_adjust(now.status))
        return replace(self._checked(plan), undoes=batch)

    def call(self, plan: UnitPlan) -> UnitCall | None:
        """Return the command for pkexec; None if no permission is needed."""
        if plan.nothing or plan.state.user or self._as_root:
            return None
        return UnitCall(request.argv(plan.name, self._helper, self._pkexec), self._request(plan))

    def missing(self) -> Status | None:
        """Return which program needed for a call is missing or too old; None if all are there."""
        return helper_run.missing(self._helper, self._pkexec, helper_run.PROTOCOL)

    def apply(self, plan: UnitPlan) -> UnitOutcome:
        """Carry out a plan. Raises UnitRefused if our drop-in can't be written; nothing is changed then."""
        call = self.call(plan)
        if plan.nothing:
            outcome = UnitOutcome(plan, "done", None, edited=True, changes=(), after=plan.state)
            return outcome if plan.undoes is None else self._remembered(outcome)
        if call is None:
            return self._apply_as_user(plan) if plan.state.user else self._finished(plan, self._in_this_process(plan))
        lacking = self.missing()
        if lacking is not None:
            return _not_done(plan, lacking, None)
        try:
            answer = self._runner(call.argv, call.stdin)
        except KeyboardInterrupt:
            self.finish(plan, helper_run.INTERRUPTED, b"", b"")  # the helper finishes what it has begun
            raise
        except OSError as error:
            return _not_done(plan, "failed", Complaint(error.strerror or str(error), None, self._pkexec))
        return self.finish(plan, *answer)

    def finish(self, plan: UnitPlan, code: int, stdout: bytes, stderr: bytes) -> UnitOutcome:
        """Return the outcome of a call that was run elsewhere."""
        return self._finished(plan, request.read(code, stdout, stderr))

    def _checked(self, plan: UnitPlan) -> UnitPlan:
        if plan.settings is None:
            return plan
        return replace(plan, checked=self._check(plan.name, plan.settings, user=plan.state.user))

    def _request(self, plan: UnitPlan) -> bytes:
        running = [(move.member.target, move.to) for move in plan.moves if self._as_root or not _raises_own(move)]
        return request.stdin(plan.name, plan.settings, running, was=plan.state.checksum)

    def _in_this_process(self, plan: UnitPlan) -> Answer:
        """Do what the helper would do, with the helper's own code and all its checks."""
        asked = oomtray_helper.parse(["unit", plan.name], self._request(plan))
        answers: list[object] = []
        roots = oomtray_helper.Roots(proc=self._proc, units=self._system_units)
        mask = os.umask(0o022)  # as the helper sets it at its own start, so that others can read the unit's settings
        try:
            oomtray_helper.serve(asked, os.getuid(), roots, answers.append)
        finally:
            os.umask(mask)
        return request.of_answers(answers)

    def _finished(self, plan: UnitPlan, answer: Answer) -> UnitOutcome:
        if answer.status not in ("done", "failed"):
            return _not_done(plan, answer.status, answer.failure)
        changes = []
        sent = self._request(plan).count(b"\n") - 1
        for move in plan.moves:
            if answer.edited and not self._as_root and _raises_own(move):
                changes.append(adjust.adjust(move.member.target, move.to, proc=self._proc))
            else:
                sent -= 1
                error = answer.errors.get(move.member.pid, "failed" if sent >= 0 else "next-start")
                changes.append(self._observed(move, error))
        return self._outcome(plan, answer.failure, tuple(changes), edited=answer.edited)

    def _remembered(self, outcome: UnitOutcome) -> UnitOutcome:
        """Record in the journal what was done, even if systemd has not loaded it yet."""
        plan, journal = outcome.plan, self._journal
        if not (outcome.edited or self._is_installed(plan)):
            return outcome
        if plan.undoes is not None:
            undone = journal.take_back(plan.undoes, units_back=plan.undoes.units, earlier=outcome.undone)
            return replace(outcome, undone=undone, note=journal.note)
        batch = journal.record(plan.action, (), outcome.batch, [recorded(plan, outcome.changes)])
        return replace(outcome, batch=batch, note=journal.note)

    def _is_installed(self, plan: UnitPlan) -> bool:
        """Whether our drop-in is as planned, and was not before."""
        if plan.settings == plan.state.ours and plan.state.exact:
            return False
        with suppress(UnitRefused):
            return dropin.read(plan.state.units, plan.name)[0] == plan.text
        return False

    def _apply_as_user(self, plan: UnitPlan) -> UnitOutcome:
        if plan.settings is None:
            dropin.remove(plan.state.units, plan.name, was=plan.state.checksum)
        else:
            dropin.write(plan.state.units, plan.name, plan.settings, was=plan.state.checksum)
        begun = self._remembered(UnitOutcome(plan, "failed", None, edited=True, changes=(), after=None))
        try:
            with ServiceManager(os.geteuid(), addresses=self._addresses) as manager:
                manager.reload()
        except ManagerError as error:
            return self._outcome(plan, error.problem, (), edited=False, begun=begun)
        changes = self._reached(plan.moves)
        with suppress(UnitRefused):
            changes += self._reached(plan.began_meanwhile(self.look(plan.name, user=True)))
        return self._outcome(plan, None, changes, edited=True, begun=begun)

    def _reached(self, moves: tuple[Move, ...]) -> tuple[Change, ...]:
        return tuple(adjust.reach(move.member.target, move.to, "any", proc=self._proc) for move in moves)

    def _outcome(
        self,
        plan: UnitPlan,
        failure: Failure | None,
        changes: tuple[Change, ...],
        *,
        edited: bool,
        begun: UnitOutcome | None = None,
    ) -> UnitOutcome:
        """Build the outcome; `begun` is what the journal already has."""
        after = None
        with suppress(UnitRefused):
            after = self.look(plan.name, user=plan.state.user)
        short = any(change.error is not None for change in changes)
        status: Status = "done" if edited and not short else "failed"
        batch, undone = (None, None) if begun is None else (begun.batch, begun.undone)
        return self._remembered(UnitOutcome(plan, status, failure, edited, changes, after, batch=batch, undone=undone))

    def _observed(self, move: Move, error: str) -> Change:
        """Report a change by the value its process has now, as the helper may have been killed after its write."""
        member = move.member
        now = adj_now(member.pid, member.start_time, self._proc)
        there = now == move.to
        return Change(
            pid=member.pid,
            start_time=member.start_time,
            name=member.name,
            before=member.adj,
            after=move.to,
            done=there,
            error=None if there else "gone" if now is None else error,
            wanted=move.to,
        )


def _raises_own(move: Move) -> bool:
    """Whether the move raises the user's own process: by the helper, that would take away the right to lower it."""
    return move.member.mine and move.to > move.member.adj


def _not_done(plan: UnitPlan, status: Status, failure: Failure | None) -> UnitOutcome:
    return UnitOutcome(plan, status, failure, edited=False, changes=(), after=None)
