"""A timer that tells when something expected hasn't come in time; it never fires, and costs nothing, while that comes."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class Watchdog(QObject):
    """Each `expect_within` moves the one deadline; `overdue` is told once when it passes."""

    overdue = Signal()

    def __init__(
        self, patience: float, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`patience`: seconds by which the timer itself may be late before its deadline counts anew."""
        super().__init__(parent)
        self._patience = patience
        self._clock = clock
        self._due = math.inf
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._passed)

    @property
    def runs(self) -> bool:
        """Whether anything is expected."""
        return self._timer.isActive()

    def expect_within(self, seconds: float) -> None:
        self._due = self._clock() + seconds
        self._timer.start(round(seconds * 1000))

    def expect_sooner(self, seconds: float) -> None:
        """Move the deadline forward to that, where nothing is expected as soon."""
        if self._clock() + seconds < self._due:
            self.expect_within(seconds)

    def stop(self) -> None:
        self._due = math.inf
        self._timer.stop()

    @Slot()
    def _passed(self) -> None:
        late = self._clock() - self._due
        if late < 0:  # Qt's timers are coarse: up to 5 % too early
            self._timer.start(math.ceil(-late * 1000))
        elif late > self._patience:
            # the whole process stood still (SIGSTOP, a full machine), so nothing could come: it gets its time now
            self.expect_within(self._patience)
        else:
            self.overdue.emit()
