"""A memory cgroup that is judged by the limit that it has itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.risk.killer import Victim
    from oomtray.risk.outlook import Forecast, Level

GroupKind = Literal["container", "app", "unit", "cgroup"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedGroup:
    """A cgroup that is close to its own limit, or held back by it."""

    path: str
    name: str
    """Of the container, app or unit, else the last part of the path: show it through `printable`."""
    kind: GroupKind
    limit: int | None
    """memory.max in bytes; None where it has none and nobody is killed in it."""
    high: int | None
    """memory.high in bytes."""
    used: int
    """Bytes that can't be had back without swapping or killing."""
    level: Level
    forecast: Forecast
    victim: Victim | None = None
    """Whom the kernel would kill in it."""
    held_since: float | None = None
    """Monotonic seconds since which its processes have been made to wait for memory; None while they are not."""

    @property
    def lower(self) -> int:
        """The limit that it meets first."""
        return min(limit for limit in (self.limit, self.high) if limit is not None)

    @property
    def used_percent(self) -> float:
        """Of the limit at which it is killed, else of memory.high; 0..100."""
        return min(100.0 * self.used / max(self.limit or self.lower, 1), 100.0)
