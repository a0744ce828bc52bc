"""Keep what the last scan knew of processes: after a kill, nothing else has the victim's name and memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_paths import is_below, upwards
from oomtray.kernel.snapshot import PAGE_SIZE, Process, Scope
from oomtray.risk.apps import app_of
from oomtray.risk.growing_apps import LEAST, GrowingApp, Growth, GrowthRecord
from oomtray.risk.kill_event import Dead, Grew, KillScope
from oomtray.risk.reasons import Context, origin_of_adj
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.kill_event import KillerId
    from oomtray.risk.limited_group import LimitedGroup
    from oomtray.risk.set_here import SetHere

_NO_LIMITS: Mapping[str, int] = {}
_LEADERS = 10
_FRESH, _FRESHEST = 120.0, 5.0
"""How long a reading of a process's memory stands for what its death frees: of a large process, and of any. Seconds."""
_STEP = 1.5 / 1000
"""Share of all memory that a process may take before a scan rereads it: one step of oom_score."""
_LARGE = 10
"""How many of these steps make a process large."""
_REMEMBERED = 120.0
"""Seconds for which a past warning still counts as a prediction, and for which the limit of a removed cgroup is kept."""
_PLENTY = 0.1
"""With more than this share of RAM left, the machine as a whole hasn't run out."""
_SHARE = 0.1
"""Share of a cgroup's limit that an app in it must have taken to be listed."""
_ABOUT_TO_ACT = 0.05
"""A killer closer than this share of RAM is about to act."""


