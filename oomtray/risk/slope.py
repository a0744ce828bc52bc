"""Measure robustly how fast a quantity falls: Theil-Sen slopes over several windows, each checked before it counts.

The slope of a window is the median of the slopes between all pairs of its points (Theil 1950, Sen 1968), so
that single outliers and noise do not move it.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

_LEAST_POINTS = 5
_LEAST_SPAN = 0.4
"""Share of a window that its points must cover."""
_PAIRS_FALL = 0.85
_LARGEST_STEP = 0.6
"""Share of the whole drop: a fall in a single larger step is no slope."""
_STILL_FALLS = 0.25
"""Share of the mean rate at which the last third must still fall."""


class Slope(NamedTuple):
    """The rate that one window shows."""

    rate: float
    """Units per second of falling, above 0."""
    span: float
    """Seconds that its points cover, which limit how far it may be extrapolated."""
    since: float
    """Time of its first point."""
    peaks: bool = False
    """Whether its points are maxima, which leave out what is released again and again."""


class Window:
    """Readings of the last `seconds`, reduced to about `points` points."""

    __slots__ = ("_begun", "_count", "_judged", "_peaks", "_points", "_seconds", "_step", "_sum_at", "_sum_value", "slope")

    def __init__(self, seconds: float, points: int, *, peaks: bool = False) -> None:
        """Make an empty window; each point is the mean of its readings, or with `peaks` their maximum.

        The maximum leaves out memory that is soon released again.
        """
        self._seconds = seconds
        self._step = seconds / points
        self._peaks = peaks
        self._points: deque[tuple[float, float]] = deque()
        self.clear()

    def clear(self) -> None:
        self._points.clear()
        self._begun: float | None = None
        self._count = 0
        self._sum_at = self._sum_value = 0.0
        self.slope: Slope | None = None
        """Slope of the points so far; None if they are too few or don't fall steadily."""

    def add(self, at: float, value: float) -> None:
        """Add a reading; `at` must rise from call to call."""
        if self._begun is None:
            self._begin(at, value)
        elif at - self._begun < self._step * 0.95:
            if not self._peaks:
                self._count += 1
                self._sum_at += at
                self._sum_value += value
            elif value > self._sum_value:
                self._sum_at, self._sum_value = at, value
        else:
            points = self._points
            points.append((self._sum_at / self._count, self._sum_value / self._count))
            while at - points[0][0] > self._seconds + self._step:
                points.popleft()
                if not points:
                    break
            self._begin(at, value)
            self.slope = self._judge() if len(points) >= _LEAST_POINTS else None

    def _judge(self) -> Slope | None:
        slope = judged(self._points, self._seconds * _LEAST_SPAN)
        return slope and slope._replace(peaks=self._peaks)

    def _begin(self, at: float, value: float) -> None:
        self._begun, self._count, self._sum_at, self._sum_value = at, 1, at, value


def judged(points: deque[tuple[float, float]], least_span: float) -> Slope | None:
    """Return the slope of points in order of time, or None if they don't fall steadily."""
    (first, top), (last, bottom) = points[0], points[-1]
    span, drop = last - first, top - bottom
    if span < least_span or drop <= 0:
        return None
    slopes, largest, before = [], 0.0, None
    rows = list(points)
    for index, (at, value) in enumerate(rows, 1):
        if before is not None and before - value > largest:
            largest = before - value
        before = value
        slopes += [(value - v) / (t - at) for t, v in rows[index:]]
    if largest > _LARGEST_STEP * drop:
        return None
    slopes.sort()
    if slopes[int(len(slopes) * (1 - _PAIRS_FALL))] <= 0:
        return None
    at, value = rows[-1 - len(rows) // 3]
    if value - bottom < _STILL_FALLS * (last - at) * drop / span:
        return None
    return Slope(slopes[len(slopes) // 2], span, first)


class Slopes:
    """One quantity over windows from seconds to half an hour."""

    def __init__(self) -> None:
        self._windows = (
            Window(4, 8),
            Window(12, 12),
            Window(60, 15),
            Window(300, 12, peaks=True),
            Window(1800, 12, peaks=True),
        )

    def add(self, at: float, value: float) -> None:
        for window in self._windows:
            window.add(at, value)

    def clear(self) -> None:
        for window in self._windows:
            window.clear()

    @property
    def accepted(self) -> list[Slope]:
        """Slopes of the windows that fall steadily, the shortest first."""
        return [window.slope for window in self._windows if window.slope is not None]
