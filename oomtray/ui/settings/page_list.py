"""The list of pages at the side of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from oomtray.messages.i18n import tr
from oomtray.ui.qt import contrast
from oomtray.ui.qt.painting import paint_page_ground
from oomtray.ui.qt.screen_reader import ChosenRow
from oomtray.ui.qt.thin_scroll_bar import use_thin_scroll_bars
from oomtray.ui.settings.page_icons import SIDE, paint_icon

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QPainter, QPalette

_ROW, _PAD, _GAP = 36, 13, 11
_ICON = Qt.ItemDataRole.UserRole


class PageList(QListWidget):
    def __init__(self, pages: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`pages` are ids, which also name the icons, and titles."""
        super().__init__(parent)
        self.setAccessibleName(tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        use_thin_scroll_bars(self)
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
