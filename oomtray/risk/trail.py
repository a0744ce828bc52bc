"""Describe the readings of the last ten minutes: for how long they are known and steady, and how far they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.outlook import Reading

_STEADY = 6.0
"""Percentage points within which use counts as steady: opening and closing an app is no trend."""


class Moved(NamedTuple):
    """The change from the oldest known reading to the newest."""

    percent: float
    """Percentage points of memory used, negative if it fell."""
    seconds: float


def known_seconds(trail: Sequence[Reading], now: float) -> float:
    """How long readings have been kept, up to the trail's own length; 0 without any."""
    return now - trail[0].at if trail else 0.0


def steady_seconds(trail: Sequence[Reading], now: float, *, within: float = _STEADY) -> float:
    """How long memory used has stayed within so many percentage points; 0 if unknown."""
    low = high = None
    since = now
    for reading in reversed(trail):
        used = reading.used_percent
        if used is None:
            break
        low, high = (used, used) if low is None or high is None else (min(low, used), max(high, used))
        if high - low > within:
            break
        since = reading.at
    return now - since


def moved(trail: Sequence[Reading], now: float) -> Moved | None:
    """Compare the oldest known reading with the newest; None without two known readings."""
    known = [reading for reading in trail if reading.used_percent is not None]
    if len(known) < 2:
        return None
    first, last = known[0].used_percent, known[-1].used_percent
    assert first is not None
    assert last is not None
    return Moved(last - first, now - known[0].at)
