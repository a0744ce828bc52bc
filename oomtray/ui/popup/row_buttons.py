"""The two buttons on the row under the pointer and on the current one: Protect, and Deprioritize.

They are painted by the delegate. What is pressed is fixed when the button goes down, whatever becomes of the rows until it
is let go; let go elsewhere it does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPoint, QRect, Qt

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
    """Knows which button is where, and which one is held down."""

    def __init__(self, view: QAbstractItemView, model: ProcessModel, delegate: ProcessDelegate) -> None:
        super().__init__(view)
        self._view, self._model, self._delegate = view, model, delegate
        self._held: tuple[ButtonName, Subject, QRect] | None = None

    @property
    def held(self) -> bool:
        return self._held is not None

    def press(self, at: QPoint) -> bool:
        """Whether there is one at this place; it is held down from now on."""
        found = self._at(at)
        if found is None:
            return False
        which, index, box = found
        subject = subject_of(self._model.row_at(index))
        if subject is None:
            return False
        self._held = which, subject, box
        self._show(at)
        return True

    def move(self, at: QPoint) -> None:
        self._show(at)

    def release(self, at: QPoint) -> tuple[ActionId, Subject] | None:
        """What is to be done, and to whom; None where it was let go elsewhere."""
        held, self._held = self._held, None
        self._show(at)
        if held is None or not held[2].contains(at):
            return None
        return _DOES[held[0]], held[1]

    def hint(self, at: QPoint) -> str:
        """What the button here does; empty where there is none."""
        found = self._at(at)
        return "" if found is None else tr("{action} ({key})", action=label(_DOES[found[0]]), key=_KEYS[found[0]])

    def box(self, index: QModelIndex, which: ButtonName) -> QRect:
        """Where a row has it, in the viewport."""
        cell = self._view.visualRect(index.siblingAtColumn(STATUS))
        mirrored = self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft
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

    def _show(self, at: QPoint) -> None:
        found = self._at(at)
        hot = None if found is None else (self._model.row_at(found[1]), found[0], self._held is not None)
        if self._held is not None and not self._held[2].contains(at):
            hot = None
        if hot != self._delegate.hot:
            self._delegate.hot = hot
            self._view.viewport().update()
