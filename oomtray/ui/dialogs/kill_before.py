"""Charts how full memory was around a kill, and returns which apps held it then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from oomtray.messages.i18n import tr
from oomtray.messages.names import program_name
from oomtray.risk.before_kill import Moment, last_apps
from oomtray.text import round_size, size
from oomtray.ui.dialogs.curve import line_of, paint_ground, paint_line
from oomtray.ui.dialogs.kill_parts import Piece
from oomtray.ui.qt import colors, moments
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import side_of
from oomtray.ui.qt.painting import begin_painting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.kill_event import KillEvent
    from oomtray.ui.qt.colors import Colors

    Point = tuple[float, int, int]
    """The time, the bytes used, and the total."""

_SHOWN_SECONDS = 1800.0
"""How many seconds before the kill the chart begins."""
_MOMENT_WITHIN = 60.0
"""Longest interval of uncertainty, in seconds, for which a kill is drawn as a moment."""
_LAST_WITHIN = 330.0
"""Age in seconds up to which a reading tells of the state before a kill: old ones are kept for every 5 minutes."""
_LEAST = 3
"""Least readings for a line."""
_HIGH = 110
_DASHES = [3.0, 3.0]
_SHADE = 0.10
"""Opacity of the text color in the shade over the time in which the kill happened."""


def span_of(event: KillEvent) -> tuple[float, float] | None:
    """Return the interval in which it may have happened, empty if known exactly enough; None if it is unknown."""
    if event.time is None:
        return None
    if event.not_before is None or event.time - event.not_before <= _MOMENT_WITHIN:
        return event.time, event.time
    return event.not_before, event.time


def drawn(around: Sequence[Moment], span: tuple[float, float] | None) -> list[Point]:
    """Return the readings from half an hour before it and later; none if there are too few for a line."""
    if span is None:
        return []
    found = [
        (one.time, one.total - one.available, one.total)
        for one in around
        if one.available is not None and one.time >= span[0] - _SHOWN_SECONDS
    ]
    return found if sum(at <= span[1] for at, _, _ in found) >= _LEAST else []


def last_before(around: Sequence[Moment], span: tuple[float, float] | None) -> Moment | None:
    """Return the last reading before a kill whose moment is known; None if it is long before."""
    if span is None or span[0] != span[1]:
        return None
    return next((one for one in reversed(around) if one.available is not None and 0 <= span[0] - one.time <= _LAST_WITHIN), None)


def held_before(around: Sequence[Moment], span: tuple[float, float] | None, most: int) -> tuple[list[Piece], int]:
    """Return the largest apps as last sampled before the kill, and RAM and swap together in bytes; none if long ago.

    What an app held may have been in swap, so all of RAM isn't the whole that these are parts of. The whole is 0 if it
    is unknown how large swap is.
    """
    if span is None:
        return [], 0
    last = last_apps(around, span[0])
    if last is None:
        return [], 0
    whole = 0 if last.swap_total is None else last.total + last.swap_total
    return [Piece(program_name(name), held) for name, held in sorted(last.apps, key=lambda app: -app[1])[:most]], whole


class MemoryAround(QWidget):
    """The chart: a dot is the kill, or a shade the time in which it happened; the top is all memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: list[Point] = []
        self._span = (0.0, 0.0)
        self.setFixedHeight(_HIGH)

    def show_points(self, points: Sequence[Point], span: tuple[float, float] | None) -> None:
        """Draw the points that `drawn` has returned."""
        self._points = list(points)
        if points and span is not None:
            self._span = span
            if span[0] == span[1]:  # extend the last reading up to the kill
                before = [one for one in points if one[0] <= span[1]]
                self._points = [*before, (span[1], *before[-1][1:]), *points[len(before) :]]
            first, last = points[0], points[-1]
            self.setAccessibleName(
                tr(
                    "Memory used: {from} at {begin}, {to} at {end}",
                    **{"from": size(first[1]), "begin": moments.clock(first[0]), "to": size(last[1]), "end": moments.clock(last[0])},
                )
            )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._points) < _LEAST:
            return
        painter, found = begin_painting(self, on_base=True)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # keeps "16 GiB" in order
        painter.setFont(small(self.font()))
        plot = self._plot(painter)
        ends = self._points[0][0], max(self._points[-1][0], self._span[1])
        mirrored = self.isRightToLeft()
        shares = [(at, used / max(total, 1)) for at, used, total in self._points]
        line = line_of(plot, shares, 1.0, mirrored=mirrored, ends=ends)
        paint_ground(painter, line, plot, found)
        begin, end = (
            line_of(plot, [(at, self._share_at(at))], 1.0, mirrored=mirrored, ends=ends).currentPosition() for at in self._span
        )
        shaded = QRectF(QPointF(min(begin.x(), end.x()), plot.top()), QPointF(max(begin.x(), end.x()), plot.bottom())) & plot
        painter.fillRect(shaded, colors.blend(found.text, found.ground, _SHADE))
        self._grid(painter, plot, found)
        if begin == end:
            self._time_below(painter, plot, end.x())
        else:
            _say_in(painter, shaded, tr("In this time"))
        pen = QPen(found.muted, 1)
        pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        for x in {round(begin.x()), round(end.x())}:
            if plot.left() <= x <= plot.right():
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        paint_line(painter, line, found, end if begin == end else None)

    def _plot(self, painter: QPainter) -> QRectF:
        metrics = QFontMetricsF(painter.font())
        beside = max(metrics.horizontalAdvance(text) for text in (self._top, "0")) + 8
        mirrored = self.isRightToLeft()
        left, right = (4, beside) if mirrored else (beside, 4)
        high = self.height() - metrics.height() / 2 - metrics.height() - 4
        return QRectF(left, metrics.height() / 2, self.width() - left - right, high)

    @property
    def _top(self) -> str:
        return round_size(self._points[-1][2])

    def _share_at(self, moment: float) -> float:
        """Return the used share of memory at a moment, from the last reading before it."""
        until = [one for one in self._points if one[0] <= moment] or self._points[:1]
        return until[-1][1] / max(until[-1][2], 1)

    def _grid(self, painter: QPainter, plot: QRectF, found: Colors) -> None:
        """Draw hairlines, the amounts beside them, and the times at both ends."""
        painter.setPen(QPen(found.grid, 1))
        for y in (plot.top(), plot.center().y(), plot.bottom()):
            painter.drawLine(QPointF(plot.left(), round(y) + 0.5), QPointF(plot.right(), round(y) + 0.5))
        metrics = QFontMetricsF(painter.font())
        mirrored = self.isRightToLeft()
        painter.setPen(found.muted)
        side = side_of(self, at_end=True) | Qt.AlignmentFlag.AlignVCenter
        x = plot.right() + 8 if mirrored else 0.0
        wide = self.width() - x if mirrored else plot.left() - 8
        for text, y in ((self._top, plot.top()), ("0", plot.bottom())):
            box = QRectF(x, y - metrics.height() / 2, wide, metrics.height())
            painter.drawText(box, int(side), text)
        below = QRectF(plot.left(), plot.bottom() + 4, plot.width(), metrics.height())
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        times = self._points[0][0], max(self._points[-1][0], self._span[1])
        for at, place in zip(times, reversed(sides) if mirrored else sides, strict=True):
            painter.drawText(below, int(place | Qt.AlignmentFlag.AlignAbsolute), moments.clock(at))

    def _time_below(self, painter: QPainter, plot: QRectF, x: float) -> None:
        """Label the kill's time, if it fits between those at the ends."""
        metrics = QFontMetricsF(painter.font())
        wide = metrics.horizontalAdvance(moments.clock(self._span[1]))
        if plot.left() + 2 * wide < x < plot.right() - 2 * wide:
            box = QRectF(x - wide, plot.bottom() + 4, 2 * wide, metrics.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), moments.clock(self._span[1]))


def _say_in(painter: QPainter, box: QRectF, text: str) -> None:
    """Write a text in the color of the labels, if it fits."""
    if QFontMetricsF(painter.font()).horizontalAdvance(text) + 8 < box.width():
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
