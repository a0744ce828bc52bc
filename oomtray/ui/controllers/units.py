"""Plans, applies, reports and undoes changes of units from the window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.units.changer import UnitChanger, UnitOutcome
from oomtray.actions.units.plan import UnitPlan
from oomtray.actions.units.settings import UnitRefused
from oomtray.messages import unit_results
from oomtray.messages.changes import journal_note
from oomtray.messages.permission import not_started
from oomtray.text import printable
from oomtray.ui.controllers.report import Offer, Report, Reporter, undo_offer
from oomtray.ui.qt.background_task import run_in_background
from oomtray.ui.qt.pkexec import Pkexec

if TYPE_CHECKING:
    from collections.abc import Callable


class UnitRunner(QObject):
    """Plans and applies one change of a unit, in a background thread except for pkexec.

    `done` carries a UnitOutcome, `failed` why there is none, `busy` whether a password dialog is open.
    """

    done = Signal(object)
    failed = Signal(str)
    busy = Signal(bool)

    def __init__(self, changer: UnitChanger, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changer = changer
        self._plan: UnitPlan | None = None
        self.running = False
        self._pkexec = Pkexec(self)
        self._pkexec.ended.connect(self._ran)
        self._pkexec.failed.connect(self._not_run)

    def start(self, make: Callable[[], UnitPlan]) -> None:
        self.running = True
        run_in_background(make, self._planned, self)

    @Slot(object)
    def _planned(self, plan: object) -> None:
        if not isinstance(plan, UnitPlan):
            self._fail(reason(plan))
            return
        self._plan = plan
        call = self._changer.call(plan)
        if call is None or self._changer.missing() is not None:  # apply() then reports that
            run_in_background(partial(self._changer.apply, plan), self._ended, self)
            return
        self.busy.emit(True)
        self._pkexec.run(call.argv, call.stdin)

    @Slot(int, bytes, bytes)
    def _ran(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self.busy.emit(False)
        plan = self._plan
        if plan is not None:
            run_in_background(partial(self._changer.finish, plan, code, bytes(stdout), bytes(stderr)), self._ended, self)

    @Slot(str, str)
    def _not_run(self, program: str, reason: str) -> None:
        self.busy.emit(False)
        self._fail(not_started(program, reason))

    @Slot(object)
    def _ended(self, outcome: object) -> None:
        if not isinstance(outcome, UnitOutcome):
            self._fail(reason(outcome))
        elif outcome.status != "dismissed" and not outcome.edited:
            self._fail(unit_results.failure(outcome))
        else:
            self.running = False
            self.done.emit(outcome)

    def _fail(self, says: str) -> None:
        self.running = False
        self.failed.emit(says)


class UnitUndo(Reporter):
    """Undoes the last change made in the dialog: the drop-in, and its processes' values."""

    def __init__(self, changer: UnitChanger, outcome: UnitOutcome, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changer, self._outcome = changer, outcome
        self._runner = UnitRunner(changer, self)
        self._runner.busy.connect(self.busy)
        self._runner.failed.connect(self._failed)
        self._runner.done.connect(self._done)

    @property
    def running(self) -> bool:
        return self._runner.running

    def start(self) -> None:
        batch = self._outcome.batch
        assert batch is not None  # otherwise undo isn't offered
        self._runner.start(partial(self._changer.undo, batch))

    @Slot(str)
    def _failed(self, says: str) -> None:
        self.reported.emit(Report("failed", unit_results.not_as_before(self._outcome.plan.name, says)))

    @Slot(object)
    def _done(self, outcome: UnitOutcome) -> None:
        if outcome.status == "dismissed":
            self.reported.emit(report(self._outcome, self.start))  # nothing has changed, so undo is still possible
            return
        self.reported.emit(report(outcome))
        self.changed.emit()


def report(outcome: UnitOutcome, undo: Callable[[], object] | None = None) -> Report:
    """Return the report of an outcome, with `undo` on offer if given."""
    offers: tuple[Offer, ...] = () if undo is None else (undo_offer(undo),)
    said = unit_results.result(outcome)
    if outcome.note is not None:
        said = " ".join([said, journal_note(outcome.note)])
    return Report("done" if outcome.status == "done" else "part", said, offers)


def reason(error: object) -> str:
    """Return why a background task raised this exception instead of returning a result."""
    return unit_results.refused(error.why) if isinstance(error, UnitRefused) else printable(str(error))
