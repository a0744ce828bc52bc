"""Tracks whether the keyboard is on a row: since a key or click went there, and until it leaves."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

LEADS = frozenset(
    {
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
        *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
    }
)
"""Keys that move between rows."""
_LEAVES_AFTER_MS = 60_000
"""Milliseconds after the last key until the keyboard is considered to have left."""


class Steering(QObject):
    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.on = False
        self._leaves = QTimer(self)
        self._leaves.setSingleShot(True)
        self._leaves.setInterval(_LEAVES_AFTER_MS)
        self._leaves.timeout.connect(self.end)

    def go_on(self) -> None:
        self._leaves.start()
        self._set(on=True)

    def end(self) -> None:
        self._leaves.stop()
        self._set(on=False)

    def _set(self, *, on: bool) -> None:
        if on != self.on:
            self.on = on
            self.changed.emit(on)
