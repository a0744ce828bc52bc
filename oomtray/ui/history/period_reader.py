"""Reads periods of the record off the main thread, one at a time; only the newest request is queued."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.ui.qt.background_task import run_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.history.period import Period

    Read = Callable[[float, float, float], Period]
    Wanted = tuple[float, float, float]


class PeriodReader(QObject):
    """Reads periods; `arrived` carries a Period, or the exception that reading raised."""

    arrived = Signal(object)

    def __init__(self, read: Read, parent: QObject | None = None) -> None:
        """`read` takes the beginning, the end and the width of a column, in seconds."""
        super().__init__(parent)
        self._read = read
        self.busy = False
        self._waiting: Wanted | None = None

    def ask(self, since: float, until: float, width: float) -> None:
        self._waiting = since, until, width
        if not self.busy:
            self._start()

    def _start(self) -> None:
        if self._waiting is None:
            return
        wanted, self._waiting = self._waiting, None
        self.busy = True
        run_in_background(partial(self._read, *wanted), self._take, self)

    @Slot(object)
    def _take(self, result: object) -> None:
        self.busy = False
        self._start()
        self.arrived.emit(result)  # a newer one may be on its way, but this is newer than what is shown
