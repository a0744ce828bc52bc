"""Paints the history: memory lines and washes, stall bars, and what both graphs have in common."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from oomtray.ui.history import chart_data
from oomtray.ui.history.plot_layout import Box, Layout, per_cent_y

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.history.chart_columns import Column
    from oomtray.ui.history.chart_colors import ChartColors
    from oomtray.ui.history.chart_data import Stretch
    from oomtray.ui.history.time_range import TimeRange

    Share = Callable[[Column, int], float | None]
    """Returns a column's lowest, mean or highest value in per cent, by its place in `Spread`."""

_LINE, _SWAP_LINE = 1.8, 1.6
_STRIP = 3
"""Height in pixels of the strip that marks a raised level."""
_DASHES = [4.0, 2.5]
_BAR, _LEAST_BAR = 2, 3
"""Least width and height in pixels of a bar that is seen."""


class Canvas(NamedTuple):
    painter: QPainter
    layout: Layout
    shown: TimeRange
    found: ChartColors


class MemoryPainter:
    """Paints the upper graph; `columns` may extend beyond the visible range and are clipped."""

    def __init__(self, canvas: Canvas) -> None:
        self._painter, self._layout, self._shown, self._found = canvas

    @property
    def _box(self) -> Box:
        return self._layout.memory

    def grid(self, marks: Sequence[float]) -> None:
        """Draw the grid and threshold lines, above the memory wash and below the memory line."""
        painter, found = self._painter, self._found
        painter.setPen(QPen(found.grid, 1))
        for percent in (0.0, 50.0, 100.0):
            y = round(per_cent_y(self._box, percent)) + 0.5
            painter.drawLine(QPointF(self._box.x, y), QPointF(self._box.right, y))
        pen = QPen(found.threshold, 1)
        pen.setDashPattern([1.0, 3.0])
        painter.setPen(pen)
        for percent in marks:
            y = round(per_cent_y(self._box, percent)) + 0.5
            painter.drawLine(QPointF(self._box.x, y), QPointF(self._box.right, y))

    def memory_ground(self, columns: Sequence[Column]) -> None:
        """Fill the area below the memory line, and the band between the lowest and highest values."""
        found = self._found
        for run in chart_data.lines(columns, lambda column: column.used_percent):
            line = self._points(run)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(found.memory_wash)
            foot = self._box.bottom
            self._painter.drawPolygon(QPolygonF([QPointF(line[0].x(), foot), *line, QPointF(line[-1].x(), foot)]))
        self._band(columns, _used_share, found.memory_band)

    def swap_ground(self, columns: Sequence[Column]) -> None:
        """Fill the band between the lowest and highest values of swap: the mean of hours hides that it was full."""
        self._band(columns, _swap_share, self._found.swap_band, steps=True)

    def memory(self, columns: Sequence[Column]) -> None:
        for run in chart_data.lines(columns, lambda column: column.used_percent):
            self._stroke(self._points(run), QPen(self._found.memory, _LINE))

    def swap(self, columns: Sequence[Column]) -> None:
        pen = QPen(self._found.swap, _SWAP_LINE)
        pen.setDashPattern(_DASHES)
        for run in chart_data.lines(columns, lambda column: column.swap_percent):
            self._stroke(self._points(run), pen)

    def stall(self, columns: Sequence[Column], width: float) -> None:
        """Draw a bar for each column in which all tasks stalled, of whole pixels: parts of them would be faint."""
        painter, foot = self._painter, round(self._box.bottom)
        pixels = max(round(abs(self._x(width) - self._x(0))), _BAR)
        for column in columns:
            if column.stall is not None and column.stall >= 0.5:  # less is as good as none
                high = max(foot - round(per_cent_y(self._box, column.stall)), _LEAST_BAR)
                left = round(self._x(column.at) - pixels / 2)
                painter.fillRect(QRectF(left, foot - high, pixels, high), self._found.stall)

    def levels(self, columns: Sequence[Column]) -> None:
        """Mark the periods of a raised level with a tinted background and a strip at the top."""
        painter, found = self._painter, self._found.found
        for run in _raised(columns):
            span = self._span(run[0].begin, run[-1].end)
            span.setWidth(max(span.width(), 2.0))
            level = run[0].level
            if not self._found.found.stark:
                painter.fillRect(span, found.wash(level))
            painter.fillRect(QRectF(span.x(), span.y(), span.width(), _STRIP), found.level(level))

    def _band(self, columns: Sequence[Column], share: Share, color: QColor, *, steps: bool = False) -> None:
        """Fill the band between each column's lowest and highest value, where that is wider than the line.

        At both ends of a run it gets the width of a bar: there the band would end in an edge without any width, and
        the highest value of the newest column wouldn't be seen. With `steps` each column reaches halfway to its neighbors, so
        that a peak isn't faint.
        """
        high = chart_data.lines(columns, lambda column: share(column, 2))
        low = chart_data.lines(columns, lambda column: share(column, 0))
        band = QPainterPath()
        band.setFillRule(Qt.FillRule.WindingFill)  # all at once: a translucent color is darker where it is painted twice
        for above, below in zip(high, low, strict=True):
            tops, feet = self._points(above), self._points(below)
            if self._layout.mirrored:
                tops, feet = tops[::-1], feet[::-1]
            if steps:
                band.addPolygon(QPolygonF([*_steps(tops), *reversed(_steps(feet))]))
                continue
            band.addPolygon(QPolygonF([*tops, *reversed(feet), tops[0]]))
            for top, foot in ((tops[0], feet[0]), (tops[-1], feet[-1])):
                if foot.y() - top.y() >= 1:
                    band.addRect(QRectF(round(top.x() - _BAR / 2), top.y(), _BAR, foot.y() - top.y()))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(color)
        self._painter.drawPath(band)

    def _stroke(self, points: list[QPointF], pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap if pen.style() == Qt.PenStyle.SolidLine else Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(pen)
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        if len(points) == 1:  # an isolated reading
            path.lineTo(points[0] + QPointF(0.5, 0))
        self._painter.drawPath(path)

    def _points(self, run: Sequence[tuple[float, float]]) -> list[QPointF]:
        return [QPointF(self._x(at), per_cent_y(self._box, value)) for at, value in run]

    def _span(self, begin: float, end: float) -> QRectF:
        one, other = self._x(begin), self._x(end)
        return QRectF(min(one, other), self._box.y, abs(other - one), self._box.height)

    def _x(self, at: float) -> float:
        return self._layout.x(at, self._shown)


def _steps(points: Sequence[QPointF]) -> list[QPointF]:
    """Return a line that is flat at each point, from halfway to the one before until halfway to the next."""
    xs = [point.x() for point in points]
    edges = [round(xs[0] - _BAR / 2), *((one + other) / 2 for one, other in pairwise(xs)), round(xs[-1] + _BAR / 2)]
    return [QPointF(x, point.y()) for point, ends in zip(points, pairwise(edges), strict=True) for x in ends]


def gaps(canvas: Canvas, box: Box, empty: Sequence[Stretch]) -> None:
    """Fill unrecorded periods, when the machine was off or asleep, or the app did not run."""
    for gap in empty:
        ends = canvas.layout.x(gap.begin, canvas.shown), canvas.layout.x(gap.end, canvas.shown)
        span = QRectF(min(ends), box.y, abs(ends[0] - ends[1]), box.height)
        canvas.painter.fillRect(span, canvas.found.gap)


def line_of_time(painter: QPainter, boxes: Sequence[Box], x: float, color: QColor) -> None:
    """Draw the vertical line at the moment whose numbers are shown."""
    painter.setPen(QPen(color, 1))
    x = round(x) + 0.5
    for box in boxes:
        painter.drawLine(QPointF(x, box.y), QPointF(x, box.bottom))


def dot(painter: QPainter, x: float, y: float, color: QColor, ground: QColor) -> None:
    """Draw a dot where the time line crosses a value."""
    painter.setPen(QPen(ground, 2))
    painter.setBrush(color)
    painter.drawEllipse(QPointF(round(x) + 0.5, y), 4.5, 4.5)


def swatch(painter: QPainter, kind: str, box: QRectF, found: ChartColors) -> None:
    """Draw a sample of a series for its legend."""
    middle = box.center().y()
    if kind == "memory":
        painter.fillRect(QRectF(box.x(), middle, box.width(), box.bottom() - middle), found.memory_wash)
        painter.setPen(QPen(found.memory, 2))
        painter.drawLine(QPointF(box.x(), middle), QPointF(box.right(), middle))
    elif kind == "swap":
        pen = QPen(found.swap, 2)
        pen.setDashPattern([2.0, 1.5])
        painter.setPen(pen)
        painter.drawLine(QPointF(box.x(), middle), QPointF(box.right(), middle))
    else:
        thick = round(box.width() / 9)
        for number, share in enumerate((0.45, 1.0, 0.65)):
            x = round(box.x() + thick + number * (box.width() - 2.5 * thick) / 2)
            high = round(share * box.height())
            painter.fillRect(QRectF(x, round(box.bottom()) - high, thick, high), found.stall)


def _used_share(column: Column, which: int) -> float | None:
    return None if column.used is None or not column.usable else 100.0 * column.used[which] / column.usable


def _swap_share(column: Column, which: int) -> float | None:
    return None if column.swap is None or not column.swap_total else 100.0 * column.swap[which] / column.swap_total


def _raised(columns: Sequence[Column]) -> list[list[Column]]:
    """Return the runs of columns with the same raised level."""
    runs: list[list[Column]] = []
    last: Column | None = None
    for column in columns:
        if column.level != "normal":
            if last is not None and last.level == column.level and column.follows:
                runs[-1].append(column)
            else:
                runs.append([column])
        last = column
    return runs
