"""One line of text, on the baseline of its own font.

Qt puts a text in the middle by the height of the letters in it: Hangul that another font lends would stand lower than the
Latin beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter


def write_line(painter: QPainter, box: QRect, text: str, *, right: bool = False) -> None:
    """In the middle of the box's height, at its left or its right side."""
    metrics = painter.fontMetrics()
    left = box.right() + 1 - metrics.horizontalAdvance(text) if right else box.left()
    painter.drawText(QPoint(left, box.top() + (box.height() - metrics.height()) // 2 + metrics.ascent()), text)
