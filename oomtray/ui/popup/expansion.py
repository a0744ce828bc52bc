"""Which apps stand open: those that the user opened, and while a filter stands those that it found by a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Slot

from oomtray.ui.popup import process_row as rows

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PySide6.QtWidgets import QTreeView

    from oomtray.ui.popup.process_model import Model


class Opening(QObject):
    """Else a row would be shown for a reason that nobody sees."""

    def __init__(self, view: QTreeView, model: Model) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._filter = ""
        self._itself = False
        self._opened: set[Hashable] = set()
        self._closed: set[Hashable] = set()
        """By the user, while this filter stands: they stay so."""
        view.expanded.connect(self._user_opened)
        view.collapsed.connect(self._user_closed)
        model.settled.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        text = self._model.filtered_by
        if text != self._filter:
            self._closed.clear()
        elif not text:
            return
        self._filter = text
        self._itself = True
        for at in range(self._model.rowCount()):
            index = self._model.index(at, 0)
            row = self._model.row_at(index)
            inside = bool(text and row.app is not None and not rows.matches(row.app, text))
            wanted = row.key in self._opened or (inside and row.key not in self._closed)
            wanted = wanted and self._model.hasChildren(index)
            if self._view.isExpanded(index) != wanted:
                self._view.setExpanded(index, wanted)
        self._itself = False

    @Slot(QModelIndex)
    def _user_opened(self, index: QModelIndex) -> None:
        if not self._itself:
            self._opened.add(self._model.row_at(index).key)
            self._closed.discard(self._model.row_at(index).key)

    @Slot(QModelIndex)
    def _user_closed(self, index: QModelIndex) -> None:
        if not self._itself:
            self._opened.discard(self._model.row_at(index).key)
            self._closed.add(self._model.row_at(index).key)
