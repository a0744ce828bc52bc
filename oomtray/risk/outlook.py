"""The state of memory and how long it lasts: a level, its forecast, and the readings behind it."""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

LevelName = Literal["normal", "warning", "critical"]
Cause = Literal["used", "stall", "forecast", "none"]


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
