"""From a worker's thread to the test's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot


class Across(QObject):
    """Hands on, in the thread that made it, what `signal` brings from another one.

    As the app does it: a slot of a QObject, connected once. A plain callable, which pytest-qt connects and disconnects for
    each wait, is freed by PySide while the other thread is still emitting, and one run in twenty crashed of it.
    """

    told = Signal(object)

    def __init__(self, signal: SignalInstance) -> None:
        super().__init__()
        signal.connect(self._take)

    @Slot(object)
    def _take(self, told: object) -> None:
        self.told.emit(told)
