"""A timer that fires when something expected is overdue, and costs nothing while it arrives in time."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class Watchdog(QObject):
    """A single deadline, moved by each `expect_within`; `overdue` is emitted once when it passes."""

    overdue = Signal()

    def __init__(
        self, patience: float, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`patience` is by how many seconds the timer itself may be late before it gets a new deadline."""
        super().__init__(parent)
        self._patience = patience
        self._clock = clock
        self._due = math.inf
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._passed)

    @property
    def runs(self) -> bool:
        """Whether anything is expected."""
        return self._timer.isActive()

    def expect_within(self, seconds: float) -> None:
        self._due = self._clock() + seconds
        self._timer.start(round(seconds * 1000))

    def expect_sooner(self, seconds: float) -> None:
        """Move the deadline up, unless something is expected sooner."""
        if self._clock() + seconds < self._due:
            self.expect_within(seconds)

    def stop(self) -> None:
        self._due = math.inf
        self._timer.stop()

    @Slot()
    def _passed(self) -> None:
        late = self._clock() - self._due
        if late < 0:  # Qt's timers are coarse: up to 5 % early
            self._timer.start(math.ceil(-late * 1000))
        elif late > self._patience:
            # the whole process was stopped (SIGSTOP, a busy machine), so nothing could arrive: start over
            self.expect_within(self._patience)
        else:
            self.overdue.emit()
