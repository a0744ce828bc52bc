"""Paints a topic in the help's list: its title, elided if too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.painting import paint_page_ground

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QListWidget

_PAD = 16


class TopicRow(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, max(self._view.fontMetrics().height() + 16, 34))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        state, box = option.state, QRect(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        mirrored = self._view.isRightToLeft()
        painter.save()
        paint_page_ground(painter, box, state, found, mirrored=mirrored)
        painter.setLayoutDirection(self._view.layoutDirection())
        painter.setFont(scaled(self._view.font(), 1.0, bold=chosen))
        painter.setPen(found.text)
        inner = box.adjusted(_PAD, 0, -_PAD // 2, 0)
        shown = painter.fontMetrics().elidedText(index.data() or "", Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()
