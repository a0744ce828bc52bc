"""Offers the new order while rows are held in their old one, if that would move a row that is on screen or above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton, QTreeView

    from oomtray.ui.popup.process_model import ProcessModel


class OrderOffer(QObject):
    def __init__(self, view: QTreeView, model: ProcessModel, button: QAbstractButton) -> None:
        super().__init__(view)
        self._view, self._model, self._button = view, model, button
        model.settled.connect(self.look)
        button.clicked.connect(self._take)

    @Slot()
    def look(self) -> None:
        """Show or hide the button, since other rows are on screen or out of place."""
        bottom = self._view.viewport().height()
        boxes = [self._view.visualRect(index) for index in self._model.out_of_place()]
        offered = any(not box.isEmpty() and box.top() < bottom for box in boxes)
        if not offered and self._button.hasFocus():
            self._view.setFocus()
        self._button.setVisible(offered)

    @Slot()
    def _take(self) -> None:
        self._model.take_order()
        self._view.viewport().setFocus()
