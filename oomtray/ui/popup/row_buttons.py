"""The two buttons, Protect and Deprioritize, on the row under the pointer and on the current one.

The delegate paints them. Their target is fixed when the button is pressed, whatever happens to the rows until
it is released; released elsewhere, it does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect

from oomtray.messages.actions import label
from oomtray.messages.i18n import tr
from oomtray.ui.popup import row_layout as layout
from oomtray.ui.popup.process_row import STATUS, subject_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView

    from oomtray.ui.controllers.row_actions import ActionId, Subject
    from oomtray.ui.popup.process_delegate import ProcessDelegate
    from oomtray.ui.popup.process_model import ProcessModel
    from oomtray.ui.popup.row_layout import ButtonName

_DOES: dict[ButtonName, ActionId] = {"protect": "protect", "first": "deprioritize"}
_KEYS: dict[ButtonName, str] = {"protect": "P", "first": "F"}


class RowButtons(QObject):
    """Locates the buttons, and tracks the one that is held down."""

    def __init__(self, view: QAbstractItemView, model: ProcessModel, delegate: ProcessDelegate) -> None:
        super().__init__(view)
        self._view, self._model, self._delegate = view, model, delegate
        self._held: tuple[ButtonName, Subject, QRect] | None = None

    @property
    def held(self) -> bool:
        return self._held is not None

    def press(self, at: QPoint) -> bool:
        """Press the button at this place, and return whether there is one."""
        found = self._at(at)
        if found is None:
            return False
        which, index, box = found
        subject = subject_of(self._model.row_at(index))
        if subject is None:
            return False
        self._held = which, subject, box
        self.move(at)
        return True

    def release(self, at: QPoint) -> tuple[ActionId, Subject] | None:
        """Return the action and its subject, or None if the button was released elsewhere."""
        held, self._held = self._held, None
        self.move(at)
        if held is None or not held[2].contains(at):
            return None
        return _DOES[held[0]], held[1]

    def hint(self, at: QPoint) -> str:
        """Return the tooltip of the button at this place, or ""."""
        found = self._at(at)
        return "" if found is None else tr("{action} ({key})", action=label(_DOES[found[0]]), key=_KEYS[found[0]])

    def box(self, index: QModelIndex, which: ButtonName) -> QRect:
        """Return a button's place in a row, in viewport coordinates."""
        cell = self._view.visualRect(index.siblingAtColumn(STATUS))
        mirrored = self._view.isRightToLeft()
        return layout.button(cell, which, self._delegate.widths.slot, mirrored=mirrored)

    def _at(self, at: QPoint) -> tuple[ButtonName, QModelIndex, QRect] | None:
        index = self._view.indexAt(at)
        if not index.isValid():
            return None
        row = self._model.row_at(index)
        for which in self._delegate.offered(row):
            box = self.box(index, which)
            if box.contains(at):
                return which, index, box
        return None

    def move(self, at: QPoint) -> None:
        """Light up the button at this place."""
        found = self._at(at)
        hot = None if found is None else (self._model.row_at(found[1]), found[0], self._held is not None)
        if self._held is not None and not self._held[2].contains(at):
            hot = None
        if hot != self._delegate.hot:
            self._delegate.hot = hot
            self._view.viewport().update()
