"""A line over time with the ground below it shaded, whose last point is a dot: by itself, and as a part of other pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import contrast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from oomtray.ui.qt.colours import Colours

_HIGH = 56
_DOT = 3.0
_LINE = 1.6


def paint_curve(
    painter: QPainter,
    box: QRectF,
    points: Sequence[tuple[float, float]],
    most: float,
    found: Colours,
    *,
    mirrored: bool,
) -> None:
    """Seconds and amounts, the oldest first, at least two: 0 is the bottom of the box, `most` its top.

    `mirrored`: time runs from right to left.
    """
    begin, end = points[0][0], points[-1][0]
    line = QPainterPath()
    for place, (at, amount) in enumerate(points):
        along = (at - begin) / max(end - begin, 1e-9) * box.width()
        x = box.right() - along if mirrored else box.left() + along
        (line.lineTo if place else line.moveTo)(
            x, box.bottom() - box.height() * min(amount / max(most, 1e-9), 1.0)
        )
    ground = QPainterPath(line)
    ground.lineTo(line.currentPosition().x(), box.bottom())
    ground.lineTo(line.elementAt(0).x, box.bottom())
    ground.closeSubpath()
    painter.fillPath(ground, QBrush(found.calm_wash))
    painter.setPen(
        QPen(found.calm, _LINE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.drawPath(line)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(found.calm))
    painter.drawEllipse(line.currentPosition(), _DOT, _DOT)


class Curve(QWidget):
    """What an app held, up to the dot at the end; its highest point is the top, and the ground is 0.

    `on_base`: it stands on the ground of lists and fields. What it says in words is for whoever shows it to set.
    """

    def __init__(self, parent: QWidget | None = None, *, on_base: bool = False) -> None:
        super().__init__(parent)
        self.points: tuple[tuple[float, int], ...] = ()
        self._on_base = on_base
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH)

    def show_points(self, points: Sequence[tuple[float, int]]) -> None:
        """Seconds and bytes, the oldest first."""
        self.points = tuple(points)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette(), on_base=self._on_base)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - 0.5
        if len(self.points) > 1:
            box = QRectF(_DOT + 1, 2 * _DOT, self.width() - 2 * _DOT - 2, bottom - 2 * _DOT)
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            paint_curve(
                painter, box, self.points, max(amount for _, amount in self.points), found, mirrored=mirrored
            )
        painter.setPen(QPen(found.line, 1))  # last: the ground of the curve may be as opaque as the window's
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        painter.end()
