"""The table of readings that can replace the history chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.history.table_model import ReadingsModel
from oomtray.ui.qt.flat_table import FlatHeader, FlatRows, row_height
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QResizeEvent

    from oomtray.history.period import Period
    from oomtray.ui.history.time_range import TimeRange

_PAD = 8
_WIDEST = 180
"""Most pixels of a column, whose title may be any app's name."""


class ReadingsTable(QTableView):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Readings"))
        self._model = ReadingsModel(self)
        self._needed: list[int] = []
        """The width in pixels that each column needs."""
        self.setModel(self._model)
        self._head = FlatHeader(self, pad=_PAD)
        self.setHorizontalHeader(self._head)
        self._head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._head.setMinimumSectionSize(24)
        self.setItemDelegate(_WholeRows(self, pad=_PAD))
        self.setFrameShape(QFrame.Shape.NoFrame)
        use_thin_scroll_bars(self, sideways=True)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(row_height(self))

    def show_period(self, period: Period, shown: TimeRange) -> None:
        self._model.show_period(period, shown)
        self._measure()
        self._share_out()

    def _measure(self) -> None:
        metrics, model = self.fontMetrics(), self._model
        self._needed = []
        for column in range(model.columnCount()):
            told = {str(model.data(model.index(row, column))) for row in range(model.rowCount())}
            wide = max(map(metrics.horizontalAdvance, told), default=0) + 2 * _PAD + 1
            self._needed.append(max(wide, min(self._head.title_width(column), _WIDEST)))

    def _share_out(self) -> None:
        """Distribute spare width over all columns; if there is too little, the table scrolls sideways."""
        if not self._needed:
            return
        over = max(self.viewport().width() - sum(self._needed), 0)
        each, rest = divmod(over, len(self._needed))
        for column, needed in enumerate(self._needed):
            self._head.resizeSection(column, needed + each + (1 if column < rest else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()


class _WholeRows(FlatRows):
    """Skips a row that is cut off at the bottom, since the table scrolls by whole rows."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        if QRect(option.rect).bottom() <= self._view.viewport().rect().bottom():
            super().paint(painter, option, index)
