"""What a key does in the list: it acts on the current row, opens or closes it, or goes to the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from oomtray.ui.popup.process_row import subject_of
from oomtray.ui.popup.steering import LEADS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QTreeView

    from oomtray.ui.controllers.row_actions import ActionId
    from oomtray.ui.popup.process_model import ProcessModel
    from oomtray.ui.popup.process_row import Row
    from oomtray.ui.popup.steering import Steering

_ACTS: dict[int, ActionId] = {
    Qt.Key.Key_P.value: "protect",
    Qt.Key.Key_F.value: "deprioritize",
    Qt.Key.Key_E.value: "end",
}


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
        row = self._current_row()
        if row is not None and row.tail is not None:
            self._model.open_tail(not row.tail.opened)
        else:
            self._act("details")

    def _act(self, action: ActionId) -> None:
        row = self._current_row()
        if row is not None and (subject := subject_of(row)) is not None:
            self.acted.emit(action, subject)

    def _on_tail(self) -> bool:
        row = self._current_row()
        return row is not None and row.tail is not None

    def _current_row(self) -> Row | None:
        index = self._view.currentIndex()
        return self._model.row_at(index) if index.isValid() else None
