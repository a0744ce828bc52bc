"""The list of pages at the side of the window, with their icons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.glyphs import draw_outline
from oomtray.ui.qt.painting import paint_page_ground
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.thin_scroll_bar import use_whole_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QColor, QPainter, QPalette

_ROW, _PAD, _GAP = 36, 13, 11
_ICON = Qt.ItemDataRole.UserRole
SIDE = 16
_CIRCLE = "M8 1.75C11.5 1.75 14.25 4.5 14.25 8C14.25 11.5 11.5 14.25 8 14.25C4.5 14.25 1.75 11.5 1.75 8C1.75 4.5 4.5 1.75 8 1.75Z"
STROKES = {
    "warnings": "M8 2.25L14.25 13.5H1.75Z M8 6.5V9.4 M8 11.2V11.5",
    "notifications": "M8 2C5.2 2 4 4.2 4 6.5C4 9.5 2.5 10 2.5 11.5H13.5C13.5 10 12 9.5 12 6.5C12 4.2 10.8 2 8 2Z M6.5 13.8H9.5",
    "protection": "M8 1.75L13.25 3.6V7.6C13.25 11 11 13.2 8 14.4C5 13.2 2.75 11 2.75 7.6V3.6Z",
    "step-in": "M2.25 2.5V13.5 M5 8H13.25 M10 4.75L13.25 8L10 11.25",
    "rules": "M2.5 3.75H13.5 M2.5 8H13.5 M2.5 12.25H9.5",
    "look": "M1.5 8C3.2 5 5.4 3.6 8 3.6C10.6 3.6 12.8 5 14.5 8C12.8 11 10.6 12.4 8 12.4C5.4 12.4 3.2 11 1.5 8Z"
    " M8 6C9.2 6 10 6.9 10 8C10 9.1 9.2 10 8 10C6.8 10 6 9.1 6 8C6 6.9 6.8 6 8 6Z",
    "history": "M2.25 2V13.75H14 M4.5 10.5L7.25 7L9.5 9L13 4.25",
    "pace": "M2 4.5H14 M2 11.5H14 M5 2.75V6.25 M11 9.75V13.25",
    "login": _CIRCLE + " M8 4.5V8.25L10.75 9.75",
    "about": _CIRCLE + " M8 7.2V11.2 M8 4.6V5.4",
}


class PageList(QListWidget):
    def __init__(self, pages: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`pages` are ids, which also name the icons, and titles."""
        super().__init__(parent)
        self.setAccessibleName(tr("Pages"))
        use_whole_width(self)
        self.setItemDelegate(_Delegate(self))
        for name, title in pages:
            item = QListWidgetItem(title, self)
            item.setData(_ICON, name)
        ChosenRow(self)
        self.setFixedWidth(self.sizeHintForColumn(0) + 2 * self.frameWidth())


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        text = option.fontMetrics.horizontalAdvance(index.data())
        high = option.fontMetrics.height() + 16
        # the selected one is bold
        return QSize(_PAD + _side(option) + _GAP + round(text * 1.12) + _PAD, max(_ROW, high))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box: QRect = option.rect
        state = option.state
        palette: QPalette = option.palette
        found = contrast.of(palette, on_base=True)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        painter.save()
        paint_page_ground(painter, box, state, found, mirrored=mirrored)
        side = _side(option)
        left = box.right() - _PAD - side if mirrored else box.left() + _PAD
        paint_icon(painter, index.data(_ICON), QRect(left, box.top(), side, box.height()), found.text)
        font = option.font
        font.setBold(chosen)
        painter.setFont(font)
        painter.setPen(found.text)
        text = box.adjusted(_PAD, 0, -_PAD - side - _GAP, 0) if mirrored else box.adjusted(_PAD + side + _GAP, 0, -4, 0)
        at = (Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(text, int(at | Qt.AlignmentFlag.AlignVCenter), index.data())
        painter.restore()


def _side(option: QStyleOptionViewItem) -> int:
    """Return the icon size in pixels, which grows with large text."""
    return max(SIDE, round(option.fontMetrics.height() * 0.85))


def paint_icon(painter: QPainter, name: str, box: QRect, color: QColor) -> None:
    """Paint an icon as wide as the box, centered in it."""
    side, middle = box.width(), box.center()
    place = QRectF(middle.x() + 1 - side / 2, middle.y() + 1 - side / 2, side, side)
    draw_outline(painter, STROKES[name], place, color, 1.5)
