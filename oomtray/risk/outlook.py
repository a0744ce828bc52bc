"""The state of memory and how long it lasts: a level, its forecast, and the readings behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

LevelName = Literal["normal", "warning", "critical"]
Cause = Literal["used", "stall", "forecast", "none"]
_STEADY = 6.0
"""Percentage points within which use counts as steady: opening and closing an app is no trend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How long memory lasts at the current rate: two clocks, each the earliest and latest time in seconds."""

    rate: float | None = None
    """Bytes per second by which what is left shrinks; negative while it grows, None until known."""
    stall: tuple[float, float] | None = None
    """Until programs wait for memory, when RAM above the floor is gone. None if not foreseeable."""
    kill: tuple[float, float] | None = None
    """Until the killer that acts first kills. None if not foreseeable."""
    ram: int | None = None
    """Bytes of RAM really available: above the floor, with what ZFS would give back."""
    swap: int | None = None
    """Bytes of free swap, by its worth."""

    @property
    def seconds(self) -> float | None:
        """Middle of the range until a kill."""
        return None if self.kill is None else sum(self.kill) / 2


@dataclass(frozen=True, slots=True)
class Level:
    """The level of memory, with hysteresis. Times are monotonic seconds."""

    name: LevelName = "normal"
    since: float = 0.0
    cause: Cause = "none"
    calmer_since: float | None = None
    """Since when readings ask for a lower level; None while they don't."""
    calmer_to: LevelName | None = None
    """Highest level that they asked for since then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One point of the trail that the sparkline draws."""

    at: float
    used_percent: float | None


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
