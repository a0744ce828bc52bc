"""A line over time, shaded below and with a dot at its end: as a widget, and as a part of other charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.painting import begin_painting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.ui.qt.colors import Colors

_HIGH = 56
_DOT = 3.0
_LINE = 1.6


def line_of(
    box: QRectF, points: Sequence[tuple[float, float]], most: float, *, mirrored: bool, ends: tuple[float, float] | None = None
) -> QPainterPath:
    """Return a path through seconds and amounts, the oldest first; 0 is the bottom of the box, `most` its top.

    `mirrored`: time runs from right to left; `ends`: the seconds at both sides of the box, else those of the
    first and last point.
    """
    begin, end = ends or (points[0][0], points[-1][0])
    line = QPainterPath()
    for place, (at, amount) in enumerate(points):
        along = (at - begin) / max(end - begin, 1e-9) * box.width()
        x = box.right() - along if mirrored else box.left() + along
        (line.lineTo if place else line.moveTo)(x, box.bottom() - box.height() * min(amount / max(most, 1e-9), 1.0))
    return line


def paint_ground(painter: QPainter, line: QPainterPath, box: QRectF, found: Colors) -> None:
    """Fill the area below a line."""
    ground = QPainterPath(line)
    ground.lineTo(line.currentPosition().x(), box.bottom())
    ground.lineTo(line.elementAt(0).x, box.bottom())
    ground.closeSubpath()
    painter.fillPath(ground, QBrush(found.calm_wash))


def paint_line(painter: QPainter, line: QPainterPath, found: Colors, dot: QPointF | None) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(round_pen(found.calm, _LINE))
    painter.drawPath(line)
    if dot is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(found.calm))
        painter.drawEllipse(dot, _DOT, _DOT)


class Curve(QWidget):
    """Shows what an app held, up to the dot at the end; the highest point is the top, and the bottom is 0.

    `on_base` means that it is on the background of lists and fields. Its accessible name is for the caller to
    set.
    """

    def __init__(self, parent: QWidget | None = None, *, on_base: bool = False) -> None:
        super().__init__(parent)
        self.points: tuple[tuple[float, int], ...] = ()
        self._on_base = on_base
        self.setFixedHeight(_HIGH)

    def show_points(self, points: Sequence[tuple[float, int]]) -> None:
        """Show seconds and bytes, the oldest first."""
        self.points = tuple(points)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=self._on_base)
        bottom = self.height() - 0.5
        if len(self.points) > 1:
            box = QRectF(_DOT + 1, 2 * _DOT, self.width() - 2 * _DOT - 2, bottom - 2 * _DOT)
            mirrored = self.isRightToLeft()
            line = line_of(box, self.points, max(amount for _, amount in self.points), mirrored=mirrored)
            paint_ground(painter, line, box, found)
            paint_line(painter, line, found, line.currentPosition())
        painter.setPen(QPen(found.line, 1))  # last: the fill of the curve may be opaque
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
