"""Keeps the first row the current one until the user chooses a row, which is then followed wherever it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeView

    from oomtray.ui.popup.process_model import ProcessModel


class FirstRow(QObject):
    def __init__(self, view: QTreeView, model: ProcessModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._is_chosen = False
        model.settled.connect(self._follow)

    @Slot()
    def leave(self) -> None:
        """Follow the current row from now on, because the user has chosen it."""
        self._is_chosen = True

    @Slot()
    def _follow(self) -> None:
        current, first = self._view.currentIndex(), self._model.index(0, 0)
        if current.isValid() and (self._is_chosen or current.siblingAtColumn(0) == first):
            return
        self._is_chosen = False
        # the user may have scrolled; a list that has just opened begins at its top
        self._view.setAutoScroll(not current.isValid())
        self._view.setCurrentIndex(first)
        self._view.setAutoScroll(True)
