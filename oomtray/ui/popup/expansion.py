"""Tracks which apps are expanded: by the user, or by a filter that matched one of their processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Slot

from oomtray.ui.popup.row_words import matches

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtWidgets import QTreeView

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
