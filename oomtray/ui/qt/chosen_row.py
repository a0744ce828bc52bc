"""Makes a row that was selected from outside current: screen readers select a row without making it current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView


class ChosenRow(QObject):
    """Syncs the current row of a single-selection view that already has its model."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.selectionModel().selectionChanged.connect(self._selected)

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, now: QItemSelection, _before: QItemSelection) -> None:
        chosen, current = now.indexes(), self._view.currentIndex()
        if chosen and chosen[0].siblingAtColumn(0) != current.siblingAtColumn(0):
            self._view.selectionModel().setCurrentIndex(chosen[0], QItemSelectionModel.SelectionFlag.NoUpdate)
