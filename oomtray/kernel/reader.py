"""Read everything that is judged from one procfs and one cgroup root into a `Snapshot`."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_limits import CgroupUsage, LimitedCgroups
from oomtray.kernel.cgroup_paths import is_far_below
from oomtray.kernel.cgroup_state import StalledCgroup, stalled, within_limit
from oomtray.kernel.cgroups import MemoryCgroups, NoMemoryCgroup, unit_pids
from oomtray.kernel.fd_limit import raise_limit
from oomtray.kernel.files import read_int
from oomtray.kernel.killers import KillerReader
from oomtray.kernel.memory import MemoryReader
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.snapshot import CgroupMemory, Consequences, Memory, Process, Scope, ScoreScale, Snapshot
from oomtray.kernel.visibility import kernel_release, sees_all
from oomtray.systemd.unit_names import Unit, manager_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from oomtray.systemd.units import UnitFacts, UnitReader

_ADJ_MIN = -1000
"""The oom_score_adj that means never."""
_ENOUGH = 16
"""Processes that decide on the scale of the scores."""


class SystemReader:
    """Memory, processes and cgroups of one machine. Not thread-safe: one thread drives it."""

    def __init__(
        self,
        proc: str = "/proc",
        cgroups: str = "/sys/fs/cgroup",
        *,
        sysfs: str = "/sys",
        root: str = "/",
        scope_path: str | None = None,
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Read below these roots: programs and configuration of other killers are below `root`.

        `scope_path` names a memory cgroup to rank within; `once` keeps no descriptors, for a single reading.
        """
        self._proc = proc
        self._cgroup_root = cgroups
        self._scope_path = scope_path
        self._system = Scope("system", total_pages=0)
        self._clock = clock
        self._wall = wall
        raise_limit()
        self._memory = MemoryReader(proc, sysfs, clock=clock)
        self._table = ProcessTable(proc, keep_descriptors=not once)
        self.cgroups = MemoryCgroups(cgroups, proc)
        self._killers = KillerReader(proc, cgroups, root, sysfs=sysfs)
        self.limited = LimitedCgroups(self.cgroups)
        self._scale: ScoreScale | None = None
        self._processes: tuple[Process, ...] = ()
        """All processes as of the last snapshot."""
        self._release = kernel_release(proc)
        self._sees_all = sees_all(proc)
        self._cpus = os.cpu_count() or 1

    def memory(self) -> Memory:
        """Read only memory, swap and stall, which is cheap. Raises OSError."""
        return self._memory.read()

    def judged_memory(self, memory: Memory) -> Memory:
        """Return the memory that the level is judged by: the scope's own if it is a cgroup. Raises NoMemoryCgroup."""
        return self._scope(memory).memory or memory

    def stalled_cgroup(self, least: float) -> StalledCgroup | None:
        """Return the cgroup that causes a stall of at least `least` percent, if known."""
        return stalled(self.cgroups, least)

    def cgroup_usage(self, paths: Iterable[str], memory: Memory) -> list[CgroupUsage]:
        """Read how these cgroups stand within their own limits; those without one are left out."""
        swap = memory.swap_total or 0, memory.swap_free or 0
        swappiness = read_int(f"{self._proc}/sys/vm/swappiness")
        read = (self.limited.read(path, swap, swappiness) for path in paths)
        return [usage for usage in read if usage is not None]

    def cgroup_scope(self, path: str, memory: Memory) -> Scope | None:
        """Return the scope of an out-of-memory condition in this cgroup; None if it has no limit of its own."""
        swappiness = read_int(f"{self._proc}/sys/vm/swappiness")
        try:
            scope = self.cgroups.scope(path, memory.swap_total or 0, swappiness)
        except NoMemoryCgroup:
            return None
        return scope if scope.path == path else None

    def available(self) -> int | None:
        """Bytes of available memory: the cheapest reading."""
        return self._memory.available()

    def oom_kills(self) -> int | None:
        """How many processes the kernel has OOM-killed since boot."""
        return self._memory.oom_kills()

    def snapshot(
        self,
        watch: Collection[int] = (),
        *,
        full: bool = False,
        sparing: bool = False,
        quiet: bool = False,
        memory: Memory | None = None,
    ) -> Snapshot:
        """Read every process, as `ProcessTable.scan`. Raises OSError, or NoMemoryCgroup if the scope is gone."""
        memory = memory or self._memory.read()
        scope = self._scope(memory)
        now = self._clock()
        inside: set[int] = set()
        if scope.path is not None:
            # oom_score is a share of the whole machine, too coarse for changes inside a small cgroup: reread
            # all of it
            watch = inside = set(self.cgroups.pids(scope.path))
        processes = self._processes = self._table.scan(now, watch, full=full, sparing=sparing, quiet=quiet)
        if self._scale is None:
            self._scale = detect_scale(processes, memory.total_pages)
        if scope.path is not None:
            processes = tuple(one for one in processes if one.pid in inside or is_far_below(one.cgroup, scope.path))
        return Snapshot(  # by place, as Memory is
            self._wall(),
            now,
            memory,
            scope,
            self._scale,
            self._sees_all and not self._table.unreadable,
            self._memory.policy(),
            processes,
            full,
            self._release,
            self._cpus,
            self._killers.read(processes, now) if scope.path is None else (),
        )

    def cgroup_memory(self, paths: Iterable[str]) -> dict[str, CgroupMemory]:
        """Read the memory charged to each of these cgroups; unreadable ones are left out."""
        now = self._clock()
        return {path: charged for path in paths if (charged := self.cgroups.charged(path, now)) is not None}

    def consequences(
        self, process: Process, scope: Scope, unit: Unit | None, units: UnitReader | None
    ) -> Consequences:
        """Read what would end with this process; `unit` is its innermost unit, `units` asks systemd."""
        group = None
        if process.cgroup is not None:
            group = self.cgroups.oom_group(process.cgroup, scope.path or "/")
        policy: str | None = None
        members: tuple[int, ...] = ()
        main = False
        if unit is not None and units is not None:
            unit, facts = _unit_of_its_end(process, unit, units)
            main = facts is not None and facts.stops_with == process.pid
            if facts is not None and self.cgroups.counts_kills(unit.root):  # else the OOMPolicy has no effect
                policy = facts.oom_policy
            if main or policy is not None:
                members = unit_pids(self._cgroup_root, unit.root)
        return Consequences(
            oom_group=group,
            unit=unit.name if unit else None,
            unit_policy=policy,
            group_pids=self._killed_with(group) if group else (),
            unit_pids=members,
            main=main,
        )

    def _killed_with(self, group: str) -> tuple[int, ...]:
        """Return the processes of an oom group, without the exempt ones (mm/oom_kill.c: oom_kill_memcg_member)."""
        exempt = {process.pid for process in self._processes if process.oom_score_adj == _ADJ_MIN}
        return tuple(pid for pid in self.cgroups.pids(group) if pid not in exempt)

    def close(self) -> None:
        self._memory.close()
        self._table.close()
        self.limited.close()

    def _scope(self, memory: Memory) -> Scope:
        if self._scope_path is None:
            if self._system.total_pages != memory.total_pages:
                self._system = Scope("system", total_pages=memory.total_pages)
            return self._system
        swappiness = read_int(f"{self._proc}/sys/vm/swappiness")
        scope = self.cgroups.scope(self._scope_path, memory.swap_total or 0, swappiness)
        return replace(scope, memory=within_limit(self.cgroups, scope))


