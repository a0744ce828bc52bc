"""Monochrome glyphs for buttons and captions: strokes on a grid of 16, without a theme or SVG plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from oomtray.ui.qt.icons import outline

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

Glyph = Literal[
    "app", "box", "close", "copy", "down", "help", "history", "info", "killed", "left", "list", "more", "pin", "right", "search", "settings", "slow", "warning"
]

_CIRCLE = "M8 1.5 C11.6 1.5 14.5 4.4 14.5 8 C14.5 11.6 11.6 14.5 8 14.5 C4.4 14.5 1.5 11.6 1.5 8 C1.5 4.4 4.4 1.5 8 1.5 Z"
_STEPS: dict[Glyph, str] = {
    "app": "M2.5 3 H13.5 V13 H2.5 Z M2.5 6 H13.5",
    "box": "M8 1.5 L14 4.5 V11.5 L8 14.5 L2 11.5 V4.5 Z M2 4.5 L8 7.5 L14 4.5 M8 7.5 V14.5",
    "close": "M4 4 L12 12 M12 4 L4 12",
    "copy": "M5.5 5.5 H13.5 V13.5 H5.5 Z M3.5 10.5 H2.5 V2.5 H10.5 V3.5",
    "down": "M4.5 6.5 L8 10 L11.5 6.5",
    "help": f"{_CIRCLE} M6 6.4 C6 5.1 6.9 4.4 8 4.4 C9.2 4.4 10 5.2 10 6.2 C10 7.7 8 7.6 8 9.2 M8 11.4 L8 11.5",
    "history": "M2 2 V14 H14 M4.5 10.5 L7 7.5 L9.5 9.2 L13.5 4.5",
    "info": f"{_CIRCLE} M8 7.2 V11.4 M8 4.6 L8 4.7",
    "killed": "M5.3 1.8 H10.7 L14.2 5.3 V10.7 L10.7 14.2 H5.3 L1.8 10.7 V5.3 Z M5.8 5.8 L10.2 10.2 M10.2 5.8 L5.8 10.2",
    "left": "M10 4.5 L6.5 8 L10 11.5",
    "list": "M6 4 H13.5 M6 8 H13.5 M6 12 H13.5 M2.6 4 L2.6 4.1 M2.6 8 L2.6 8.1 M2.6 12 L2.6 12.1",
    "more": "M3 8 L3 8.1 M8 8 L8 8.1 M13 8 L13 8.1",
    "pin": "M5.8 1.8 H10.2 M6.5 1.8 V6.5 L4.3 9.3 H11.7 L9.5 6.5 V1.8 M8 9.3 V14.2",
    "right": "M6.5 4.5 L10 8 L6.5 11.5",
    "search": "M10.4 10.4 L14 14 M6.8 2 C9.5 2 11.6 4.1 11.6 6.8 C11.6 9.5 9.5 11.6 6.8 11.6 C4.1 11.6 2 9.5 2 6.8 C2 4.1 4.1 2 6.8 2 Z",
    "settings": (
        "M1.5 4.5 H7.5 M11.5 4.5 H14.5 M1.5 11.5 H4.5 M8.5 11.5 H14.5"
        " M7.5 4.5 C7.5 3.4 8.4 2.5 9.5 2.5 C10.6 2.5 11.5 3.4 11.5 4.5 C11.5 5.6 10.6 6.5 9.5 6.5 C8.4 6.5 7.5 5.6 7.5 4.5 Z"
        " M4.5 11.5 C4.5 10.4 5.4 9.5 6.5 9.5 C7.6 9.5 8.5 10.4 8.5 11.5 C8.5 12.6 7.6 13.5 6.5 13.5 C5.4 13.5 4.5 12.6 4.5 11.5 Z"
    ),
    "slow": "M3.5 1.8 H12.5 M3.5 14.2 H12.5 M4.8 1.8 V4.4 L8 8 L11.2 4.4 V1.8 M4.8 14.2 V11.6 L8 8 L11.2 11.6 V14.2",
    "warning": "M8 1.8 L15 14 H1 Z M8 6 V9.6 M8 11.7 L8 11.8",
}
_WIDTH: dict[Glyph, float] = {"more": 2.4}


def draw(painter: QPainter, glyph: Glyph, rect: QRectF, color: QColor) -> None:
    """Draw a glyph as large as `rect` allows, centered in it."""
    draw_outline(painter, _STEPS[glyph], rect, color, _WIDTH.get(glyph, 1.4))


def draw_outline(painter: QPainter, steps: str, rect: QRectF, color: QColor, width: float, *, filled: bool = False) -> None:
    """Draw strokes on a grid of 16 (`icons.outline`) as large as `rect` allows, centered in it."""
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center().x() - side / 2, rect.center().y() - side / 2)
    painter.scale(side / 16, side / 16)
    painter.setBrush(color if filled else Qt.BrushStyle.NoBrush)
    painter.setPen(round_pen(color, width))
    painter.drawPath(outline(steps))
    painter.restore()


def round_pen(color: QColor, width: float) -> QPen:
    """Return the pen of drawn strokes, with round ends and corners."""
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
