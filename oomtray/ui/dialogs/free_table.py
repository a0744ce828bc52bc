"""Where memory was free when it was short elsewhere only: a row a place, what was free there, and what the kernel keeps back of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from oomtray.messages.free_memory import finding, place_name
from oomtray.messages.i18n import tr
from oomtray.text import UNKNOWN, size
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.flat_table import FlatHeader
from oomtray.ui.qt.fonts import grown, scaled, small
from oomtray.ui.qt.labels import Plain, side_of

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent, QResizeEvent

    from oomtray.risk.free_memory import FreeMemory, FreePlace

_PLACE, _PICTURE, _FREE, _RESERVE = range(4)
_MARGIN = 10
_BAR, _LEAST_BAR, _MOST_BAR = 8, 60, 220
_TICK, _OVER = 2, 3
"""Pixels of the line at what is kept back, and by which it is longer than the bar, above and below."""
_START = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class FreeTable(QTableWidget):
    """Reads as a table to a screen reader; the bars say the same to the eye.

    `bars_shown` says whether there is something for a legend to tell.
    """

    bars_shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self._shown: FreeMemory | None = None
        self.setHorizontalHeader(FlatHeader(self, pad=_MARGIN))
        for column, head in enumerate((tr("Memory"), "", tr("Free"), tr("Kept back"))):
            item = QTableWidgetItem(head)
            item.setTextAlignment(_START if column == _PLACE else _END)
            self.setHorizontalHeaderItem(column, item)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_PLACE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_PICTURE, QHeaderView.ResizeMode.Fixed)
        self.setItemDelegate(_Rows(self))

    def show_free(self, free: FreeMemory) -> None:
        self._shown = free
        self.setAccessibleName(finding(free))
        self.setRowCount(len(free.places))
        for number, place in enumerate(free.places):
            name = place_name(free, place)
            texts = (f"{name}  {tr('wanted here')}" if place.wanted else name, "", size(place.free), UNKNOWN if place.reserve is None else size(place.reserve))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_START if column == _PLACE else _END)
                self.setItem(number, column, item)
        high = max(self.fontMetrics().height() + 14, 32)
        self.verticalHeader().setDefaultSectionSize(high)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + high * len(free.places) + 2)
        self._share_out()

    def place_at(self, number: int) -> FreePlace:
        assert self._shown is not None
        return self._shown.places[number]

    def name_at(self, number: int) -> str:
        assert self._shown is not None
        return place_name(self._shown, self.place_at(number))

    @property
    def most(self) -> int:
        """Bytes that a full bar stands for."""
        places = () if self._shown is None else self._shown.places
        return max((max(place.free, place.reserve or 0) for place in places), default=1) or 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Names and what was free come first, then the bars."""
        header = self.horizontalHeader()

        def wide(column: int) -> int:
            return max(self.sizeHintForColumn(column), header.sectionSizeHint(column))

        room = self.width() - wide(_PLACE) - wide(_FREE)
        kept = self._shown is not None and any(place.reserve for place in self._shown.places)
        reserves = kept and wide(_RESERVE) <= room
        self.setColumnHidden(_RESERVE, not reserves)
        room -= wide(_RESERVE) if reserves else 0
        self.setColumnHidden(_PICTURE, room < _LEAST_BAR)
        header.resizeSection(_PICTURE, min(room, _MOST_BAR))
        self.bars_shown.emit(kept and room >= _LEAST_BAR)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.height())


class _Rows(QStyledItemDelegate):
    def __init__(self, table: FreeTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = QFontMetrics(self._font(index.row()))
        return QSize(metrics.horizontalAdvance(str(index.data())) + 2 * _MARGIN + 2, super().sizeHint(option, index).height())

    def _font(self, row: int) -> QFont:
        return scaled(self._table.font(), 1.0, bold=self._table.place_at(row).wanted)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        place = self._table.place_at(index.row())
        found = contrast.of(self._table.palette(), on_base=True)
        box = QRectF(option.rect)
        painter.save()
        painter.fillRect(box, found.selected if place.wanted else found.ground)
        if index.row():
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 1), found.line)
        if index.column() == _PICTURE:
            self._paint_bar(painter, box, place, found)
        else:
            self._paint_text(painter, box.adjusted(_MARGIN, 0, -_MARGIN, 0), index, found)
        painter.restore()

    def _paint_text(self, painter: QPainter, box: QRectF, index: QModelIndex | QPersistentModelIndex, found: colors.Colors) -> None:
        begins = index.column() == _PLACE
        side = side_of(self._table, at_end=not begins) | Qt.AlignmentFlag.AlignVCenter
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(self._font(index.row()))
        painter.setPen(found.text)
        text = self._table.name_at(index.row()) if begins else str(index.data())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(side), shown)
        if not begins or not self._table.place_at(index.row()).wanted:
            return
        beside = painter.fontMetrics().horizontalAdvance(f"{shown}  ")
        painter.setFont(scaled(self._table.font(), 1.0))
        painter.setPen(found.muted)
        mirrored = self._table.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if beside + painter.fontMetrics().horizontalAdvance(tr("wanted here")) <= box.width():
            painter.drawText(box.adjusted(0, 0, -beside, 0) if mirrored else box.adjusted(beside, 0, 0, 0), int(side), tr("wanted here"))

    def _paint_bar(self, painter: QPainter, box: QRectF, place: FreePlace, found: colors.Colors) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(box.left() + 8, box.center().y() - _BAR / 2, box.width() - 16, _BAR)
        if self._table.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(track.left() + track.right(), 0)
            painter.scale(-1, 1)
        paint_bar(painter, track, place.free / self._table.most, None if not place.reserve else place.reserve / self._table.most, found)


def paint_bar(painter: QPainter, track: QRectF, free: float, reserve: float | None, found: colors.Colors) -> None:
    """Both are shares of the track's width."""
    outline = QPainterPath()
    outline.addRoundedRect(track, track.height() / 2, track.height() / 2)
    painter.setClipPath(outline)
    painter.fillRect(track, found.track)
    painter.fillRect(QRectF(track.left(), track.top(), max(free * track.width(), 1.0 if free else 0.0), track.height()), found.calm)
    if found.track == found.ground:  # high contrast
        painter.setPen(QPen(found.line, 1))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), track.height() / 2, track.height() / 2)
    painter.setClipping(False)
    if reserve is not None:
        at = min(max(reserve * track.width() - _TICK / 2, 0.0), track.width() - _TICK)
        painter.fillRect(QRectF(track.left() + at, track.top() - _OVER, _TICK, track.height() + 2 * _OVER), found.text)


class FreeLegend(QWidget):
    """What the bar and the line across it stand for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for tick, text in ((False, tr("free")), (True, tr("kept back by the kernel"))):
            label = Plain(text, self, faint=True)
            label.setFont(small(self.font()))
            label.tint()
            if tick:
                line.addSpacing(6)
            line.addWidget(_Swatch(self, tick=tick))
            line.addWidget(label)


class _Swatch(QWidget):
    def __init__(self, parent: QWidget, *, tick: bool) -> None:
        super().__init__(parent)
        self._tick = tick
        self.setFixedSize(grown(8 if tick else 18, self.font()), grown(14, self.font()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        if self._tick:
            painter.fillRect(QRectF(self.width() / 2 - _TICK / 2, 0, _TICK, self.height()), found.text)
        else:
            paint_bar(painter, QRectF(0, middle - _BAR / 2, self.width(), _BAR), 1.0, None, found)
        painter.end()
