"""The hatch for what a setting adds, distinguished from existing memory by more than color."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QColor, QPainter

_APART = 6
"""Pixels between two lines."""
_THICK = 2.4


def paint_hatch(painter: QPainter, span: QRectF, ink: QColor, ground: QColor) -> None:
    """Fill a span with the hatch, which doesn't move when the span grows."""
    painter.save()
    painter.setClipRect(span, Qt.ClipOperation.IntersectClip)
    painter.fillRect(span, ground)
    painter.setPen(QPen(ink, _THICK))
    lean = span.height() + 1
    x = span.left() - span.left() % _APART - lean - lean % _APART
    while x < span.right():
        painter.drawLine(QPointF(round(x), span.bottom() + 1), QPointF(round(x) + lean, span.top() - 1))
        x += _APART
    painter.restore()
