"""What a key does in the list, and whether the keyboard is on a row: since a key or click went there, until it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from oomtray.ui.popup.process_row import subject_of

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QTreeView

    from oomtray.ui.controllers.row_actions import ActionId
    from oomtray.ui.popup.process_model import ProcessModel

_ACTS: dict[int, ActionId] = {
    Qt.Key.Key_P.value: "protect",
    Qt.Key.Key_F.value: "deprioritize",
    Qt.Key.Key_E.value: "end",
}
LEADS = frozenset(
    {
        *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right),
        *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
    }
)
"""Keys that move between rows."""
_LEAVES_AFTER_MS = 60_000
"""Milliseconds after the last key until the keyboard is considered to have left."""


class RowKeys(QObject):
    """P, F and E act once the keyboard is on a row, by an arrow key or a click: before that, letters filter."""

    acted = Signal(str, object)
    """Carries an action's id and its subject."""
    typed = Signal(str)

    def __init__(self, view: QTreeView, model: ProcessModel, steering: Steering) -> None:
        super().__init__(view)
        self._view, self._model, self._steering = view, model, steering

    def press(self, event: QKeyEvent) -> bool:
        """Do what the key is for, and return False if that is left to the view, such as to move."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        text = event.text()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif plain and self._steering.on and event.key() in _ACTS and not event.isAutoRepeat():
            self._steering.go_on()
            self._act(_ACTS[event.key()])
        elif plain and text and text.isprintable() and not text.isspace():
            self.typed.emit(text)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._on_tail():
            towards = Qt.Key.Key_Left if self._view.isRightToLeft() else Qt.Key.Key_Right
            self._model.open_tail(event.key() == towards)
        else:
            if event.key() in LEADS:
                self._steering.go_on()
            return False
        return True

    def _enter(self) -> None:
        """Show the current row's details, or expand the tail."""
        row = self._model.row_or_none(self._view.currentIndex())
        if row is not None and row.tail is not None:
            self._model.open_tail(not row.tail.opened)
        else:
            self._act("details")

    def _act(self, action: ActionId) -> None:
        row = self._model.row_or_none(self._view.currentIndex())
        if row is not None and (subject := subject_of(row)) is not None:
            self.acted.emit(action, subject)

    def _on_tail(self) -> bool:
        row = self._model.row_or_none(self._view.currentIndex())
        return row is not None and row.tail is not None


class Steering(QObject):
    """Whether the keyboard is on a row."""

    changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.on = False
        self._leaves = QTimer(self, singleShot=True, interval=_LEAVES_AFTER_MS)
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
