"""What a snapshot means: one frozen judgment that the tray, the popup and the commands all show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.outlook import Forecast, Level, Reading

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Snapshot
    from oomtray.risk.conditions import Condition
    from oomtray.risk.growing_apps import GrowingApp
    from oomtray.risk.judged import App, Risk
    from oomtray.risk.killer import Killer, Victim
    from oomtray.risk.limited_group import LimitedGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A judged snapshot, handed from the worker thread to the user interface."""

    snapshot: Snapshot
    level: Level
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen, by memory; no more rows than `Monitor` was asked for."""
    killers: tuple[Killer, ...]
    """In the order in which they act."""
    apps: tuple[App, ...] = ()
    """By rank; empty if apps weren't requested."""
    trail: tuple[Reading, ...] = ()
    """Memory used over the last ten minutes, oldest first."""
    forecast: Forecast = Forecast()
    process_count: int = 0
    conditions: tuple[Condition, ...] = ()
    """Other facts about memory that a person should know."""
    growing: tuple[GrowingApp, ...] = ()
    """Apps that are taking memory, fastest first; only while the level is raised."""
    limits: tuple[LimitedGroup, ...] = ()
    """Cgroups close to their own memory limit or throttled by it; the machine's level doesn't cover them."""

    @property
    def killer(self) -> Killer | None:
        """The killer that acts first."""
        return self.killers[0] if self.killers else None

    @property
    def victim(self) -> Victim | None:
        """The next victim of the killer that acts first."""
        killer = self.killer
        return None if killer is None else killer.victim
