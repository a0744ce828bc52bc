"""What the last scan knew of the processes: once one has been killed nothing else tells its name and its memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE, Scope
from oomtray.risk.apps import app_of
from oomtray.risk.growing_apps import LEAST, GrowthRecord
from oomtray.risk.kill_event import Dead, Grew, KillScope
from oomtray.risk.reasons import Context, origin_of_adj
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.growing_apps import Growth
    from oomtray.risk.kill_event import AdjOrigin, KillerId

_NO_LIMITS: Mapping[str, int] = {}
_LEADERS = 10
_FRESH, _FRESHEST = 120.0, 5.0
"""Seconds for which a process's memory as it was read says what its death has freed: of a large one, and of any."""
_STEP = 1.5 / 1000
"""Share of all memory that a process may have taken before a scan reads it anew: a step of oom_score."""
_LARGE = 10
"""So many of these steps."""
_REMEMBERED = 120.0
"""Seconds after which a warning that is over has foretold nothing any more, and the limit of a cgroup that is gone counts no more."""
_PLENTY = 0.1
"""Share of the RAM that is left, from which on it is not the machine that has run out."""
_SHARE = 0.1
"""Part of a cgroup's limit that an app in it must have taken to be told."""
_ACTS = 0.05
"""Share of the RAM within which a killer is about to act."""


