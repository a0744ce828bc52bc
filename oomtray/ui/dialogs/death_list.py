"""A list of deaths in order: who dies, what that frees, and what is free by then, in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.painting import paint_panel, write_line
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from oomtray.messages.fits import DeathRow

_LINES = 7
"""How many lines the list shows without scrolling."""
_PAD, _BETWEEN, _TALL, _BEFORE_PID = 8, 16, 6, 6
_RIM = 4
"""Width in pixels of the frame around the lines."""
_ROW = Qt.ItemDataRole.UserRole


class DeathList(QListWidget):
    """Lists deaths; a line's text is a sentence for screen readers, and is drawn in columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.widths = 0, 0
        """Width in pixels of the freed amounts, and of the sums."""
        self.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_Columns(self))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        use_thin_scroll_bars(self, clear=True)
        self.viewport().setAutoFillBackground(False)  # the box around it has round corners
        self.setViewportMargins(_RIM, _RIM, _RIM, _RIM)

    def show_rows(self, caption: str, rows: Sequence[DeathRow]) -> None:
        self.setVisible(bool(rows))
        self.setAccessibleName(caption)
        if [row.text for row in rows] == [self.item(n).text() for n in range(self.count())]:
            return  # don't disturb somebody who reads or scrolls
        place = self.currentRow()
        self.clear()
        wide = self.fontMetrics().horizontalAdvance
        # one pixel more: the width is rounded down, and the text would be elided
        self.widths = max((wide(row.frees) + 1 for row in rows), default=0), max((wide(row.total) + 1 for row in rows), default=0)
        for row in rows:
            item = QListWidgetItem(row.text, self)
            item.setData(_ROW, (row.name, row.pid, row.frees, row.total))
        self.setCurrentRow(min(place, len(rows) - 1))
        lines = min(max(len(rows), 1), _LINES)
        self.setFixedHeight(lines * (self.fontMetrics().height() + _TALL) + 2 * _RIM)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            paint_panel(self)
        return super().event(event)


class _Columns(QStyledItemDelegate):
    def __init__(self, view: DeathList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, self._view.fontMetrics().height() + _TALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        line, mirrored = QRect(option.rect), self._view.isRightToLeft()
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # mirrored explicitly below
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(line, found.selected)
        if index.row() == self._view.currentIndex().row() and self._view.hasFocus():
            painter.setPen(found.calm)
            painter.drawRect(line.adjusted(0, 0, -1, -1))
        painter.setFont(self._view.font())
        name, pid, frees, total = index.data(_ROW)
        end = line.width() - _PAD
        for text, wide in ((total, self._view.widths[1]), (frees, self._view.widths[0])):
            painter.setPen(found.muted)
            self._write(painter, line, end - wide, wide, text, end=True, mirrored=mirrored)
            end -= wide + _BETWEEN if wide else 0
        painter.setPen(found.text)
        self._write(painter, line, _PAD, end - _PAD, name, end=False, mirrored=mirrored)
        after = _PAD + painter.fontMetrics().horizontalAdvance(name) + _BEFORE_PID
        painter.setFont(small(self._view.font()))
        if after + painter.fontMetrics().horizontalAdvance(pid) < end:  # else it is the least of what the line says
            painter.setPen(found.muted)
            self._write(painter, line, after, end - after, pid, end=False, mirrored=mirrored)
        painter.restore()

    def _write(self, painter: QPainter, line: QRect, start: int, wide: int, text: str, *, end: bool, mirrored: bool) -> None:
        left = line.right() + 1 - start - wide if mirrored else line.left() + start
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, wide)
        write_line(painter, QRect(left, line.top(), wide, line.height()), shown, right=end != mirrored)
