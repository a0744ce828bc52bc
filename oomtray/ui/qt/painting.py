"""What several widgets paint alike: boxes, rows, hatches, clips, and lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QMargins, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colors, contrast

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush, QColor
    from PySide6.QtWidgets import QStyle

    from oomtray.ui.qt.colors import Colors

Box = TypeVar("Box", QRect, QRectF)

_APART = 6
"""Pixels between two lines of a hatch."""
_THICK = 2.4
_EDGE = 3
"""Width in pixels of the bar at the chosen row."""
CORNER = 6


def begin_painting(widget: QWidget, *, on_base: bool = False) -> tuple[QPainter, Colors]:
    """Return a painter with smooth edges, and the colors to paint with: on the ground of fields, or of the window."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter, contrast.of(widget.palette(), on_base=on_base)


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


def from_start(widget: QWidget, box: Box) -> Box:
    """Move a box whose place is counted from where lines begin to where that is in the widget."""
    if widget.isRightToLeft():
        box.moveLeft(widget.width() - box.x() - box.width())
    return box


def margins_from_start(widget: QWidget, first: int, top: int, last: int, bottom: int) -> QMargins:
    """Return margins that are counted from where lines begin: a layout mirrors its cells, but not its margins."""
    return QMargins(last, top, first, bottom) if widget.isRightToLeft() else QMargins(first, top, last, bottom)


def paint_hatch(painter: QPainter, span: QRectF, ink: QColor, ground: QColor) -> None:
    """Fill a span with the hatch for what a setting adds, which doesn't move when the span grows."""
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


def paint_page_ground(painter: QPainter, box: QRect, state: QStyle.StateFlag, found: Colors, *, mirrored: bool) -> None:
    """Paint a row of a window's pages: a bar where the chosen one begins, and a line around it with the focus, which the bar is part of."""
    from PySide6.QtWidgets import QStyle  # PySide sets up all of it, which the popup does without

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


class Panel(QWidget):
    """A rounded box in the color of fields, around lists and sums."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self)


def paint_panel(widget: QWidget, box: QRect | None = None) -> None:
    """Paint the box over the whole widget, or over the part given by `box`."""
    painter, found = begin_painting(widget, on_base=True)
    paint_box(painter, widget.rect() if box is None else box, found.line, found.ground)


def paint_box(painter: QPainter, box: QRect, edge: QColor, ground: QColor, corner: float = CORNER) -> None:
    """Paint a rounded box whose edge is one pixel wide and within it."""
    paint_round(painter, QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), corner, edge=QPen(edge), ground=ground)


def paint_round(
    painter: QPainter, box: QRectF, corner: float, *, edge: QPen | None = None, ground: QColor | QBrush | None = None
) -> None:
    """Paint a box with round corners: its edge, half of which is outside it, its ground, or both."""
    painter.setPen(Qt.PenStyle.NoPen if edge is None else edge)
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
    painter.drawRoundedRect(box, corner, corner)


def write_line(painter: QPainter, box: QRect, text: str, *, right: bool = False) -> None:
    """Draw text in the vertical middle of the box, at its left or right side, on the baseline of its own font.

    Qt centers a text by the height of its glyphs: Hangul from a fallback font would be lower than the Latin
    beside it.
    """
    metrics = painter.fontMetrics()
    left = box.right() + 1 - metrics.horizontalAdvance(text) if right else box.left()
    painter.drawText(QPoint(left, box.top() + (box.height() - metrics.height()) // 2 + metrics.ascent()), text)


class Hairline(QWidget):
    def __init__(self, parent: QWidget, *, vertical: bool = False, air: int = 0) -> None:
        super().__init__(parent)
        self._air = air
        self.turn(vertical=vertical)

    def turn(self, *, vertical: bool) -> None:
        """Lay the line across, or stand it upright."""
        along, across = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        self.setSizePolicy(*((across, along) if vertical else (along, across)))
        self.setContentsMargins(*((self._air, 0) if vertical else (0, self._air)) * 2)

    def sizeHint(self) -> QSize:
        return QSize(1, 1).grownBy(self.contentsMargins())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors.fill(painter, self.contentsRect(), contrast.of(self.palette()).line)