class LastScan:
    """The last scan's processes, limits and warnings.

    Driven by the monitor's thread; `take` runs on every scan and costs next to nothing.
    """

    def __init__(self) -> None:
        self._last: Assessment | None = None
        self._by_pid: dict[int, Process] | None = None
        self._limits: dict[str, tuple[int, float]] = {}
        """By cgroup path: the limit, and when it was last seen."""
        self._scripts: dict[tuple[int, int], tuple[str | None, str]] = {}
        """By identity: the executable of an interpreter, and what it ran as of the last scan that had apps."""
        self._growth = GrowthRecord()
        self._warned: dict[tuple[int, int], tuple[float, float]] = {}
        """Processes named by a warning, by identity: since when, and when last."""

    def take(self, assessment: Assessment, limits: Mapping[str, int] = _NO_LIMITS) -> None:
        """Take a new scan; `limits` are the memory limits of cgroups in bytes, by path."""
        self._last, self._by_pid = assessment, None
        self._growth.add(assessment.snapshot)
        now = assessment.snapshot.at
        if assessment.apps:
            scripts = (app for app in assessment.apps if app.kind == "executable" and app.key != app.name)
            self._scripts = {one.process.identity: (one.process.exe, app.name) for app in scripts for one in app.members}
        if limits or self._limits:
            self._limits = {path: one for path, one in self._limits.items() if now - one[1] <= _REMEMBERED}
            self._limits |= {path: (limit, now) for path, limit in limits.items()}
        for identity in _named(assessment):
            first, _ = self._warned.get(identity, (now, now))
            self._warned[identity] = first, now
        if self._warned:
            self._warned = {one: span for one, span in self._warned.items() if now - span[1] <= _REMEMBERED}

    @property
    def table(self) -> Mapping[int, Process]:
        if self._by_pid is None:
            processes = () if self._last is None else self._last.snapshot.processes
            self._by_pid = {process.pid: process for process in processes}
        return self._by_pid

    @property
    def leaders(self) -> tuple[Process, ...]:
        """The kernel's first candidates, in its order."""
        risks = () if self._last is None else self._last.risks[:_LEADERS]
        return tuple(risk.process for risk in risks if risk.killable)

    @property
    def complete(self) -> bool:
        """Whether the scan saw every process; from inside a container, the kernel's count covers the whole machine."""
        return self._last is not None and self._last.snapshot.complete

    @property
    def growth(self) -> Growth | None:
        """Growth of all processes up to the last scan; None until there were two scans some seconds apart."""
        return None if self._last is None else self._growth.until(self._last.snapshot)

    def grew(self, scope: KillScope | None, growth: Growth | None) -> tuple[Grew, ...]:
        """Return the apps in the scope that took memory just before: those of the current warning, else by `growth`."""
        found = () if self._last is None else self._last.growing
        if scope is not None and scope.kind == "cgroup":
            least = LEAST if scope.limit is None else min(LEAST, int(_SHARE * scope.limit))
            found = () if growth is None else growth.fastest(scope.path, least)
        elif not found and growth is not None:
            found = growth.fastest()
        return tuple(Grew(self._name_of(one), one.rate) for one in found)

    def _name_of(self, grown: GrowingApp) -> str:
        """Name what grew: a script, if nothing else of its interpreter did."""
        named = {self._script_of(one) for one in ((grown.main,) if grown.main is not None else grown.growing)}
        return (named.pop() if len(named) == 1 else None) or grown.app.name

    def _script_of(self, process: Process) -> str | None:
        """Return what an interpreter runs, if that was read before it ended."""
        exe, name = self._scripts.get(process.identity, (None, None))
        return name if exe == process.exe else None

    def foretold(self, process: Process, at: float) -> float | None:
        """How many seconds before its death at `at` a warning had named the process."""
        span = self._warned.get(process.identity)
        return None if span is None else max(at - span[0], 0.0)

    def expected(self) -> dict[int, KillerId]:
        """Return the processes that another killer than the kernel is about to end, by PID."""
        if self._last is None or self._last.level.name == "normal":
            return {}
        ram = self._last.snapshot.memory.total
        found: dict[int, KillerId] = {}
        for killer in self._last.killers:
            if killer.name == "kernel" or killer.goes_by == "kernel" or killer.idle_because is not None:
                continue
            if killer.distance is None or killer.distance > _ABOUT_TO_ACT * ram:
                continue
            pids = (*killer.next, *(() if killer.takes is None else killer.takes.pids))
            found |= dict.fromkeys(pids, killer.name)
        return found

    def dead(self, process: Process, now: float, set_here: SetHere, *, least: float = 0) -> Dead:
        """Describe a killed process; `now` in monotonic seconds, `least` from `least_held`."""
        app = app_of(process, self.table)
        unit = unit_of(process.unit_cgroup)
        return Dead(
            pid=process.pid,
            name=process.name,
            start_time=process.start_time,
            freed=self._freed(process, now, least),
            oom_score_adj=process.oom_score_adj,
            adj_from=origin_of_adj(process, Context(self.table, set_here=set_here)),
            uid=process.uid,
            unit=None if unit is None else unit.name,
            app=self._script_of(process) or (None if app is None else app.name),
            command=process.exe,
        )

    def _freed(self, process: Process, now: float, least: float) -> int | None:
        if self._last is None or process.rss is None or process.rss < least:
            return None
        large = process.rss >= _LARGE * _STEP * self._last.snapshot.memory.total
        return process.rss if now - process.read_at <= (_FRESH if large else _FRESHEST) else None

    def least_held(self, scope: KillScope | None) -> float:
        """Bytes that the kernel's victim must have held when read, unless it grew since, which takes under a second.

        A victim that fills a cgroup holds much of its limit. If memory is left and no limit is known, it is
        unknown (inf).
        """
        if scope is None:
            return math.inf
        return scope.limit / 2 if scope.kind == "cgroup" and scope.limit is not None else 0

    def scope(self, limited: Scope | None, victim: Process | None = None) -> KillScope | None:
        """Return what ran out of memory, or None if unknown.

        `limited` is the limit on the victim's own cgroup, None if it has none; one around it counts instead
        if that had less left. A cgroup goes away with its last process: then the limit seen before counts.
        """
        if self._last is None:
            return None
        limited = limited or self._limit_before(victim)
        memory = self._last.snapshot.memory
        plenty = memory.left is not None and memory.left > _PLENTY * memory.usable
        if limited is not None:
            groups = self._last.limits
            near = {one.path: one for one in groups if one.limit is not None and is_below(limited.path, one.path)}
            if plenty or self._last.level.name == "normal" or any(one.level.name == "critical" for one in near.values()):
                reached = self._reached(limited, near) if near else limited
                return KillScope(kind="cgroup", path=reached.path, limit=reached.limit, total_pages=reached.total_pages)
        return None if plenty else KillScope(kind="system", total_pages=memory.total_pages)

    def _limit_before(self, victim: Process | None) -> Scope | None:
        path = "" if victim is None else victim.cgroup or ""
        found = next((above for above in upwards(path) if above in self._limits), None)
        if found is None:
            return None
        limit, _ = self._limits[found]
        return _scope(found, limit)

    def _reached(self, limited: Scope, around: Mapping[str, LimitedGroup]) -> Scope:
        """Return the limit that had least left at the last reading, this one or one of those around it."""
        assert limited.path is not None
        assert limited.limit is not None
        held = sum(one.pages or 0 for one in self.table.values() if is_below(one.cgroup, limited.path)) * PAGE_SIZE
        left = {limited.path: limited.limit - held} | {path: (one.limit or 0) - one.used for path, one in around.items()}
        path = min(left, key=left.__getitem__)
        return limited if path == limited.path else _scope(path, around[path].limit or 0)


def _scope(path: str, limit: int) -> Scope:
    return Scope("cgroup", total_pages=max(limit // PAGE_SIZE, 1), path=path, limit=limit)


def _named(assessment: Assessment) -> Iterator[tuple[int, int]]:
    victim = assessment.victim
    if assessment.level.name != "normal" and victim is not None:
        yield victim.risk.process.identity
    for group in assessment.limits:
        if group.level.name != "normal" and group.victim is not None:
            yield group.victim.risk.process.identity
