"""Raises a unit's memory limit from the page of a kill, reports the outcome, and undoes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from oomtray.actions.units.limit import LimitChanger, LimitOutcome, MemoryMax
from oomtray.actions.units.settings import Refusal, UnitRefused
from oomtray.messages import limit_change as messages
from oomtray.messages.actions import answer_the_other_first
from oomtray.messages.changes import journal_note
from oomtray.messages.i18n import tr
from oomtray.messages.unit_results import not_as_before
from oomtray.ui.controllers.report import Report, Reporter, undo_offer
from oomtray.ui.controllers.units import reason
from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from oomtray.actions.journal_file import Batch


class LimitController(Reporter):
    """Changes the memory limits of units."""

    def __init__(self, changer: LimitChanger, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changer = changer
        self._waits = False

    def raise_to(self, wanted: MemoryMax) -> None:
        self._in_background(partial(self._changer.set, wanted), self._not_raised, asks=not wanted.user)

    def _take_back(self, batch: Batch) -> None:
        (unit,) = batch.units
        failed = partial(self._not_taken_back, batch)
        self._in_background(partial(self._changer.undo, batch), failed, asks=not unit.user)

    def _not_raised(self, error: object) -> None:
        self.reported.emit(Report("failed", tr("The limit was not changed: {reason}", reason=reason(error))))

    def _not_taken_back(self, batch: Batch, error: object) -> None:
        (unit,) = batch.units
        forgotten = isinstance(error, UnitRefused) and isinstance(error.why, Refusal)
        offers = () if forgotten else (undo_offer(partial(self._take_back, batch)),)
        self.reported.emit(Report("failed", not_as_before(unit.name, reason(error)), offers))

    def _in_background(
        self, work: Callable[[], LimitOutcome], failed: Callable[[object], None], *, asks: bool
    ) -> None:
        if self._waits:
            self.reported.emit(Report("part", answer_the_other_first()))
            return
        self._waits = True
        if asks:
            self.busy.emit(True)
        self.reported.emit(Report("part", tr("Asking systemd…")))
        run_in_background(work, partial(self._came, failed, asks), self)

    def _came(self, failed: Callable[[object], None], asks: bool, outcome: object) -> None:
        self._waits = False
        if asks:
            self.busy.emit(False)
        if not isinstance(outcome, LimitOutcome):
            failed(outcome)
            return
        said = messages.did(outcome)
        if outcome.note is not None:
            said = " ".join([said, journal_note(outcome.note)])
        offers = () if outcome.batch is None else (undo_offer(partial(self._take_back, outcome.batch)),)
        self.reported.emit(Report("done" if outcome.done else "failed", said, offers))
        self.changed.emit()
