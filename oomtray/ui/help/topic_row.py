"""A topic in the list of the help: its title, cut where it is too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListWidget

_MARGIN = 12


class TopicRow(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, max(self._view.fontMetrics().height() + 14, 32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = colours.of(self._view.palette())
        state, box = option.state, QRectF(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(found.selected if chosen else found.hover))
            painter.drawRoundedRect(box.adjusted(6, 1, -6, -1), 5, 5)
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(found.calm))
            painter.drawRoundedRect(box.adjusted(6.5, 1.5, -6.5, -1.5), 5, 5)
        painter.setLayoutDirection(self._view.layoutDirection())
        painter.setFont(scaled(self._view.font(), 1.0, bold=chosen))
        painter.setPen(found.text)
        inner = box.adjusted(_MARGIN + 4, 0, -_MARGIN, 0)
        shown = painter.fontMetrics().elidedText(index.data() or "", Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()
