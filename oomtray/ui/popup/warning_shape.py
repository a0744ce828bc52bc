"""Filled warning shapes beside a text."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform

from oomtray.ui.qt import colors
from oomtray.ui.qt.icons import outline

Shape = Literal["triangle", "octagon"]
_OUTLINES: dict[Shape, str] = {
    "triangle": "M0.5 0 L1 1 L0 1 Z",
    "octagon": "M0.3 0 L0.7 0 L1 0.3 L1 0.7 L0.7 1 L0.3 1 L0 0.7 L0 0.3 Z",
}
"""On a grid of 1."""
_VISIBLE = 3.0
"""Least contrast of the exclamation mark with its shape (WCAG 2.1, 1.4.11)."""
_MARK_FROM = 13
"""Size in pixels from which a shape has its exclamation mark."""


def draw_shape(painter: QPainter, shape: Shape, spot: QRect, color: QColor) -> None:
    side = float(spot.width())
    x, y = spot.center().x() + 0.5 - side / 2, spot.center().y() + 0.5 - side / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPath(QTransform(side, 0, 0, side, x, y).map(outline(_OUTLINES[shape])))
    if side >= _MARK_FROM:
        middle, top = x + side / 2, y + side * (0.36 if shape == "triangle" else 0.2)
        white = QColor("white")
        painter.setBrush(white if colors.contrast(white, color) >= _VISIBLE else QColor("#2a1a00"))
        painter.drawRect(QRectF(middle - 1, top, 2, side * 0.34))
        painter.drawRect(QRectF(middle - 1, top + side * 0.34 + 1.5, 2, 2))
