"""The table of readings that can replace the history chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from oomtray.history.chart_apps import LOOK_SECONDS
from oomtray.messages.history import each_row, figures, level_name
from oomtray.messages.i18n import tr
from oomtray.text import printable, size
from oomtray.ui.history import chart_data, time_labels
from oomtray.ui.history.table_rows import Row, rows, step
from oomtray.ui.qt.flat_table import FlatHeader, FlatRows, row_height
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QResizeEvent

    from oomtray.history.period import Period
    from oomtray.ui.history.time_range import TimeRange

_PAD = 8
_WIDEST = 180
"""Most pixels of a column, whose title may be any app's name."""
_Index = QModelIndex | QPersistentModelIndex
_FIXED = 5


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


class ReadingsModel(QAbstractTableModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._period: Period | None = None
        self._rows: list[Row] = []
        self._shown: TimeRange | None = None

    def show_period(self, period: Period, shown: TimeRange) -> None:
        self.beginResetModel()
        self._period, self._shown = period, shown
        self._rows = rows(period, shown)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return _FIXED + (len(self._period.apps.names) if self._period else 0)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return "" if self._shown is None else each_row(step(self._shown))
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        if section < _FIXED:
            return (tr("From"), tr("Memory"), tr("Swap"), tr("Stall"), tr("Level"))[section]
        return printable(self._period.apps.names[section - _FIXED]) if self._period else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role != Qt.ItemDataRole.DisplayRole or self._period is None or self._shown is None:
            return None
        begins, ends, column = self._rows[index.row()]
        if index.column() < _FIXED:
            cells = time_labels.moment(begins, self._shown), *figures(column, most=True).values(), level_name(column.level)
            return cells[index.column()]
        period = self._period
        look = chart_data.peak_look(period.apps, max(begins, self._shown.since), min(ends, self._shown.until))
        if look is None and ends - begins <= LOOK_SECONDS:  # apps are sampled less often
            look = chart_data.look_at(period.apps, column.at, period.columns, period.width)
        return size(None if look is None else look.held[index.column() - _FIXED])


def _side(column: int) -> int:
    """Return the alignment: numbers to the right, but the level apart from the number before it."""
    side = Qt.AlignmentFlag.AlignRight
    if column in (0, _FIXED - 1):
        side = Qt.AlignmentFlag.AlignHCenter if column else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
