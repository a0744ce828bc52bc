"""Where the levels begin on a machine of this size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oomtray.config.settings import Thresholds
    from oomtray.kernel.snapshot import Memory

_PLENTY = 1.5
"""A stall is no danger to the machine while this many times what warning leaves is left."""


class Mark(NamedTuple):
    used: float
    """Percentage of usable memory, 0..100; inf if memory used never reaches the level."""
    left: int | None = None
    """The deciding size in bytes; None if the percentage decides."""


class Marks(NamedTuple):
    warning: Mark
    critical: Mark

    @property
    def shown(self) -> tuple[Mark, ...]:
        """The marks that a bar from 0 to 100 can show, in rising order."""
        return tuple(mark for mark in self if mark.used <= 100)


def marks(thresholds: Thresholds, memory: Memory) -> Marks:
    """Return the marks of both levels; of a percentage and a size the later one counts.

    80 % of 512 GiB would leave 100 GiB, and 4 GiB are more than a machine of 2 GiB has: neither alone says
    what is tight.
    """
    warning = _mark(thresholds.warning_percent, thresholds.warning_left, memory.usable)
    critical = _mark(thresholds.critical_percent, thresholds.critical_left, memory.usable)
    return Marks(warning, critical if critical.used >= warning.used or warning.used > 100 else warning)


def slack(mark: Mark, thresholds: Thresholds) -> float:
    """How many points below its mark a level is still held: at most half of what the mark leaves."""
    return min(thresholds.hysteresis_percent, (100.0 - mark.used) / 2) if mark.used <= 100 else 0.0


def has_plenty(memory: Memory, thresholds: Thresholds) -> bool:
    """Whether a stall must come from a cgroup's own limit, as too much is left for the machine to run out.

    False if it is unknown what is left.
    """
    used, warning = memory.used_percent, marks(thresholds, memory).warning.used
    if used is None or warning > 100:
        return False
    return used < 100.0 - _PLENTY * (100.0 - warning)


def _mark(percent: float, left: int, usable: int) -> Mark:
    if not percent and not left:
        return Mark(math.inf)
    by_size = 100.0 - 100.0 * left / usable if left and usable else -math.inf
    return Mark(by_size, left) if by_size > percent else Mark(percent)
