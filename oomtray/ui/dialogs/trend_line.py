"""What an app held over the last hour, as a line; told to a screen reader in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colours

if TYPE_CHECKING:
    from oomtray.history.app_trail import Trail

_HIGH = 56
_DOT = 2.5


class TrendLine(QWidget):
    """From the first that is known to now, whose dot is at the end; the ground is 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trail: Trail = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH)

    def show_trail(self, trail: Trail) -> None:
        self.trail = trail
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bottom = self.height() - 1.0
        painter.setPen(QPen(found.line, 1))
        painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
        points = self._points()
        if len(points) > 1:
            line = QPainterPath(points[0])
            for point in points[1:]:
                line.lineTo(point)
            area = QPainterPath(line)
            area.lineTo(points[-1].x(), bottom)
            area.lineTo(points[0].x(), bottom)
            painter.fillPath(area, found.calm_wash)
            painter.setPen(QPen(found.calm, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
            painter.drawPath(line)
            painter.setBrush(found.calm)
            painter.drawEllipse(points[-1], _DOT, _DOT)
        painter.end()

    def _points(self) -> list[QPointF]:
        if len(self.trail) < 2:
            return []
        first, last = self.trail[0][0], self.trail[-1][0]
        most = max(memory for _, memory in self.trail) or 1
        wide, high = self.width() - 2 * _DOT - 2, self.height() - 3 * _DOT
        points = []
        for at, memory in self.trail:
            along = _DOT + 1 + wide * (at - first) / max(last - first, 1.0)
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                along = self.width() - along
            points.append(QPointF(along, self.height() - 1 - high * memory / most))
        return points
