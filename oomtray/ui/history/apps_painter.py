"""Paints the memory of the largest apps as a stacked area chart with inline names and a legend."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen, QPolygonF

from oomtray.messages.i18n import tr
from oomtray.text import printable, size
from oomtray.ui.history import chart_data
from oomtray.ui.history.plot_layout import Box, nice_ceiling
from oomtray.ui.qt.painting import paint_round

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.history.chart_apps import Apps, Look
    from oomtray.ui.history.chart_colors import ChartColors
    from oomtray.ui.history.chart_data import Layers
    from oomtray.ui.history.chart_painter import Canvas

_SWATCH, _LEAST_SWATCH = 0.7, 10
"""Share of a line's height, and least size in pixels."""
_AIR = 6
_GAP = 1.0
_BETWEEN = 16
_STEP = 12
"""Pixels between two positions that are tried for a name."""
_LONGEST_NAME = 22
"""Characters of a name in the legend."""


class Entry(NamedTuple):
    """A legend entry: one app, or all others together."""

    color: int | None
    """Index of its color; None for all others."""
    name: str
    held: str


class _Placed(NamedTuple):
    """A stack in pixels, from left to right."""

    xs: list[float]
    ys: list[list[float]]
    """The bottom line, the upper edge of all others, then that of each app."""


class AppsPainter:
    def __init__(self, canvas: Canvas, apps: Apps, stacks: Sequence[Layers], places: Sequence[int]) -> None:
        """`places` has the color index of each app."""
        self._painter, self._layout, self._shown, self._found = canvas
        self._apps = apps
        self._color_places = places
        self._box = self._layout.apps
        stacks = [chart_data.cut(stack, self._shown) for stack in stacks]
        self.scale = nice_ceiling(max((edges[-1] for stack in stacks for edges in stack.edges), default=1))
        """The height of the graph in bytes."""
        self._stacks = [self._placed(stack) for stack in stacks if stack.times]

    def _placed(self, stack: Layers) -> _Placed:
        """Convert a stack to pixels, from left to right."""
        foot, scale = self._box.bottom, self._box.height / self.scale
        xs = [self._layout.x(at, self._shown) for at in stack.times]
        ys = [[foot - edges[number] * scale for edges in stack.edges] for number in range(len(self._apps.names) + 1)]
        ys.insert(0, [foot] * len(xs))
        if self._layout.mirrored:
            xs, ys = xs[::-1], [line[::-1] for line in ys]
        return _Placed(xs, ys)

    def areas(self) -> None:
        painter = self._painter
        outline = QPen(self._found.found.text, 1) if self._found.found.stark else Qt.PenStyle.NoPen
        for stack in self._stacks:
            for number in range(len(self._apps.names), -1, -1):  # top down: each area covers what extends below it
                fill = self._found.other if number == 0 else self._found.app(self._color_places[number - 1])
                if number == 0 or self._found.found.stark:
                    self._area(stack, number, QBrush(self._found.found.ground), Qt.PenStyle.NoPen)
                self._area(stack, number, fill, outline)
        painter.setPen(QPen(self._found.grid, 1))
        for edge in (self._box.y, self._box.bottom):
            y = round(edge) + 0.5
            painter.drawLine(QPointF(self._box.x, y), QPointF(self._box.right, y))

    def names(self, metrics: QFontMetricsF) -> None:
        """Write each name in its area, at the position with the most room for it."""
        for number, name in enumerate((tr("Other"), *map(printable, self._apps.names))):
            wide = metrics.horizontalAdvance(name)
            best = max(
                (place for stack in self._stacks for place in self._places(stack, number, wide)),
                key=lambda place: (min(place.height(), 2 * metrics.height()), -abs(place.center().x() - self._middle)),
                default=None,
            )
            if best is not None and best.height() >= metrics.height():
                if self._found.found.stark:  # text on a hatch can't be read
                    patch = QRectF(0, 0, wide + _AIR, metrics.height())
                    patch.moveCenter(best.center())
                    self._painter.fillRect(patch, self._found.found.ground)
                self._painter.setPen(self._found.on_app(None if number == 0 else self._color_places[number - 1]))
                self._painter.drawText(best, int(Qt.AlignmentFlag.AlignCenter), name)

    @property
    def _middle(self) -> float:
        return self._box.x + self._box.width / 2

    def _places(self, stack: _Placed, number: int, wide: float) -> list[QRectF]:
        """Return rectangles within an area that a name of this width fits in."""
        xs, lower, upper = stack.xs, stack.ys[number], stack.ys[number + 1]
        wide += 2 * _AIR
        found = []
        x = max(self._box.x, xs[0])
        end = min(self._box.right, xs[-1]) - wide
        while x <= end:
            top, foot = _around(xs, upper, x, x + wide, max), _around(xs, lower, x, x + wide, min)
            if foot > top:
                found.append(QRectF(x, top, wide, foot - top))
            x += _STEP
        return found

    def _area(self, stack: _Placed, number: int, fill: QBrush, pen: QPen | Qt.PenStyle) -> None:
        # leave a pixel free between areas, which takes a tenth of the time of drawing a line along them
        gap = 0.0 if self._found.found.stark or number == 0 else _GAP
        upper = list(map(QPointF, stack.xs, stack.ys[number + 1]))
        foot = [max(low - gap, high) for low, high in zip(stack.ys[number], stack.ys[number + 1], strict=True)]
        lower = list(map(QPointF, reversed(stack.xs), reversed(foot)))
        self._painter.setPen(pen)
        self._painter.setBrush(fill)
        self._painter.drawPolygon(QPolygonF([*upper, *lower]))


