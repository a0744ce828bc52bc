"""The visible readings as a table model, newest first, as a readable alternative to the chart.

Each row shows the maxima of its period: memory runs out at peaks, which a mean over hours would hide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from oomtray.history.chart_apps import LOOK_SECONDS
from oomtray.messages.history import each_row, level_name
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.text import printable, size
from oomtray.ui.history import chart_data, time_labels
from oomtray.ui.history.table_rows import rows, step

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from oomtray.history.period import Period
    from oomtray.ui.history.table_rows import Row
    from oomtray.ui.history.time_range import TimeRange

_Index = QModelIndex | QPersistentModelIndex
_FIXED = 5


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
        match index.column():
            case 0:
                return time_labels.moment(begins, self._shown)
            case 1:
                return size(None if column.used is None else column.used.high)
            case 2:
                return size(None if column.swap is None else column.swap.high)
            case 3:
                return percent(column.stall)
            case 4:
                return level_name(column.level)
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
