"""A short table of figures with a bar in each row, shown whole: without scrolling or selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from oomtray.ui.qt import contrast
from oomtray.ui.qt.flat_table import FlatHeader
from oomtray.ui.qt.fonts import grown, scaled
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.painting import clip_round, paint_round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.ui.qt.colors import Colors

BAR = 8
"""Height of a bar in pixels."""
BESIDE_BAR = 16
"""Pixels before and after a bar together, within its column."""
_MARGIN = 10
_ICON, _ICON_GAP = 20, 8
_START = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
_END = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class Figure(NamedTuple):
    name: str
    note: str
    """Shown beside the name if it fits; may be empty."""
    texts: tuple[str, ...]
    """For every column, also those that are painted otherwise: a screen reader reads them."""
    stands_out: bool
    paint_bar: Callable[[QPainter, QRectF, Colors], None]
    """Paints from left to right; in a right-to-left layout the painter is already mirrored."""
    icon: Callable[[], QIcon | None] | None = None
    """Asked at each painting, because icons are read in the background."""


class FigureTable(QTableWidget):
    """A table of figures and bars, of which a screen reader needs only the figures.

    `name_column` and `bar_column` are the columns of names and of bars. `bars_shown` carries whether the bars
    need a legend.
    """

    bars_shown = Signal(bool)
    name_column = 0
    bar_column = 1
    has_icons = False
    faint_columns: frozenset[int] = frozenset()

    def __init__(self, heads: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(0, len(heads), parent)
        self.figures: Sequence[Figure] = ()
        self.setHorizontalHeader(FlatHeader(self, pad=_MARGIN))
        for column, head in enumerate(heads):
            item = QTableWidgetItem(head)
            item.setTextAlignment(self._side(column))
            self.setHorizontalHeaderItem(column, item)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMinimumWidth(320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self.name_column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(self.bar_column, QHeaderView.ResizeMode.Fixed)
        self.setItemDelegate(_Rows(self))

    def fill(self, figures: Sequence[Figure]) -> None:
        """Show these rows, and fit the height."""
        self.figures = figures
        self.setRowCount(len(figures))
        for row, figure in enumerate(figures):
            for column, text in enumerate(figure.texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(self._side(column))
                self.setItem(row, column, item)
        high = max(self.fontMetrics().height() + 14, 32)
        self.verticalHeader().setDefaultSectionSize(high)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + high * len(figures) + 2)
        self.share_out()

    def share_out(self) -> None:
        """Decide which columns have room, and how wide the bars are."""

    def wide(self, column: int) -> int:
        """Return the width in pixels that a column needs for its texts and its header."""
        return max(self.sizeHintForColumn(column), self.horizontalHeader().sectionSizeHint(column))

    def width_of(self, row: int, text: str) -> int:
        """Return the width in pixels that a text needs in a row, without an icon."""
        return QFontMetrics(self.font_of(row)).horizontalAdvance(text) + 2 * _MARGIN + 2

    def icon_room(self) -> int:
        """Return the pixels before a name."""
        return grown(_ICON, self.font()) + _ICON_GAP if self.has_icons else 0

    def font_of(self, row: int) -> QFont:
        return scaled(self.font(), 1.0, bold=self.figures[row].stands_out)

    def _side(self, column: int) -> Qt.AlignmentFlag:
        return _START if column == self.name_column else _END

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_out()


class _Rows(QStyledItemDelegate):
    def __init__(self, table: FigureTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        table = self._table
        beside = table.icon_room() if index.column() == table.name_column else 0
        return QSize(table.width_of(index.row(), str(index.data())) + beside, super().sizeHint(option, index).height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        table, row, column = self._table, index.row(), index.column()
        found = contrast.of(table.palette(), on_base=True)
        box = QRectF(option.rect)
        painter.save()
        painter.fillRect(box, found.selected if table.figures[row].stands_out else found.ground)
        if row:
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 1), found.line)
        painter.setFont(table.font_of(row))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # keeps "6.1 GiB" in order
        if column == table.bar_column:
            self._paint_bar(painter, box, row, found)
        elif column == table.name_column:
            self._paint_name(painter, box.adjusted(_MARGIN, 0, -_MARGIN, 0), row, found)
        else:
            painter.setPen(found.muted if column in table.faint_columns else found.text)
            side = side_of(table, at_end=True) | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box.adjusted(_MARGIN, 0, -_MARGIN, 0), int(side), str(index.data()))
        painter.restore()

    def _paint_name(self, painter: QPainter, box: QRectF, row: int, found: Colors) -> None:
        table, begin = self._table, side_of(self._table) | Qt.AlignmentFlag.AlignVCenter
        figure = table.figures[row]
        icon = None if figure.icon is None else figure.icon()
        if icon is not None:
            side = grown(_ICON, table.font())
            left = round(box.right() - side if self._table.isRightToLeft() else box.left())
            icon.paint(painter, QRect(left, round(box.center().y() - side / 2), side, side))
        self._begin_after(box, table.icon_room())
        metrics = painter.fontMetrics()
        name = metrics.elidedText(figure.name, Qt.TextElideMode.ElideMiddle, int(box.width()))
        painter.setPen(found.text)
        painter.drawText(box, int(begin), name)
        note = note_beside(figure.name, figure.note, metrics, box.width())
        if note:
            self._begin_after(box, metrics.horizontalAdvance(f"{name}  "))
            painter.setFont(scaled(table.font(), 0.92))
            painter.setPen(found.muted)
            painter.drawText(box, int(begin), note)

    def _begin_after(self, box: QRectF, pixels: int) -> None:
        if self._table.isRightToLeft():
            box.adjust(0, 0, -pixels, 0)
        else:
            box.adjust(pixels, 0, 0, 0)

    def _paint_bar(self, painter: QPainter, box: QRectF, row: int, found: Colors) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        beside = BESIDE_BAR / 2
        track = QRectF(box.left() + beside, box.center().y() - BAR / 2, box.width() - BESIDE_BAR, BAR)
        if self._table.isRightToLeft():
            painter.translate(track.left() + track.right(), 0)
            painter.scale(-1, 1)
        self._table.figures[row].paint_bar(painter, track, found)


def note_beside(name: str, note: str, metrics: QFontMetrics, room: float) -> str:
    """Return the note, or "" if the name would be elided for it."""
    return note if metrics.horizontalAdvance(f"{name}  {note}") <= room else ""


def paint_track(painter: QPainter, track: QRectF, found: Colors) -> None:
    """Paint the empty bar, and clip what follows to its round ends."""
    clip_round(painter, track, track.height() / 2)
    painter.fillRect(track, found.track)
    if found.stark:
        paint_round(painter, track.adjusted(0.5, 0.5, -0.5, -0.5), track.height() / 2, edge=QPen(found.line, 1))