def _around(xs: list[float], ys: list[float], begin: float, end: float, worst: Callable[..., float]) -> float:
    """Return the `worst` (min or max) of a polyline between two x positions."""
    inner = ys[bisect_left(xs, begin) : bisect_right(xs, end)]
    return worst((*inner, _between(xs, ys, begin), _between(xs, ys, end)))


def _between(xs: list[float], ys: list[float], at: float) -> float:
    place = bisect_right(xs, at)
    if place in (0, len(xs)):
        return ys[min(place, len(xs) - 1)]
    x, next_x = xs[place - 1], xs[place]
    return ys[place - 1] + (ys[place] - ys[place - 1]) * (at - x) / (next_x - x)


def entries(
    apps: Apps, look: Look | None, most: Look | None, places: Sequence[int], *, at_most: bool = False
) -> list[Entry]:
    """Return the legend entries, top down, with the amounts of `look`, or – for unknown ones.

    If `most` is given, only apps that held something in it are included. `at_most` says that `look` has maxima:
    all others have none, as the apps have theirs at different moments.
    """
    made = [
        Entry(places[number], _cut(printable(name)), size(None if look is None else look.held[number]))
        for number, name in enumerate(apps.names)
        if most is None or most.held[number] is not None
    ]
    other = "" if at_most else size(None if look is None else look.other)
    return [*reversed(made), Entry(None, tr("Other"), other)]


def legend_rows(listed: Sequence[Entry], metrics: QFontMetricsF, width: float) -> list[list[Entry]]:
    """Arrange the legend in as few rows as fit, in columns: each row has as many entries as the first."""
    for per_row in range(len(listed), 0, -1):
        rows = [list(listed[first : first + per_row]) for first in range(0, len(listed), per_row)]
        if sum(_column_widths(rows, metrics)) + _BETWEEN * (per_row - 1) <= width:
            break
    even = -(-len(listed) // len(rows))  # balance the rows: not one entry below a row of five
    return [list(listed[first : first + even]) for first in range(0, len(listed), even)]


def _column_widths(rows: Sequence[Sequence[Entry]], metrics: QFontMetricsF) -> list[float]:
    return [
        max(_entry_width(row[column], metrics) for row in rows if column < len(row))
        for column in range(len(rows[0]))
    ]


def draw_legend(
    painter: QPainter, rows: Sequence[Sequence[Entry]], box: Box, found: ChartColors, line: float, *, mirrored: bool
) -> None:
    metrics = QFontMetricsF(painter.font())
    widths = _column_widths(rows, metrics) if rows else []
    for number, row in enumerate(rows):
        x, y = 0.0, box.y + number * (line + 4)
        for entry, wide in zip(row, widths, strict=False):
            left = box.right - x - wide if mirrored else box.x + x
            _draw_entry(painter, entry, QRectF(left, y, wide, line), found, metrics, mirrored=mirrored)
            x += wide + _BETWEEN


def _draw_entry(
    painter: QPainter, entry: Entry, box: QRectF, found: ChartColors, metrics: QFontMetricsF, *, mirrored: bool
) -> None:
    side = _swatch(metrics)
    patch = QRectF(box.right() - side if mirrored else box.x(), box.center().y() - side / 2, side, side)
    paint_round(painter, patch, 2, edge=found.edge, ground=found.other if entry.color is None else found.app(entry.color))
    wide = metrics.horizontalAdvance(entry.name)
    name = QRectF(box.x() + side + _AIR, box.y(), wide + 1, box.height())
    held = QRectF(name.right() + _AIR, box.y(), box.right() - name.right() - _AIR, box.height())
    if mirrored:
        name.moveLeft(box.right() - side - _AIR - name.width())
        held.moveLeft(box.x())
    middle = int(Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft))
    painter.setPen(found.found.muted)
    painter.drawText(name, middle, entry.name)
    painter.setPen(found.found.text)
    painter.drawText(held, middle, entry.held)


def _entry_width(entry: Entry, metrics: QFontMetricsF) -> float:
    """Return a width with room for the longest amount, so that nothing moves while the pointer does."""
    return _swatch(metrics) + 2 * _AIR + metrics.horizontalAdvance(entry.name) + metrics.horizontalAdvance("88.8 GiB") + 2


def _swatch(metrics: QFontMetricsF) -> int:
    return max(round(_SWATCH * metrics.height()), _LEAST_SWATCH)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