def _unit_of_its_end(process: Process, unit: Unit, units: UnitReader) -> tuple[Unit, UnitFacts | None]:
    """Return the unit that may end with a process, and its facts.

    A user's manager is in a scope of its own units, but it is the main process of a service of the system's.
    """
    service = manager_unit(unit)
    if service is not None:
        facts = units.facts(service.name)
        if facts is not None and facts.stops_with == process.pid:
            return service, facts
    return unit, units.facts(unit.name, unit.uid)


def detect_scale(processes: Iterable[Process], total_pages: int) -> ScoreScale | None:
    """Return the scale of /proc/PID/oom_score that fits most processes with memory; None if there is nothing to compare.

    Linux 5.9 changed fs/proc/base.c: proc_oom_score from badness * 1000 / totalpages, floored at 0, to (1000 +
    badness * 1000 / totalpages) * 2 / 3. Distributions backport, so the version string alone doesn't decide.
    """
    votes = {"shifted": 0, "plain": 0}
    for process in processes:
        pages, adj, score = process.pages, process.oom_score_adj, process.oom_score
        if pages is None or adj is None or score is None or adj <= -999 or process.pid == 1:
            continue
        share = (pages + adj * (total_pages // 1000)) * 1000 / total_pages
        shifted, plain = (1000 + share) * 2 / 3, max(share, 0.0)
        if score == 0 and share < 1:
            continue  # an empty process on the plain scale, or one that can't be chosen on the shifted one
        votes["shifted" if abs(score - shifted) < abs(score - plain) else "plain"] += 1
        if sum(votes.values()) >= _ENOUGH:
            break
    if not any(votes.values()):
        return None
    return "shifted" if votes["shifted"] >= votes["plain"] else "plain"
