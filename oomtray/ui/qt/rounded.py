"""Help for painting bars: within round corners, and from the side where a line begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainterPath

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget


def clip_round(painter: QPainter, box: QRectF, corner: float) -> None:
    """Paint from here on only within a box with round corners."""
    outline = QPainterPath()
    outline.addRoundedRect(box, corner, corner)
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)


def start_at_leading_side(painter: QPainter, widget: QWidget) -> None:
    """Count from a widget's right in languages that are written from there."""
    if widget.isRightToLeft():
        painter.translate(widget.width(), 0)
        painter.scale(-1, 1)
