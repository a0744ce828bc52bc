"""An entry in the list of past kills: what was killed, and below it when and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.labels import side_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListWidget

_MARGIN = 10


class KillDelegate(QStyledItemDelegate):
    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, max(2 * self._view.fontMetrics().height() + 12, 44))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        state = option.state
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(found.selected if chosen else found.hover))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), 5, 5)
        if chosen and (state & QStyle.StateFlag.State_HasFocus or found.selected == found.ground):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(found.calm))
            painter.drawRoundedRect(box.adjusted(2.5, 1.5, -2.5, -1.5), 5, 5)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # "25 Nov, 16:50" stays in its order
        inner = box.adjusted(_MARGIN, 0, -_MARGIN, 0)
        middle, bottom, top = inner.center().y(), Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop
        upper, lower = QRectF(inner), QRectF(inner)
        upper.setBottom(middle)
        lower.setTop(middle + 1)
        for text, font, color, part, side in (
            (index.data(Qt.ItemDataRole.DisplayRole), scaled(self._view.font(), 1.0, bold=True), found.text, upper, bottom),
            (index.data(Qt.ItemDataRole.UserRole), small(self._view.font()), found.muted, lower, top),
        ):
            painter.setFont(font)
            painter.setPen(color)
            shown = painter.fontMetrics().elidedText(text or "", Qt.TextElideMode.ElideRight, int(inner.width()))
            painter.drawText(part, int(side_of(self._view) | side), shown)
        painter.restore()
