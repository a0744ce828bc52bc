"""A memory cgroup judged by its own limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.risk.killer import Victim
    from oomtray.risk.outlook import Forecast, Level

GroupKind = Literal["container", "app", "unit", "cgroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedGroup:
    """A cgroup that is close to its own limit, or throttled by it."""

    path: str
    name: str
    """Name of the container, app or unit, else the last part of the path: show it through `printable`."""
    kind: GroupKind
    limit: int | None
    """memory.max in bytes; None if it has none, so that no process in it is killed."""
    high: int | None
    """memory.high in bytes."""
    used: int
    """Bytes that can't be freed without swapping or killing."""
    level: Level
    forecast: Forecast
    victim: Victim | None = None
    """The process that the kernel would kill in it."""
    held_since: float | None = None
    """Monotonic seconds since when its processes have been made to wait for memory; None while they aren't."""

    @property
    def lower(self) -> int:
        """The limit that it reaches first."""
        return min(limit for limit in (self.limit, self.high) if limit is not None)

    @property
    def used_percent(self) -> float:
        """Percentage of the limit that kills, else of memory.high; 0..100."""
        return min(100.0 * self.used / max(self.limit or self.lower, 1), 100.0)
