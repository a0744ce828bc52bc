"""Paints an entry in the list of past kills: the app's icon, what was killed, and below it when and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oomtray.ui.controllers.installed_apps import Ended
from oomtray.ui.dialogs.kill_parts import paint_mark
from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import grown, scaled, small
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.painting import paint_round

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListWidget

    from oomtray.risk.kill_event import Dead, KillEvent
    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.qt.colors import Colors

ENDED = Qt.ItemDataRole.UserRole + 1
"""The role of the first process killed, an Ended, or None if unknown."""
_MARGIN, _ICON = 10, 24


def ended_of(event: KillEvent) -> Ended | None:
    """Return whose icon to show for a kill."""
    return ended(event.victims[0]) if event.victims else None


def ended(victim: Dead) -> Ended:
    return Ended(victim.name, victim.app, victim.unit, victim.command)


class KillDelegate(QStyledItemDelegate):
    def __init__(self, view: QListWidget, labels: AppLabels) -> None:
        super().__init__(view)
        self._view, self._labels = view, labels
        labels.changed.connect(view.viewport().update)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, max(2 * self._view.fontMetrics().height() + 12, 44))

    def wide(self, text: str) -> int:
        """Return the pixels of a row that shows this text whole."""
        bold = QFontMetrics(scaled(self._view.font(), 1.0, bold=True))
        return bold.horizontalAdvance(text) + 1 + grown(_ICON, self._view.font()) + 3 * _MARGIN

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        found = contrast.of(self._view.palette(), on_base=True)
        state = option.state
        box = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            paint_round(painter, box.adjusted(2, 1, -2, -1), 5, ground=found.selected if chosen else found.hover)
        if chosen and (state & QStyle.StateFlag.State_HasFocus or found.stark):
            paint_round(painter, box.adjusted(2.5, 1.5, -2.5, -1.5), 5, edge=QPen(found.calm))
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # keeps "25 Nov, 16:50" in order
        inner = box.adjusted(_MARGIN, 0, -_MARGIN, 0)
        side = grown(_ICON, self._view.font())
        mirrored = self._view.isRightToLeft()
        spot = QRect(round(inner.right() - side if mirrored else inner.left()), round(inner.center().y() - side / 2), side, side)
        self._paint_icon(painter, spot, index.data(ENDED), found)
        inner.adjust(0 if mirrored else side + _MARGIN, 0, -side - _MARGIN if mirrored else 0, 0)
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

    def _paint_icon(self, painter: QPainter, spot: QRect, of: Ended | None, found: Colors) -> None:
        if of is None:
            paint_mark(painter, QRectF(spot).adjusted(2, 2, -2, -2), found)
            return
        icon = self._labels.of_ended(of).icon
        if icon is not None:
            icon.paint(painter, spot)
