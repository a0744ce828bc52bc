"""Tables that match the lists beside them: headers without frames, and the selection in the lists' color."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import scaled

PAD = 12
"""Pixels beside a text."""
_HEAD = 0.92
_TALL = 12
_MOST_LINES = 6
"""Maximum per cell; a longer text is elided."""


def row_height(view: QWidget) -> int:
    return view.fontMetrics().height() + _TALL


class FlatHeader(QHeaderView):
    """A frameless table header; titles are aligned as the column's model says."""

    def __init__(self, parent: QWidget | None = None, *, pad: int = PAD) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._pad = pad

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + _TALL)

    def title_width(self, section: int) -> int:
        return (
            QFontMetrics(scaled(self.font(), _HEAD)).horizontalAdvance(self._title(section))
            + 2 * self._pad
            + 1
        )

    def sectionSizeFromContents(self, section: int) -> QSize:
        return QSize(self.title_width(section), self.sizeHint().height())

    def _title(self, section: int) -> str:
        return str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        found = contrast.of(self.palette(), on_base=True)
        painter.save()
        colors.fill(painter, rect, found.ground)
        colors.fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), found.line)
        painter.setFont(scaled(self.font(), _HEAD))
        painter.setPen(found.muted)
        side = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        draw_text(
            painter,
            rect.adjusted(self._pad, 0, -self._pad, 0),
            self._title(section),
            side,
            mirrored=self.isRightToLeft(),
        )
        painter.restore()


class FlatRows(QStyledItemDelegate):
    """Paints rows of a view that selects whole rows; the current row is framed while the view has the focus."""

    def __init__(self, view: QAbstractItemView, *, pad: int = PAD) -> None:
        super().__init__(view)
        self._view = view
        self._pad = pad

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        wide = self._view.fontMetrics().horizontalAdvance(str(index.data() or "")) + 2 * self._pad + 1
        return QSize(wide, row_height(self._view))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        row = QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            colors.fill(painter, row, found.selected)
        if index.row() < index.model().rowCount() - 1:
            colors.fill(painter, QRect(row.left(), row.bottom(), row.width(), 1), found.line)
        current = index.row() == self._view.currentIndex().row()
        if current and (self._view.hasFocus() or (chosen and found.stark)):
            self._frame(painter, row.adjusted(0, 0, 0, -1), index, found)
        painter.setFont(self._view.font())
        painter.setPen(found.text if self._view.isEnabled() else found.muted)
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        self.write(painter, row.adjusted(self._pad, 0, -self._pad, 0), str(index.data() or ""), side)
        painter.restore()

    def write(self, painter: QPainter, box: QRect, text: str, side: object) -> None:
        """Draw a cell's text on one line; subclasses may wrap it."""
        draw_text(painter, box, text, side, mirrored=self._view.isRightToLeft())

    def _frame(
        self,
        painter: QPainter,
        row: QRect,
        index: QModelIndex | QPersistentModelIndex,
        found: colors.Colors,
    ) -> None:
        """Draw this cell's part of the frame around the whole row."""
        painter.setPen(QPen(found.calm, 1))
        painter.drawLine(row.topLeft(), row.topRight())
        painter.drawLine(row.bottomLeft(), row.bottomRight())
        first, last = index.column() == 0, index.column() == index.model().columnCount() - 1
        if self._view.isRightToLeft():
            first, last = last, first
        if first:
            painter.drawLine(row.topLeft(), row.bottomLeft())
        if last:
            painter.drawLine(row.topRight(), row.bottomRight())


class WrappedRows(FlatRows):
    """Wraps texts in narrow columns; the view must not use uniform row heights."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        view = self._view
        room = view.columnWidth(index.column()) if isinstance(view, QTreeView) else hint.width()
        more = len(broken(view.fontMetrics(), str(index.data() or ""), room - 2 * self._pad)) - 1
        return QSize(hint.width(), hint.height() + more * view.fontMetrics().lineSpacing())

    def least_width(self, index: QModelIndex | QPersistentModelIndex) -> int:
        """Return the width in pixels in which no word is broken."""
        words = str(index.data() or "").split(" ")
        return max(map(self._view.fontMetrics().horizontalAdvance, words)) + 2 * self._pad + 1

    def write(self, painter: QPainter, box: QRect, text: str, side: object) -> None:
        lines = broken(painter.fontMetrics(), text, box.width())
        high = painter.fontMetrics().lineSpacing()
        top = box.center().y() + 1 - len(lines) * high // 2
        for number, line in enumerate(lines):
            super().write(painter, QRect(box.left(), top + number * high, box.width(), high), line, side)


def broken(metrics: QFontMetrics, text: str, room: int) -> list[str]:
    """Wrap a text between words, and within words longer than a line.

    The last line that the limit allows is returned whole, however long.
    """
    lines: list[str] = []
    rest = text
    while metrics.horizontalAdvance(rest) > room and len(lines) < _MOST_LINES - 1:
        words = rest.split(" ")
        fits = [n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= room]
        if fits:
            line, rest = " ".join(words[: fits[-1]]), " ".join(words[fits[-1] :])
        else:
            letters = max((n for n in range(1, len(words[0])) if metrics.horizontalAdvance(rest[:n]) <= room), default=0)
            if not letters:
                break
            line, rest = rest[:letters], rest[letters:]
        lines.append(line)
    return [*lines, rest]


def draw_text(painter: QPainter, box: QRect, text: str, side: object, *, mirrored: bool) -> None:
    """Draw one line of text, elided if too long.

    `side` is an alignment from a model; None for where lines begin.
    """
    horizontal = _horizontal(side)
    if mirrored and horizontal in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight):
        left = horizontal == Qt.AlignmentFlag.AlignLeft
        horizontal = Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    flags = (
        horizontal
        | Qt.AlignmentFlag.AlignVCenter
        | Qt.AlignmentFlag.AlignAbsolute
        | Qt.TextFlag.TextSingleLine
    )
    painter.drawText(box, int(flags), shown)


def _horizontal(side: object) -> Qt.AlignmentFlag:
    """Return the horizontal part of an alignment from a model, which may be a plain number or None."""
    left = Qt.AlignmentFlag.AlignLeft
    if isinstance(side, int):
        side = Qt.AlignmentFlag(int(side))
    if not isinstance(side, Qt.AlignmentFlag):
        return left
    return side & Qt.AlignmentFlag.AlignHorizontal_Mask or left
