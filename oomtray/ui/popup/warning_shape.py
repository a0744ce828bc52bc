"""Filled warning shapes beside a text."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from oomtray.ui.qt import colors

Shape = Literal["triangle", "octagon", "shield"]
_VISIBLE = 3.0
"""Least contrast of the exclamation mark with its shape (WCAG 2.1, 1.4.11)."""
_MARK_FROM = 13
"""Size in pixels from which a shape has its exclamation mark."""


def draw_shape(painter: QPainter, shape: Shape, spot: QRect, color: QColor) -> None:
    side = float(spot.width())
    x, y = spot.center().x() + 0.5 - side / 2, spot.center().y() + 0.5 - side / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    path = QPainterPath()
    if shape == "triangle":
        path.addPolygon(
            QPolygonF([QPointF(x + side / 2, y), QPointF(x + side, y + side), QPointF(x, y + side)])
        )
    elif shape == "octagon":
        cut = side * 0.3
        path.addPolygon(
            QPolygonF(
                [
                    QPointF(x + cut, y),
                    QPointF(x + side - cut, y),
                    QPointF(x + side, y + cut),
                    QPointF(x + side, y + side - cut),
                    QPointF(x + side - cut, y + side),
                    QPointF(x + cut, y + side),
                    QPointF(x, y + side - cut),
                    QPointF(x, y + cut),
                ]
            )
        )
    else:
        path.moveTo(x + side / 2, y)
        path.cubicTo(
            x + side * 0.7, y + side * 0.16, x + side * 0.85, y + side * 0.18, x + side, y + side * 0.18
        )
        path.cubicTo(
            x + side, y + side * 0.62, x + side * 0.85, y + side * 0.86, x + side / 2, y + side * 1.08
        )
        path.cubicTo(x + side * 0.15, y + side * 0.86, x, y + side * 0.62, x, y + side * 0.18)
        path.cubicTo(x + side * 0.15, y + side * 0.18, x + side * 0.3, y + side * 0.16, x + side / 2, y)
    path.closeSubpath()
    painter.drawPath(path)
    if side >= _MARK_FROM and shape != "shield":
        middle, top = x + side / 2, y + side * (0.36 if shape == "triangle" else 0.2)
        white = QColor("white")
        painter.setBrush(white if colors.contrast(white, color) >= _VISIBLE else QColor("#2a1a00"))
        painter.drawRect(QRectF(middle - 1, top, 2, side * 0.34))
        painter.drawRect(QRectF(middle - 1, top + side * 0.34 + 1.5, 2, 2))
