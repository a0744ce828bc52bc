"""Memory used over the last ten minutes, drawn by hand: a chart library would cost more than the whole popup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent
from oomtray.risk.thresholds import marks
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.readable_bar import ReadableBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QFontMetrics

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment, Reading

SECONDS = 600.0
_AIR = 5
"""Pixels between the label and the line of a mark."""
_BREAK = 90.0
"""A longer silence, as while paused or asleep, leaves a gap instead of a line."""


class Sparkline(ReadableBar):
    """The last ten minutes as a line above the thresholds that are near."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._assessment: Assessment | None = None
        self._marks: tuple[float, ...] = ()
        self._label = tr("last 10 min")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Memory used over the last ten minutes"))

    def show_assessment(self, assessment: Assessment | None, thresholds: Thresholds) -> None:
        self._assessment = assessment
        self._marks = ()
        if assessment is not None:
            self._marks = tuple(mark.used for mark in marks(thresholds, assessment.snapshot.memory).shown)
            seen = [r.used_percent for r in assessment.trail if r.used_percent is not None]
            if seen:
                told = tr("between {lowest} and {highest}", lowest=percent(min(seen)), highest=percent(max(seen)))
            else:
                told = tr("not known yet")
            self.setAccessibleDescription(told)
            self.tell(assessment.snapshot.memory.used_percent, min(seen, default=0), max(seen, default=100))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, round(self.fontMetrics().height() * 2.4))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(small(self.font()))
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        assessment = self._assessment
        # no less than a third of the scale: noise of one per cent must not look like a storm
        low, high = scale_of(assessment.trail if assessment else (), self._marks)
        lines: list[list[QPointF]] = []
        if assessment is not None:
            now = assessment.snapshot.at
            lines = [
                [
                    QPointF(self._x(reading.at, now, mirrored), self._y(value, low, high))
                    for reading in run
                    if (value := reading.used_percent) is not None
                ]
                for run in runs(assessment.trail)
            ]
        label = self._label_box(painter.fontMetrics(), lines, mirrored)
        for mark in self._marks:
            if low < mark < high:
                y = self._y(mark, low, high)
                taken = label.width() + _AIR if label.top() <= y <= label.bottom() else 0.0  # else it strikes it out
                painter.setPen(QPen(found.line, 1, Qt.PenStyle.DotLine))
                painter.drawLine(
                    QPointF(0 if mirrored else taken, y), QPointF(self.width() - (taken if mirrored else 0), y)
                )
        painter.setPen(QPen(found.line, 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        if assessment is not None:
            for line in lines:
                level = assessment.level.name
                self._draw(painter, line, found.level(level), found.wash(level))
        painter.setPen(found.muted)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(label, int(side | Qt.AlignmentFlag.AlignTop), self._label)
        painter.end()

    def _label_box(self, metrics: QFontMetrics, lines: list[list[QPointF]], mirrored: bool) -> QRectF:
        """At the top of the side where it begins, or at its foot where the line itself is in the way."""
        wide, high = float(metrics.horizontalAdvance(self._label)), float(metrics.height())
        box = QRectF(self.width() - wide if mirrored else 0, 0, wide, high)
        if any(box.contains(point) for line in lines for point in line):
            box.moveBottom(self.height() - 1)
        return box

    def _draw(self, painter: QPainter, points: list[QPointF], colour: QColor, wash: QColor) -> None:
        if not points:
            return
        bottom = float(self.height() - 1)
        line = QPainterPath(points[0])
        for point in points[1:]:
            line.lineTo(point)
        area = QPainterPath(line)
        area.lineTo(points[-1].x(), bottom)
        area.lineTo(points[0].x(), bottom)
        area.closeSubpath()
        painter.fillPath(area, wash)
        painter.setPen(
            QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(line)

    def _x(self, at: float, now: float, mirrored: bool) -> float:
        x = 1 + (self.width() - 3) * (1 - min(max(now - at, 0.0), SECONDS) / SECONDS)
        return self.width() - x if mirrored else x

    def _y(self, value: float, low: float, high: float) -> float:
        return 2 + (self.height() - 4) * (1 - (value - low) / (high - low))


def scale_of(trail: Sequence[Reading], levels: Sequence[float]) -> tuple[float, float]:
    """Lowest and highest per cent to draw: what was seen, with air, and the next mark above where that is near."""
    seen = [reading.used_percent for reading in trail if reading.used_percent is not None]
    if not seen:
        return 0.0, 100.0
    low, high = min(seen) - 6, max(seen) + 10
    for mark in levels:
        if high < mark <= high + 15:
            high = mark + 2
            break
    spread = max(33.0 - (high - low), 0.0)
    low = max(low - spread, 0.0)
    return low, min(max(high, low + 33.0), 103.0)


def runs(trail: Sequence[Reading]) -> list[list[Reading]]:
    """The readings without gaps of unknown values or of silence."""
    found: list[list[Reading]] = [[]]
    for reading in trail:
        if reading.used_percent is None:
            found.append([])
            continue
        if found[-1] and reading.at - found[-1][-1].at > _BREAK:
            found.append([])
        found[-1].append(reading)
    return [run for run in found if run]
