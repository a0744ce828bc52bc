"""Where the memory stands and how long it lasts, as it is judged: a level, its forecast, and the trail behind it."""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

LevelName = Literal["normal", "warning", "critical"]
Cause = Literal["used", "stall", "forecast", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How long memory lasts at the rate at which it goes now: two clocks, each the earliest and the latest in seconds."""

    rate: float | None = None
    """Bytes per second by which what is left shrinks; negative while it grows, None until known."""
    stall: tuple[float, float] | None = None
    """Until programs wait for memory: RAM above the floor is gone. None where that is not foreseeable."""
    kill: tuple[float, float] | None = None
    """Until the killer that acts first kills. None where that is not foreseeable."""
    ram: int | None = None
    """Bytes of RAM that can really be had: above the floor, with what ZFS would give back."""
    swap: int | None = None
    """Bytes of free swap, by what they are worth."""

    @property
    def seconds(self) -> float | None:
        """The middle of the range until somebody kills."""
        return None if self.kill is None else sum(self.kill) / 2


@dataclass(frozen=True, slots=True)
class Level:
    """Where the memory stands, with hysteresis. Times are monotonic seconds."""

    name: LevelName = "normal"
    since: float = 0.0
    cause: Cause = "none"
    calmer_since: float | None = None
    """Since when readings have asked for a lower level; None while they don't."""
    calmer_to: LevelName | None = None
    """The highest level that they asked for since then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One point of the trail that the sparkline draws."""

    at: float
    used_percent: float | None
