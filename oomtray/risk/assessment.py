"""What a snapshot means: one frozen judgment that the tray, the popup and the commands all show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.outlook import Forecast

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Snapshot
    from oomtray.risk.condition import Condition
    from oomtray.risk.growing_app import GrowingApp
    from oomtray.risk.judged import App, Risk
    from oomtray.risk.killer import Killer, Victim
    from oomtray.risk.limited_group import LimitedGroup
    from oomtray.risk.outlook import Level, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What crosses from the worker to everybody else."""

    snapshot: Snapshot
    level: Level
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen by memory; only the first `Monitor` was asked for."""
    killers: tuple[Killer, ...]
    """Who acts first comes first."""
    apps: tuple[App, ...] = ()
    """By rank; empty where apps weren't asked for."""
    trail: tuple[Reading, ...] = ()
    """Memory used over the last ten minutes, oldest first."""
    forecast: Forecast = Forecast()
    process_count: int = 0
    conditions: tuple[Condition, ...] = ()
    """What else is to be known of the memory."""
    growing: tuple[GrowingApp, ...] = ()
    """What takes memory, fastest first; only while the level is raised."""
    limits: tuple[LimitedGroup, ...] = ()
    """The cgroups that are close to their own memory limit, or held back by it; the machine's level knows nothing of them."""

    @property
    def killer(self) -> Killer | None:
        """Who acts first, of those that run."""
        return next((killer for killer in self.killers if killer.running), None)

    @property
    def victim(self) -> Victim | None:
        """The next victim: that of the killer which acts first."""
        killer = self.killer
        return None if killer is None else killer.victim
