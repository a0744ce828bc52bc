"""A chart of recent memory use and the forecast.

It is drawn by hand, because a chart library would cost more than the whole popup. It spans the available
readings, up to ten minutes, so that it is never empty: with 20 s of readings it shows 20 s and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen

from oomtray.messages import outlook as words
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import percent, to_minutes
from oomtray.risk.outlook import Forecast, LevelName, Reading, known_seconds
from oomtray.risk.thresholds import marks
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.screen_reader import ReadableBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QColor, QFont
    from PySide6.QtWidgets import QWidget

    from oomtray.config import Thresholds
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.qt.colors import Colors

LONGEST = 600.0
_SHORTEST = 20.0
"""Longest and shortest span in seconds."""
_CAPTIONS = (0.87, 0.78, 0.7, 0.6)
"""Font scales of the label: the first that fits is used."""
_LONGEST_SILENCE = 90.0
"""Longest silence in seconds without a gap in the line, such as while paused or asleep."""
_AHEAD = 0.2
"""Share of the width kept for the forecast, if there is one."""
_DOT, _LEAST_AHEAD = 2.5, 14.0
"""Pixels: the radius of the newest reading, and the least length of the forecast."""
_BEFORE_NOW = 8
"""Pixels between the label and the present, whose reading and line it must not touch."""


class _Scale(NamedTuple):
    width: float
    height: float
    now: float
    span: float
    """Seconds that the part up to `now_x` represents."""
    now_x: float
    low: float
    high: float
    mirrored: bool

    def point(self, at: float, value: float) -> QPointF:
        x = self.now_x * (1 - min((self.now - at) / self.span, 1.0))
        return QPointF(self.width - x if self.mirrored else x, self.y(value))

    def y(self, value: float) -> float:
        return 2 + (self.height - 4) * (1 - (value - self.low) / (self.high - self.low))


class Sparkline(ReadableBar):
    """The last minutes as a line, nearby thresholds, and the forecast as a dashed line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trail: tuple[Reading, ...] = ()
        self._now = 0.0
        self._level: LevelName = "normal"
        self._ahead: float | None = None
        """Seconds until memory is full; None if that isn't predicted."""
        self._marks: tuple[float, ...] = ()
        self._labels: tuple[str, ...] = (words.no_readings(), "")
        """The label, and a shorter one for lack of room."""
        self.setAccessibleName(tr("Memory used over the last ten minutes"))

    def show_assessment(self, assessment: Assessment, thresholds: Thresholds, *, until: str = "") -> None:
        """`until` is the time of day at which watching was paused, or empty."""
        self._trail, self._now = assessment.trail, assessment.snapshot.at
        self._level = assessment.level.name
        self._ahead = None if until else until_full(assessment.forecast)
        self._marks = tuple(mark.used for mark in marks(thresholds, assessment.snapshot.memory).shown)
        span = min(known_seconds(self._trail, self._now), LONGEST)
        self._labels = (words.until(until), until) if until else (words.last(span), to_minutes(span))
        if not self._trail:
            self._labels = words.no_readings(), ""
        seen = [r.used_percent for r in self._trail if r.used_percent is not None]
        if seen:
            told = tr("between {lowest} and {highest}", lowest=percent(min(seen)), highest=percent(max(seen)))
        else:
            told = tr("not known yet")
        self.setAccessibleDescription(tr(", ").join((self._labels[0], told)))
        self.tell(assessment.snapshot.memory.used_percent, min(seen, default=0), max(seen, default=100))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, round(self.fontMetrics().height() * 2.6))

    def scale(self) -> _Scale:
        low, high = scale_of(self._trail, self._marks)
        span = min(max(known_seconds(self._trail, self._now), _SHORTEST), LONGEST)
        now_x = self.width() * (1 - _AHEAD) if self._ahead is not None else self.width() - _DOT - 1
        mirrored = self.isRightToLeft()
        return _Scale(self.width(), self.height() - 1, self._now, span, now_x, low, high, mirrored)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        scale = self.scale()
        font, said = self.caption(scale.now_x)
        painter.setFont(font)
        lines = [
            [scale.point(reading.at, value) for reading in run if (value := reading.used_percent) is not None]
            for run in runs(self._trail)
        ]
        ink, wash = found.fill(self._level)[1], found.trail_wash(self._level)
        if self._dimmed:
            ink, wash = self.faded(ink, found.ground, found), colors.blend(wash, found.ground, 0.5)
        for line in lines:
            _fill(painter, line, scale.height, wash)
        label = self.label_box(painter.fontMetrics(), scale.mirrored, lines, said)
        self._draw_marks(painter, found, scale)
        painter.setPen(QPen(found.line, 1))
        painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        for line in lines:
            _stroke(painter, line, ink)
        if lines:
            self._draw_end(painter, scale, lines[-1][-1], ink, found)
        if label.center().y() < self.height() / 2:  # among the thresholds, which would cross it
            painter.fillRect(label.adjusted(-2, 0, 2, 0), found.ground)
        painter.setPen(found.muted)
        # by its baseline: in a box, letters of a fallback font would be moved down and cut off
        painter.drawText(QPointF(label.left(), label.bottom() - painter.fontMetrics().descent()), said)

    def caption(self, room: float) -> tuple[QFont, str]:
        """Return the longest label in the largest font that isn't cut off or crossed by the line at the present."""
        ways = [(scaled(self.font(), by), label) for label in self._labels for by in _CAPTIONS]
        return next((way for way in ways if QFontMetrics(way[0]).horizontalAdvance(way[1]) <= room - 8), (ways[-1][0], ""))

    def _draw_marks(self, painter: QPainter, found: Colors, scale: _Scale) -> None:
        painter.setPen(QPen(found.muted if found.stark else colors.blend(found.text, found.ground, 0.3), 1, Qt.PenStyle.DotLine))
        for mark in self._marks:
            if scale.low < mark < scale.high:
                y = scale.y(mark)
                painter.drawLine(QPointF(0, y), QPointF(self.width(), y))

    def _draw_end(self, painter: QPainter, scale: _Scale, last: QPointF, ink: QColor, found: Colors) -> None:
        """Draw the newest reading, and the forecast from there."""
        if self._ahead is not None:
            painter.setPen(QPen(found.muted, 1))
            painter.drawLine(QPointF(last.x(), 0), QPointF(last.x(), scale.height))
            painter.setPen(QPen(ink, 1.6, Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(last, _at_edge(scale, last, self._ahead))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(last, _DOT, _DOT)

    def label_box(self, metrics: QFontMetrics, mirrored: bool, lines: list[list[QPointF]], said: str) -> QRectF:
        """Return the label's place: the bottom at the start, before the present if the line crosses it there, else the top."""
        wide, high = float(metrics.horizontalAdvance(said)), float(metrics.height())
        top, now = self.height() - high - 2, self.scale().now_x
        starts = [4.0, *([now - wide - _BEFORE_NOW] if now - wide - _BEFORE_NOW > _BEFORE_NOW else [])]
        places = [self.width() - wide - start if mirrored else start for start in starts]
        free = (left for left in places if not _crosses(lines, left - 4, left + wide + 4, top))
        left = next(free, None)
        return QRectF(places[0], 0, wide, high) if left is None else QRectF(left, top, wide, high)


def _crosses(lines: list[list[QPointF]], left: float, right: float, top: float) -> bool:
    """Whether a line may be below `top` between these two sides."""
    for line in lines:
        for one, other in zip(line, line[1:] or line, strict=False):
            if min(one.x(), other.x()) <= right and max(one.x(), other.x()) >= left and max(one.y(), other.y()) > top:
                return True
    return False


def _at_edge(scale: _Scale, last: QPointF, seconds: float) -> QPointF:
    """Return where a line from the newest point to full memory in `seconds` leaves the chart."""
    full = scale.y(100.0)
    ahead = scale.now_x * seconds / scale.span  # at the time scale of the past
    room = scale.width - scale.now_x
    share_x = 1.0 if ahead <= room else room / ahead
    top = last.y() + (full - last.y()) * share_x
    x = max(min(ahead, room), _LEAST_AHEAD)
    if top < 1 and top < last.y():  # above the chart: cut it off at the edge
        cut = (last.y() - 1) / (last.y() - top)
        x, top = x * cut, 1.0
    return QPointF(last.x() - x if scale.mirrored else last.x() + x, top)


def _fill(painter: QPainter, points: list[QPointF], bottom: float, wash: QColor) -> None:
    area = QPainterPath(points[0])
    for point in points[1:]:
        area.lineTo(point)
    area.lineTo(points[-1].x(), bottom)
    area.lineTo(points[0].x(), bottom)
    area.closeSubpath()
    painter.fillPath(area, wash)


def _stroke(painter: QPainter, points: list[QPointF], ink: QColor) -> None:
    line = QPainterPath(points[0])
    for point in points[1:]:
        line.lineTo(point)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(round_pen(ink, 1.6))
    painter.drawPath(line)


def until_full(forecast: Forecast) -> float | None:
    """Return the seconds until memory is full by the forecast's clocks; None if it has none."""
    clock = forecast.stall or forecast.kill
    return None if clock is None else max(sum(clock) / 2, 1.0)


def scale_of(trail: Sequence[Reading], levels: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and highest percentage to draw: the readings, a margin, and a threshold just above."""
    seen = [reading.used_percent for reading in trail if reading.used_percent is not None]
    if not seen:
        return 0.0, 100.0
    low, high = min(seen) - 25, max(seen) + 10
    for mark in levels:
        if high < mark <= high + 15:
            high = mark + 2
            break
    # at least half of the scale, so that noise of one per cent doesn't look dramatic
    spread = max(50.0 - (high - low), 0.0)
    low = max(low - spread, 0.0)
    return low, min(max(high, low + 50.0), 103.0)


def runs(trail: Sequence[Reading]) -> list[list[Reading]]:
    """Return runs of readings without gaps of unknown values or silence."""
    found: list[list[Reading]] = [[]]
    for reading in trail:
        if reading.used_percent is None:
            found.append([])
            continue
        if found[-1] and reading.at - found[-1][-1].at > _LONGEST_SILENCE:
            found.append([])
        found[-1].append(reading)
    return [run for run in found if run]
