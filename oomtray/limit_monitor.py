"""The monitor's part for memory cgroups with a limit of their own: find them, watch how full they are, name the victim.

Without such a cgroup it reads nothing between two scans, and in a scan only the limits of new cgroups.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import Consequences, Memory, Process, Scope, Snapshot, changed_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.config import Settings
    from oomtray.kernel.reader import SystemReader
    from oomtray.risk.cgroup_limits import LimitLevels
    from oomtray.risk.limited_group import LimitedGroup
    from oomtray.risk.outlook import LevelName

_MOST_MEMBERS = 512
"""Most processes of raised cgroups that every scan rereads."""
_SCAN_WITHIN = 10.0
"""Seconds that the last scan may be old while a cgroup is raised, because its first victim may change."""


class LimitMonitor:
    """Watch limited cgroups. Driven by the monitor's thread."""

    def __init__(self, reader: SystemReader) -> None:
        self._reader = reader
        self._levels: LimitLevels | None = None
        self._level: LevelName = "normal"
        self._processes: tuple[Process, ...] = ()

    @property
    def near(self) -> bool:
        """Whether a cgroup is near its limit now, or was raised at the last tick, so that a tick is due."""
        limited = self._reader.limited
        return bool(self._raised or (len(limited) and limited.near()))

    @property
    def pause(self) -> float:
        """Seconds until the next tick is due because of these cgroups."""
        return math.inf if self._levels is None else self._levels.pause

    @property
    def scan_within(self) -> float:
        """Seconds that the last scan may be old."""
        return _SCAN_WITHIN if self._raised else math.inf

    @property
    def members(self) -> set[int]:
        """Processes that a scan should reread: their order in a small cgroup depends on less than oom_score shows."""
        pids: list[int] = []
        for path in self._raised:
            pids += self._reader.cgroups.pids(path)[: _MOST_MEMBERS - len(pids)]
        return set(pids)

    def tick(self, memory: Memory, settings: Settings, now: float, *, scan: bool = False) -> bool:
        """Read cgroups that are near their limit or were raised; return whether notices about them have changed."""
        limited = self._reader.limited
        if self._levels is None and not len(limited):
            return False
        paths = dict.fromkeys([*limited.near(scan=scan), *self._raised])
        if self._levels is None:
            if not paths:
                return False
            # most machines never need it
            from oomtray.risk.cgroup_limits import LimitLevels

            self._levels = LimitLevels()
        changed = self._levels.take(self._reader.cgroup_usage(paths, memory), settings.levels, now)
        if not len(limited):
            self._levels = None
        return changed

    def scan(
        self,
        snapshot: Snapshot,
        level: LevelName,
        settings: Settings,
        consequences_of: Callable[[Process, Scope], Consequences],
    ) -> tuple[LimitedGroup, ...]:
        """Return the notices after a scan of all processes; rereads every limit when the machine's level rises."""
        if snapshot.scope.kind != "system":
            return ()
        rises, self._level = level not in (self._level, "normal"), level
        memory = snapshot.memory
        limited = self._reader.limited
        before, now = self._processes, snapshot.processes
        if rises or limited.is_stale(snapshot.at):
            before = ()
        # a process that moved is another row
        limited.find([now[place].cgroup for place in changed_places(now, before)], memory.total, snapshot.at, afresh=rises)
        self._processes = now
        self.tick(memory, settings, snapshot.at, scan=True)
        if self._levels is None:
            return ()
        return self._levels.told(
            snapshot, settings, lambda path: self._reader.cgroup_scope(path, memory), consequences_of
        )

    @property
    def _raised(self) -> list[str]:
        return [] if self._levels is None else self._levels.raised
