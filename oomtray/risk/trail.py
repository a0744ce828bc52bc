"""What the last ten minutes of readings say: since when they are known, since when they are steady, by how much they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.outlook import Reading

_STEADY = 6.0
"""Per cent of memory within which use counts as steady: an app that is opened and closed again is no trend."""


class Moved(NamedTuple):
    """From the oldest known reading to the newest."""

    percent: float
    """Points of memory used more than then; negative where it is less."""
    seconds: float


def known_seconds(trail: Sequence[Reading], now: float) -> float:
    """For how long readings have been kept, up to the trail's own length; 0 without any."""
    return now - trail[0].at if trail else 0.0


def steady_seconds(trail: Sequence[Reading], now: float) -> float:
    """For how long memory used has kept within a narrow band; 0 where that is unknown."""
    low = high = None
    since = now
    for reading in reversed(trail):
        used = reading.used_percent
        if used is None:
            break
        low, high = (used, used) if low is None or high is None else (min(low, used), max(high, used))
        if high - low > _STEADY:
            break
        since = reading.at
    return now - since


def moved(trail: Sequence[Reading], now: float) -> Moved | None:
    """None where there are no two readings to compare."""
    known = [reading for reading in trail if reading.used_percent is not None]
    if len(known) < 2:
        return None
    first, last = known[0].used_percent, known[-1].used_percent
    assert first is not None
    assert last is not None
    return Moved(last - first, now - known[0].at)
