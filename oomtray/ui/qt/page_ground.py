"""The background of a row in the list of a window's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QStyle

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from oomtray.ui.qt.colors import Colors

_EDGE = 3


def paint_page_ground(painter: QPainter, box: QRect, state: QStyle.StateFlag, found: Colors, *, mirrored: bool) -> None:
    """Paint a bar where the chosen row begins, and a line around it with the focus, which the bar is part of."""
    flag = QStyle.StateFlag
    chosen = bool(state & flag.State_Selected)
    if chosen:
        colors.fill(painter, box, found.selected)
        left = box.right() - _EDGE + 1 if mirrored else box.left()
        colors.fill(painter, QRect(left, box.top(), _EDGE, box.height()), found.calm)
    elif state & flag.State_MouseOver:
        colors.fill(painter, box, found.hover)
    if chosen and state & flag.State_HasFocus:
        painter.setPen(found.calm)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
