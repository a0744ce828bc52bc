"""Geometry of the history chart in logical pixels, and the mapping between pixels and time. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.ui.history.time_range import TimeRange

_AIR = 8
_LANE = 14
"""Pixels around a line of text in the lane of marks."""
_APPS_SHARE = 0.36
"""Share of the two graphs' common height."""
_LEAST_APPS = 72


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    memory: Box
    axis: Box
    """The labels of the time axis."""
    marks: Box
    """The lane of the marks, which goes on beside the graph: the newest has its number there."""
    legend: Box
    """The names of the apps."""
    apps: Box
    mirrored: bool
    line: float
    """The height of a line of small text."""

    def x(self, at: float, shown: TimeRange) -> float:
        offset = shown.share(at) * self.memory.width
        return self.memory.right - offset if self.mirrored else self.memory.x + offset

    def at(self, x: float, shown: TimeRange) -> float:
        offset = self.memory.right - x if self.mirrored else x - self.memory.x
        return shown.at(offset / max(self.memory.width, 1))


def lay_out(
    width: float, height: float, *, line: float, gutter: float, end: float, legend_rows: int, mirrored: bool = False
) -> Layout:
    """Compute the geometry; `gutter` and `end` are the room for labels on either side.

    `line` is the height of a line of small text. With 0 `legend_rows` no apps are known, and memory gets all
    the room.
    """
    x, wide = (end, width - gutter - end) if mirrored else (gutter, width - gutter - end)
    top = line / 2 + 2
    axis, lane = line + 8, line + _LANE
    legend = legend_rows * (line + 4) + (_AIR if legend_rows else 0)
    rest = max(height - top - axis - lane - legend - (_AIR + line / 2 if legend_rows else 0), 40.0)
    apps = max(rest * _APPS_SHARE, min(_LEAST_APPS, rest / 2)) if legend_rows else 0.0
    memory = Box(x, top, wide, rest - apps)
    labels = Box(x, memory.bottom, wide, axis)
    marks = Box(0 if mirrored else x, labels.bottom, wide + end, lane)
    names = Box(0 if mirrored else x, marks.bottom + (_AIR if legend_rows else 0), wide + end, legend)
    return Layout(memory, labels, marks, names, Box(x, names.bottom, wide, apps), mirrored, line)


def per_cent_y(box: Box, percent: float) -> float:
    return box.bottom - min(max(percent, 0.0), 100.0) / 100.0 * box.height


def nice_ceiling(most: float) -> float:
    """Return the next round size in bytes that isn't below `most`.

    Round are 1 to 8, 10, 12, 14, 16, 20, 24 and so on, of MiB, GiB or TiB.
    """
    unit = 1 << 20
    while 896 * unit < most:  # the last round size below the next unit
        unit <<= 10
    size, step = unit, unit
    while size < most:
        size += step
        if size == 8 * step:
            step *= 2
    return float(size)
