"""Draws one line of text on the baseline of its own font.

Qt centers a text by the height of its glyphs: Hangul from a fallback font would be lower than the Latin
beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QPainter


def write_line(painter: QPainter, box: QRect, text: str, *, right: bool = False) -> None:
    """Draw text in the vertical middle of the box, at its left or right side."""
    metrics = painter.fontMetrics()
    left = box.right() + 1 - metrics.horizontalAdvance(text) if right else box.left()
    painter.drawText(QPoint(left, box.top() + (box.height() - metrics.height()) // 2 + metrics.ascent()), text)