class LastScan:
    """Driven by the monitor's thread; `take` is for every scan and costs next to nothing."""

    def __init__(self) -> None:
        self._last: Assessment | None = None
        self._by_pid: dict[int, Process] | None = None
        self._limits: dict[str, tuple[int, float]] = {}
        """Of cgroups, by path: the limit, and when it was last seen."""
        self._growth = GrowthRecord()
        self._warned: dict[tuple[int, int], tuple[float, float]] = {}
        """Processes that a warning has named, by identity: since when, and when last."""

    def take(self, assessment: Assessment, limits: Mapping[str, int] = _NO_LIMITS) -> None:
        """`limits`: the memory limits of cgroups, by path, in bytes."""
        self._last, self._by_pid = assessment, None
        self._growth.add(assessment.snapshot)
        now = assessment.snapshot.at
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
        """All processes by pid."""
        if self._by_pid is None:
            processes = () if self._last is None else self._last.snapshot.processes
            self._by_pid = {process.pid: process for process in processes}
        return self._by_pid

    @property
    def leaders(self) -> tuple[Process, ...]:
        """Who the kernel would have taken first, in its order."""
        risks = () if self._last is None else self._last.risks[:_LEADERS]
        return tuple(risk.process for risk in risks if risk.killable)

    @property
    def complete(self) -> bool:
        """Whether the scan saw every process: in a container, the kernel counts kills of the whole machine."""
        return self._last is not None and self._last.snapshot.complete

    @property
    def growth(self) -> Growth | None:
        """Of all processes until the last scan; None until there were two some seconds apart."""
        return None if self._last is None else self._growth.until(self._last.snapshot)

    def grew(self, scope: KillScope | None, growth: Growth | None) -> tuple[Grew, ...]:
        """What took memory just before, of that which shares what ran out; by the warning that stood, else by `growth`."""
        found = () if self._last is None else self._last.growing
        if scope is not None and scope.kind == "cgroup":
            least = LEAST if scope.limit is None else min(LEAST, int(_SHARE * scope.limit))
            found = () if growth is None else growth.fastest(scope.path, least)
        elif not found and growth is not None:
            found = growth.fastest()
        return tuple(Grew(one.app.name, one.rate) for one in found)

    def foretold(self, process: Process, at: float) -> float | None:
        """Seconds by which a warning had named it before it died at `at`."""
        span = self._warned.get(process.identity)
        return None if span is None else max(at - span[0], 0.0)

    def expected(self) -> dict[int, KillerId]:
        """Whom a killer beside the kernel is about to end, by pid."""
        if self._last is None or self._last.level.name == "normal":
            return {}
        ram = self._last.snapshot.memory.total
        found: dict[int, KillerId] = {}
        for killer in self._last.killers:
            if killer.name not in ("systemd-oomd", "earlyoom", "nohang") or killer.idle_because is not None:
                continue
            if killer.distance is None or killer.distance > _ACTS * ram:
                continue
            pids = (*killer.next, *(() if killer.takes is None else killer.takes.pids))
            found |= dict.fromkeys(pids, killer.name)
        return found

    def dead(self, process: Process, now: float, by_hand: Mapping[tuple[int, int], int], *, least: float = 0) -> Dead:
        """What is known of one that was killed; `now` in monotonic seconds, `least` as `least_held` tells it."""
        app = app_of(process, self.table)
        unit = unit_of(process.unit_cgroup)
        adj_from = origin_of_adj(process, Context(self.table, by_hand=by_hand))
        return Dead(
            pid=process.pid,
            name=process.name,
            start_time=process.start_time,
            freed=self._freed(process, now, least),
            oom_score_adj=process.oom_score_adj,
            adj_from=_ORIGINS.get(adj_from or ""),
            uid=process.uid,
            unit=None if unit is None else unit.name,
            app=None if app is None else app.name,
            command=process.exe,
        )

    def _freed(self, process: Process, now: float, least: float) -> int | None:
        if self._last is None or process.rss is None or process.rss < least:
            return None
        large = process.rss >= _LARGE * _STEP * self._last.snapshot.memory.total
        return process.rss if now - process.read_at <= (_FRESH if large else _FRESHEST) else None

    def least_held(self, scope: KillScope | None) -> float:
        """Bytes that the kernel's victim must have held when it was read, or it has grown since, which takes less than a second.

        What fills a cgroup holds much of its limit. With memory left, and no limit known, nobody knows how much that was.
        """
        if scope is None:
            return math.inf
        return scope.limit / 2 if scope.kind == "cgroup" and scope.limit is not None else 0

    def scope(self, limited: Scope | None, victim: Process | None = None) -> KillScope | None:
        """What ran out; `limited` is the limit that holds for the victim's own cgroup, None where it has none.

        With the last process of it a cgroup goes, too: then the limit counts that was seen before.
        """
        if self._last is None:
            return None
        limited = limited or self._limit_before(victim)
        memory = self._last.snapshot.memory
        plenty = memory.left is not None and memory.left > _PLENTY * memory.usable
        if limited is not None and (plenty or self._last.level.name == "normal" or self._near(limited)):
            return KillScope(
                kind="cgroup", path=limited.path, limit=limited.limit, total_pages=limited.total_pages
            )
        return None if plenty else KillScope(kind="system", total_pages=memory.total_pages)

    def _limit_before(self, victim: Process | None) -> Scope | None:
        path = "" if victim is None else victim.cgroup or ""
        while path and path not in self._limits:
            path = path.rpartition("/")[0]
        if path not in self._limits:
            return None
        limit, _ = self._limits[path]
        return Scope("cgroup", total_pages=max(limit // PAGE_SIZE, 1), path=path, limit=limit)

    def _near(self, limited: Scope) -> bool:
        groups = () if self._last is None else self._last.limits
        return any(group.path == limited.path and group.level.name == "critical" for group in groups)


_ORIGINS: dict[str, AdjOrigin] = {
    "adj-set-by-hand": "adj-set-by-hand",
    "adj-inherited": "adj-inherited",
    "adj-set-by-unit": "adj-set-by-unit",
    "adj-set-by-app": "adj-set-by-app",
}


def _named(assessment: Assessment) -> Iterator[tuple[int, int]]:
    victim = assessment.victim
    if assessment.level.name != "normal" and victim is not None:
        yield victim.risk.process.identity
    for group in assessment.limits:
        if group.level.name != "normal" and group.victim is not None:
            yield group.victim.risk.process.identity
