"""What the unit dialog and the message bar have in common: doing a plan for a unit, telling of it, and taking it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.units.changer import UnitChanger, UnitOutcome
from oomtray.actions.units.plan import UnitPlan
from oomtray.messages import units as words
from oomtray.messages.changes import not_started, why
from oomtray.messages.memory import ended, sentence
from oomtray.text import printable
from oomtray.ui.controllers.report import Offer, Report, undo_offer
from oomtray.ui.qt.background_task import BackgroundTask
from oomtray.ui.qt.pkexec import Pkexec

if TYPE_CHECKING:
    from collections.abc import Callable


class UnitWork(QObject):
    """One plan at a time. `done` carries a UnitOutcome, `failed` why there is none; `busy` that a password dialog is open.

    What asks systemd is done elsewhere; pkexec runs from here.
    """

    done = Signal(object)
    failed = Signal(str)
    busy = Signal(bool)

    def __init__(self, changer: UnitChanger, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changer = changer
        self._plan: UnitPlan | None = None
        self._running = False
        self._task: BackgroundTask | None = None
        self._pkexec = Pkexec(self)
        self._pkexec.ended.connect(self._ran)
        self._pkexec.failed.connect(self._not_run)

    @property
    def running(self) -> bool:
        return self._running

    def start(self, make: Callable[[], UnitPlan]) -> None:
        self._running = True
        self._away(make, self._planned)

    def _away(self, work: Callable[[], object], back: Callable[[object], None]) -> None:
        self._task = BackgroundTask(work, self)
        self._task.done.connect(back)
        self._task.start()

    @Slot(object)
    def _planned(self, plan: object) -> None:
        if not isinstance(plan, UnitPlan):
            self._fail(str(plan))
            return
        self._plan = plan
        call = self._changer.call(plan)
        if call is None or self._changer.missing() is not None:  # which is told then
            self._away(partial(self._changer.apply, plan), self._ended)
            return
        self.busy.emit(True)
        self._pkexec.run(call.argv, call.stdin)

    @Slot(int, bytes, bytes)
    def _ran(self, code: int, stdout: bytes, stderr: bytes) -> None:
        self.busy.emit(False)
        plan = self._plan
        if plan is not None:
            self._away(partial(self._changer.finish, plan, code, bytes(stdout), bytes(stderr)), self._ended)

    @Slot(str, str)
    def _not_run(self, program: str, reason: str) -> None:
        self.busy.emit(False)
        self._fail(not_started(program, reason))

    @Slot(object)
    def _ended(self, outcome: object) -> None:
        if not isinstance(outcome, UnitOutcome):
            self._fail(str(outcome))
        elif outcome.status != "dismissed" and not outcome.edited:
            self._fail(outcome.says or "it was not done")
        else:
            self._running = False
            self.done.emit(outcome)

    def _fail(self, says: str) -> None:
        self._running = False
        self.failed.emit(says)


class UnitUndo(QObject):
    """Takes back what was last done from the dialog: the drop-in, and what its processes had.

    `reported` carries a Report, `changed` says that it is time to scan.
    """

    reported = Signal(object)
    busy = Signal(bool)
    changed = Signal()

    def __init__(self, changer: UnitChanger, outcome: UnitOutcome, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changer, self._outcome = changer, outcome
        self._work = UnitWork(changer, self)
        self._work.busy.connect(self.busy)
        self._work.failed.connect(self._failed)
        self._work.done.connect(self._done)

    @property
    def running(self) -> bool:
        return self._work.running

    def start(self) -> None:
        self._work.start(partial(self._changer.undo, self._outcome))

    @Slot(str)
    def _failed(self, says: str) -> None:
        name = printable(self._outcome.plan.name)
        self.reported.emit(Report("failed", ended(f"{name} is not as before: {printable(says)}")))

    @Slot(object)
    def _done(self, outcome: UnitOutcome) -> None:
        if outcome.status == "dismissed":
            self.reported.emit(report(self._outcome, self.start))  # nothing has changed: it can still be undone
            return
        self.reported.emit(report(outcome))
        self.changed.emit()


def report(outcome: UnitOutcome, undo: Callable[[], object] | None = None) -> Report:
    """`undo` takes it back, where that can be done."""
    offers: tuple[Offer, ...] = () if undo is None else (undo_offer(undo),)
    return Report("done" if outcome.status == "done" else "part", printable(told(outcome)), offers)


def told(outcome: UnitOutcome) -> str:
    """What became of it, in whole sentences."""
    plan = outcome.plan
    moved = [change for change in outcome.changes if change.done]
    missed = [change for change in outcome.changes if change.error not in (None, "gone")]
    if plan.settings is None:
        said = f"{plan.name} is as its own files say again"
    else:
        directives = ", ".join(f"{key}={value}" for key, value in plan.settings.directives.items())
        said = f"{plan.name} has {directives} for good{' again' if plan.word == 'undo' else ''}"
    if moved:
        said += f"; {len(moved)} running {'process was' if len(moved) == 1 else 'processes were'} changed as well"
    said = ended(said)
    if missed:
        count = len(missed)
        said += f" {count} {'was' if count == 1 else 'were'} not, as {ended(why(missed[0].error or 'failed'))}"
    shortfall = words.short(outcome)
    return f"{said} {sentence(shortfall)}" if shortfall else said
