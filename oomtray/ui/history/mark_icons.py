"""Icons of event marks, distinguishable by shape, in 16 logical pixels at a font size of 10 points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from oomtray.messages.history_events import protected
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.icons import ON_ANY, ON_DARK, outline, paint, state_drawing

if TYPE_CHECKING:
    from oomtray.history.period import RecordedEvent
    from oomtray.ui.qt.colors import Colors

SIZE = 16
Shape = Literal["kill", "warning", "critical", "calm", "shield", "change", "end", "back"]
_GRID = 22
_OCTAGON = "M7 1 H15 L21 7 V15 L15 21 H7 L1 15 V7 Z"
_SHIELD = "M11 1.5 L19 4.5 V11 C19 16 15.5 19.5 11 21 C6.5 19.5 3 16 3 11 V4.5 Z"


def side(line: float) -> int:
    """Return the icon size in logical pixels beside small text with this line height."""
    return max(SIZE, round(line + 1))


def shape_of(event: RecordedEvent) -> Shape:
    if event.kind == "kill":
        return "kill"
    if event.kind == "told":
        level = event.data.get("level")
        return "critical" if level == "critical" else "warning" if level == "warning" else "calm"
    if event.kind == "step-in":
        return "end"
    if event.kind == "set-aside":
        return "calm"
    action = event.data.get("action")
    if action == "undo":
        return "back"
    if action == "always-protect" or protected(event.data):
        return "shield"
    return "end" if action in ("end", "kill") else "change"


def draw(painter: QPainter, shape: Shape, box: QRectF, found: Colors) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(box.topLeft())
    painter.scale(box.width() / _GRID, box.height() / _GRID)
    if shape in ("warning", "critical"):
        paint(painter, state_drawing(shape, 22), ON_DARK if found.dark else ON_ANY)
    elif shape == "kill":
        painter.fillPath(outline(_OCTAGON), found.text)
        _cross(painter, found.ground, 7.2, 2.4)
    elif shape == "shield":
        painter.fillPath(outline(_SHIELD), found.text)
    elif shape == "end":
        _cross(painter, found.text, 5.0, 2.8)
    elif shape == "back":
        _arrow_back(painter, found.text)
    elif shape == "change":
        _arrows(painter, found.text)
    else:
        painter.setPen(QPen(found.text, 2.2))
        painter.drawEllipse(QRectF(4, 4, 14, 14))
    painter.restore()


def _cross(painter: QPainter, color: QColor, inset: float, thick: float) -> None:
    painter.setPen(round_pen(color, thick))
    far = _GRID - inset
    painter.drawPath(outline(f"M{inset} {inset} L{far} {far} M{far} {inset} L{inset} {far}"))


def _arrow_back(painter: QPainter, color: QColor) -> None:
    """Draw a counterclockwise arrow: something was undone."""
    painter.setPen(round_pen(color, 2.4))
    arrow = QPainterPath()
    arrow.arcMoveTo(QRectF(4, 5, 14, 14), 150)
    arrow.arcTo(QRectF(4, 5, 14, 14), 150, -290)
    arrow.addPath(outline("M4.6 2.8 V8.6 H10.4"))
    painter.drawPath(arrow)


def _arrows(painter: QPainter, color: QColor) -> None:
    """Draw arrows up and down: a value was set."""
    painter.setPen(round_pen(color, 2.2))
    painter.drawPath(outline("M7 18 V4 M3 8 L7 4 L11 8 M15 4 V18 M11 14 L15 18 L19 14"))
