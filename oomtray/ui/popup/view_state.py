"""Keeps the list's view as it was while its rows change: which apps are expanded, which row is current, and an offered order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Slot

from oomtray.ui.popup.row_words import matches

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtWidgets import QAbstractButton, QTreeView

    from oomtray.ui.popup.process_model import ProcessModel


class Expansion(QObject):
    """Expands and collapses apps in a view, so that a filter's matching processes are visible."""

    def __init__(self, view: QTreeView, model: ProcessModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._filter = ""
        self._ours = False
        self._expanded: set[Hashable] = set()
        self._collapsed: set[Hashable] = set()
        """Apps that the user collapsed while this filter is set: they stay collapsed."""
        view.expanded.connect(self._user_expanded)
        view.collapsed.connect(self._user_collapsed)
        model.settled.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        text = self._model.listing.choice.text
        if text != self._filter:
            self._collapsed.clear()
        elif not text:
            return
        self._filter = text
        self._ours = True
        for at in range(self._model.rowCount()):
            index = self._model.index(at, 0)
            row = self._model.row_at(index)
            inside = bool(text and row.app is not None and not matches(row.app, text, self._model.labels))
            wanted = row.key in self._expanded or (inside and row.key not in self._collapsed)
            wanted = wanted and self._model.hasChildren(index)
            if self._view.isExpanded(index) != wanted:
                self._view.setExpanded(index, wanted)
        self._ours = False

    @Slot(QModelIndex)
    def _user_expanded(self, index: QModelIndex) -> None:
        if not self._ours:
            self._expanded.add(self._model.row_at(index).key)
            self._collapsed.discard(self._model.row_at(index).key)

    @Slot(QModelIndex)
    def _user_collapsed(self, index: QModelIndex) -> None:
        if not self._ours:
            self._expanded.discard(self._model.row_at(index).key)
            self._collapsed.add(self._model.row_at(index).key)


class FirstRow(QObject):
    """Keeps the first row the current one until the user chooses a row, which is then followed wherever it moves."""

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


class OrderOffer(QObject):
    """Offers the new order while rows are held in their old one, if that would move a row that is on screen or above it."""

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
