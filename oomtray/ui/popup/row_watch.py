"""Tracks which rows must not move, and which are on screen and therefore reread at each scan.

Rows must not move while the pointer, a menu or the keyboard is on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from oomtray.ui.popup.process_model import ProcessModel
    from oomtray.ui.popup.process_view import ProcessView

_SOON_MS, _LATER_MS = 150, 3000


class RowWatch(QObject):
    """Holds the model's order, and keeps the pids of visible rows in `pids`."""

    changed = Signal()
    """`pids` has changed."""
    released = Signal()
    """The rows may move again."""
    menu_closed = Signal()

    def __init__(self, model: ProcessModel, view: ProcessView, menu: QMenu, parent: QObject) -> None:
        super().__init__(parent)
        self.pids: frozenset[int] = frozenset()
        self._model, self._view, self._menu = model, view, menu
        self._pointer_is_over = self._menu_is_open = self._keyboard_is_on = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        # its action comes first, and the pointer may be anywhere by then
        self._after = QTimer(self, singleShot=True)
        self._after.timeout.connect(self._after_menu)
        view.pointed.connect(self._pointed)
        view.steered.connect(self._steered)
        view.looked_elsewhere.connect(self.look_soon)
        menu.aboutToShow.connect(self._menu_opens)
        menu.aboutToHide.connect(self._after.start)

    def let_go(self) -> None:
        """Release the rows, because the window opens or closes."""
        self._pointer_is_over = False
        self._view.let_go()
        self._model.hold(False)

    @Slot()
    def look_soon(self) -> None:
        """Update `pids` soon, because other rows are on screen: a filter, scrolling, an expanded app."""
        if self._view.isVisible():
            self._timer.start(_SOON_MS)

    def look_later(self) -> None:
        """Update `pids` later, every few seconds at most, because only the order has changed."""
        if not self._timer.isActive():
            self._timer.start(_LATER_MS if self.pids else _SOON_MS)

    @Slot()
    def _look(self) -> None:
        if self._view.isVisible() and (pids := self._on_screen()) != self.pids:
            self.pids = pids
            self.changed.emit()

    def _on_screen(self) -> frozenset[int]:
        """Return the pids of visible rows, including all processes of visible apps."""
        pids: set[int] = set()
        index = self._view.indexAt(QPoint(4, 1))
        bottom = self._view.viewport().height()
        while index.isValid() and self._view.visualRect(index).top() < bottom:
            row = self._model.row_at(index)
            found = row.members or ((row.risk,) if row.risk is not None else ())
            pids.update(risk.process.pid for risk in found)
            index = self._view.indexBelow(index)
        return frozenset(pids)

    @Slot(bool)
    def _pointed(self, over: bool) -> None:
        self._pointer_is_over = over
        self._hold()

    @Slot(bool)
    def _steered(self, on: bool) -> None:
        self._keyboard_is_on = on
        self._hold()

    @Slot()
    def _menu_opens(self) -> None:
        self._menu_is_open = True
        self._hold()

    @Slot()
    def _after_menu(self) -> None:
        self._menu_is_open = self._menu.isVisible()
        self._pointer_is_over = self._view.viewport().underMouse()
        self._hold()
        self.menu_closed.emit()

    def _hold(self) -> None:
        held = self._view.isVisible() and (self._pointer_is_over or self._menu_is_open or self._keyboard_is_on)
        self._model.hold(held)
        if not held:
            self.released.emit()
