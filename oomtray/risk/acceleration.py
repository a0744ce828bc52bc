"""Detect accelerating memory use, which exhausts the machine long before a straight line predicts it."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

_STEP = 2.0
"""Seconds between two points."""
_STEPS = 4
_POINTS = 20
"""Their maximum is taken as the level before the growth began."""
_SLACK = 0.5
"""Tolerance of the points' spacing in seconds; readings further apart are not used."""
_LEAST_STEP = 0.005
"""Least share of RAM in the first step, to exceed noise."""
_LEAST_IN_ALL = 0.18
"""Least share of the initial level that all steps use together."""
_LEAST_RATIO, _LARGEST_RATIO = 1.05, 4.0
_ALIKE = 1.8
"""How much the ratios of the steps may differ: loading at an even rate grows once and then no more."""
_GROWN = 1.3
_KEEPS_UP = 0.7
"""How much the steps' share of all use may shrink: doubling keeps it, even acceleration doesn't."""


class Acceleration:
    """The last few steps of one quantity that is being used up."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque(maxlen=_POINTS)

    def clear(self) -> None:
        self._points.clear()

    def add(self, at: float, value: float) -> None:
        points = self._points
        if points and at - points[-1][0] < _STEP - 0.05:
            return
        if points and at - points[-1][0] > _STEP + _SLACK:
            points.clear()
        points.append((at, value))

    def seconds(self, whole: float, left: float, now: float) -> float | None:
        """Seconds until `left` is used up if each step keeps outgrowing the last; None if they don't grow so."""
        points = self._points
        if len(points) <= _STEPS:
            return None
        values = [value for _, value in points][-_STEPS - 1 :]
        steps = [a - b for a, b in pairwise(values)]
        begun = max(value for _, value in points)
        if steps[0] < _LEAST_STEP * whole or sum(steps) < _LEAST_IN_ALL * begun:
            return None
        ratios = [b / a if a > 0 else 0.0 for a, b in pairwise(steps)]
        if min(ratios) < _LEAST_RATIO or max(ratios) > min(_LARGEST_RATIO, _ALIKE * min(ratios)):
            return None
        if steps[-1] < _GROWN * steps[0]:
            return None
        if steps[-1] * (begun - values[1]) < _KEEPS_UP * steps[0] * (begun - values[-1]):
            return None
        # a geometric series: the next n steps use up last * (q + q^2 + ... + q^n)
        q = (steps[-1] / steps[0]) ** (1 / (_STEPS - 1))
        step = (points[-1][0] - points[-1 - _STEPS][0]) / _STEPS
        used = max(values[-1] - left, 0.0) if now > points[-1][0] else 0.0
        return max(step * math.log1p((left + used) * (q - 1) / (steps[-1] * q)) / math.log(q) - (now - points[-1][0]), 0.0)
