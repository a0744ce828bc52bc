"""The list of events in the visible time range, newest first, and how its rows are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from oomtray.messages.i18n import tr
from oomtray.ui.history import mark_icons
from oomtray.ui.history.event_model import EVENT, LINK, TIME, EventModel
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import SMALL
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from oomtray.history.period import RecordedEvent
    from oomtray.ui.history.time_range import TimeRange

_PAD, _GAP = 12, 12
_BETWEEN = 2
"""Pixels between the two lines of a narrow row."""
_ROWS = 5
_LEAST_ROWS = 2

_Index = QModelIndex | QPersistentModelIndex


class EventList(QListView):
    """Lists events: `picked` carries an event's id, `opened` that of a kill to explain."""

    picked = Signal(int)
    opened = Signal(int)
    rearranged = Signal()
    """The height of the rows has changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Events"))
        self._model = EventModel(self)
        self.setModel(self._model)
        self._rows = _ROWS
        self.time_width = 0
        """Pixels of the widest time, so that the texts are aligned in a column."""
        self._widest = 0
        """Pixels of the longest sentence and its link."""
        self.narrow = False
        """Whether the text is below its time, because it doesn't fit beside it."""
        self._delegate = _Delegate(self)
        self.setItemDelegate(self._delegate)
        use_whole_width(self)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.activated.connect(self._activated)
        self.selectionModel().currentChanged.connect(self._current)
        ChosenRow(self)

    def show_events(self, events: Sequence[RecordedEvent], shown: TimeRange) -> None:
        chosen = self._number(self.currentIndex())
        others = self._model.show_events(events, shown)
        times = (str(self._model.index(row, 0).data(TIME)) for row in range(self._model.rowCount()))
        self.time_width = max(map(self.fontMetrics().horizontalAdvance, times), default=0)
        self._widest = max((self._width_of(self._model.index(row, 0)) for row in range(self._model.rowCount())), default=0)
        self._arrange()
        if others:
            self.updateGeometry()
            if chosen is not None:
                self.pick(chosen)
        self.viewport().update()

    def _width_of(self, index: _Index) -> int:
        link = link_box(self, QRect(0, 0, 0, 0), str(index.data(LINK)))
        return self.fontMetrics().horizontalAdvance(str(index.data())) + max(link.width(), _PAD)

    def _arrange(self) -> None:
        if not self.isVisible():
            return  # it has no width of its own yet
        # assume a scroll bar, because whether there is one depends on this decision
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        narrow = text_start(self) + self.time_width + 2 * _GAP + self._widest > room
        if narrow != self.narrow:
            self.narrow = narrow
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()
            self.rearranged.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def pick(self, number: int) -> None:
        """Select an event without emitting `picked`."""
        row = self._model.row_of(number)
        if row is None:
            return
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self._model.index(row, 0))
        self.selectionModel().blockSignals(False)
        self.scrollTo(self.currentIndex())
        self.viewport().update()

    def set_rows(self, most: int) -> None:
        """Set how many rows are visible without scrolling."""
        most = min(max(most, _LEAST_ROWS), _ROWS)
        if most != self._rows:
            self._rows = most
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(400, self._rows_high(min(self._model.rowCount(), self._rows)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._rows_high(min(self._model.rowCount(), _LEAST_ROWS)))

    def _rows_high(self, rows: int) -> int:
        return rows * row_height(self) + 2 * self.frameWidth()

    def _number(self, index: _Index) -> int | None:
        event = index.data(EVENT) if index.isValid() else None
        return None if event is None else int(event.id)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        number = self._number(index)
        if number is not None and index.data(LINK):
            self.opened.emit(number)

    @Slot(QModelIndex, QModelIndex)
    def _current(self, index: QModelIndex, _before: QModelIndex) -> None:
        number = self._number(index)
        if number is not None:
            self.picked.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._over_link(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self._over_link(at):
            self._activated(self.indexAt(at))

    def _over_link(self, at: QPoint) -> bool:
        index = self.indexAt(at)
        return index.isValid() and link_box(self, self.visualRect(index), str(index.data(LINK))).contains(at)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.scheduleDelayedItemsLayout()


def row_height(view: EventList) -> int:
    line = view.fontMetrics().height()
    return 2 * line + _BETWEEN + 14 if view.narrow else max(line + 14, 32)


def text_start(view: QListView) -> int:
    """Return the pixels between the edge where lines begin and the text."""
    return _PAD + _icon_side(view) + _GAP


def _icon_side(view: QListView) -> int:
    return mark_icons.side(SMALL * view.fontMetrics().height())


def link_box(view: QListView, row: QRect, text: str) -> QRect:
    """Return the area of the link at the row's end; empty without a text."""
    if not text:
        return QRect()
    wide = view.fontMetrics().horizontalAdvance(text) + 2 * _PAD
    mirrored = view.isRightToLeft()
    return QRect(row.x() if mirrored else row.right() - wide + 1, row.y(), wide, row.height())


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: EventList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, row_height(self._view))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        row = option.rect
        state = option.state
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            colors.fill(painter, row, found.selected if selected else found.hover)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)  # also of a row that Tab came to and nobody picked
        if focused or (selected and found.stark):
            # where that alone marks what is selected, the keyboard's is twice as wide
            painter.setPen(QPen(found.calm, 2 if focused and found.stark else 1))
            painter.drawRect(row.adjusted(1, 1, -2, -1) if painter.pen().width() > 1 else row.adjusted(0, 1, -1, -1))
        mirrored = self._view.isRightToLeft()
        middle = int(side_of(self._view) | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        metrics = self._view.fontMetrics()
        side_length = _icon_side(self._view)
        icon = QRectF(0, 0, side_length, side_length)
        time, link = str(index.data(TIME)), str(index.data(LINK))
        wide = self._view.time_width
        link_place = link_box(self._view, row, link)
        at = text_start(self._view)
        room = row.width() - at - max(link_place.width(), _PAD)
        if self._view.narrow:
            line = metrics.height()
            top = row.center().y() - line - _BETWEEN // 2
            boxes = [QRect(at, top, wide, line), QRect(at, top + line + _BETWEEN, room, line)]
        else:
            room -= wide + 2 * _GAP
            boxes = [QRect(at, row.y(), wide, row.height()), QRect(at + wide + 2 * _GAP, row.y(), room, row.height())]
        if mirrored:
            boxes = [QRect(row.right() - box.right(), box.y(), box.width(), box.height()) for box in boxes]
        x = row.right() - _PAD - icon.width() if mirrored else row.x() + _PAD
        icon.moveTo(x, row.center().y() - icon.height() / 2 + 1)
        mark_icons.draw(painter, mark_icons.shape_of(index.data(EVENT)), icon, found)
        painter.setPen(found.muted)
        painter.drawText(boxes[0], middle, time)
        painter.setPen(found.text)
        painter.drawText(boxes[1], middle, metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room))
        if link:
            painter.setPen(colors.link(self._view.palette()))
            if found.stark:  # in high contrast it has the color of the words beside it
                font = painter.font()
                font.setUnderline(True)
                painter.setFont(font)
            painter.drawText(link_place, int(Qt.AlignmentFlag.AlignCenter), link)
        if index.row():
            painter.setPen(found.line)
            painter.drawLine(row.topLeft(), row.topRight())
        painter.restore()

    def helpEvent(self, *_: object) -> bool:
        return False
