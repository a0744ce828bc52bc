"""Find memory cgroups with their own limit and how much of it is left (Documentation/admin-guide/cgroup-v2.rst).

Once found, only cgroups with a limit cost anything: one read of the charge through an open descriptor, and
the rest when that comes close to the limit. Cgroups without processes are never examined.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.cgroup_paths import is_below, upwards
from oomtray.kernel.cgroups import MemoryCgroups, kills_nobody, kills_told, v1_limit
from oomtray.kernel.files import RereadFile, read_int, read_or_empty
from oomtray.kernel.psi import averages
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR = 0.75
"""Share of a limit from which a cgroup is read in full; file cache counts here, so it may be far from its limit."""
MOST_FOLLOWED = 64
"""How many cgroups have their charge read through an open descriptor; the others, the emptier ones, only in scans."""
REFRESH_SECONDS = 180.0
"""Seconds for which "no limit" stands: checking takes two reads per cgroup of the machine, and it rarely changes."""
_MOST = 1024
_STAT = re.compile(rb"^(inactive_file|active_file|file_dirty|file_writeback|slab_reclaimable) (\d+)$", re.MULTILINE)
_TOTAL_STAT = re.compile(rb"^total_(inactive_file|active_file|dirty|writeback) (\d+)$", re.MULTILINE)
_HITS = re.compile(rb"^(?:high|max) (\d+)$", re.MULTILINE)
_NOT_YET_WRITTEN = (b"file_dirty", b"file_writeback", b"dirty", b"writeback")


class Limits(NamedTuple):
    """A cgroup's limits in bytes; None if it has none."""

    most: int | None
    """memory.max, or v1's memory.limit_in_bytes: beyond it the OOM killer acts in the cgroup."""
    high: int | None = None
    """memory.high: beyond it processes are throttled, but not killed."""

    @property
    def lower(self) -> int | None:
        return min((limit for limit in self if limit is not None), default=None)


@dataclass(frozen=True, slots=True)
class CgroupUsage:
    """One cgroup at one moment, compared with its own limits. Sizes are bytes."""

    path: str
    limits: Limits
    charged: int
    """All memory charged to it and its descendants, including file cache."""
    cache: int
    """The part that the kernel drops before it kills: clean file cache, and half of the reclaimable slab."""
    swap_total: int = 0
    """Swap that it may use in total."""
    swap_free: int = 0
    """Swap that it may still use, limited by what the machine has."""
    hits: int | None = None
    """How often it was throttled at memory.high or memory.max since its creation; None on v1."""
    psi_some_avg10: float | None = None
    """Percentage of the last 10 s in which one of its tasks waited for memory; None on v1."""
    psi_full_avg10: float | None = None
    oom_kills: int | None = None
    waits: bool = False
    """Whether its processes wait at its limit until somebody frees memory, as nobody is killed: v1's oom_kill_disable."""

    @property
    def used(self) -> int:
        """Bytes that can't be freed without swapping or killing."""
        return self.charged - self.cache


class LimitedCgroups:
    """The cgroups with their own limit and with processes. Not thread-safe."""

    def __init__(self, cgroups: MemoryCgroups) -> None:
        self._cgroups = cgroups
        self._groups: dict[str, _Group] = {}
        self._seen: set[str] = set()
        self._looked = -math.inf
        self._ram = 0

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._groups)

    @property
    def most(self) -> dict[str, int]:
        """Limits at which the OOM killer acts, in bytes by path."""
        return {path: group.most for path, group in self._groups.items() if group.most is not None}

    def is_stale(self, now: float) -> bool:
        """Whether `find` will examine all cgroups again, so that it should be given all paths."""
        return now - self._looked >= REFRESH_SECONDS

    def find(self, paths: Iterable[str | None], ram: int, now: float, *, afresh: bool = False) -> None:
        """Examine the cgroups at these paths and above that are new, and all of them from time to time.

        A limit of `ram` bytes or more is ignored, as the machine runs out sooner. `now` is in monotonic
        seconds.
        """
        if self._cgroups.version is None:
            return
        self._ram = ram
        if afresh or self.is_stale(now):
            self._seen.clear()
            self._looked = now
        for path in set(paths) - self._seen:
            for above in upwards(path or ""):
                if above in self._seen:
                    break
                self._seen.add(above)
                self._look(above)
            if path:
                self._seen.add(path)
        if len(self._groups) > MOST_FOLLOWED:
            self._follow_fullest()

    def near(self, *, scan: bool = False) -> list[str]:
        """Return the cgroups that hold `NEAR` of their limit or more; those without a descriptor only in a `scan`."""
        found = []
        for path, group in [*self._groups.items()]:
            if group.file is None and not scan:
                continue
            share = group.share(self._charged_file(path))
            if share is None:
                share = self._made_anew(path)
            if share is not None and share >= NEAR:
                found.append(path)
        return found

    def read(self, path: str, machine_swap: tuple[int, int], swappiness: int | None) -> CgroupUsage | None:
        """Read a cgroup; None if it is gone or no longer has a limit.

        `machine_swap` is total and free swap in bytes, `swappiness` is vm.swappiness (v2 has no other).
        """
        limits = self._limits(path)
        charged = read_int(self._charged_file(path))
        if charged is None or limits.lower is None:
            self._drop(path)
            return None
        directory = self._cgroups.directory(path)
        cache = min(reclaimable(read_or_empty(f"{directory}/memory.stat"), self._cgroups.version), charged)
        if self._cgroups.version == 1:
            total, free = self._swap_v1(directory, limits.most or 0, charged, machine_swap)
            control = read_or_empty(f"{directory}/memory.oom_control")
            return CgroupUsage(
                path, limits, charged, cache, total, free,
                oom_kills=kills_told(control), waits=kills_nobody(control),
            )  # fmt: skip
        total, free = self._swap_v2(path, machine_swap) if swappiness != 0 else (0, 0)
        # without `.local` the file counts events in descendants as well
        events = read_or_empty(f"{directory}/memory.events")
        own = read_or_empty(f"{directory}/memory.events.local") or events
        hits = [int(count) for count in _HITS.findall(own)]
        some, full = averages(read_or_empty(f"{directory}/memory.pressure"))
        return CgroupUsage(
            path,
            limits,
            charged,
            cache,
            total,
            free,
            sum(hits) if hits else None,
            some,
            full,
            kills_told(events),
        )

    def close(self) -> None:
        for path in [*self._groups]:
            self._drop(path)

    def _made_anew(self, path: str) -> float | None:
        """Forget a cgroup that is gone; return the share of another one that was made at its path, as at a service's restart."""
        self._drop(path)
        self._seen = {one for one in self._seen if not is_below(one, path)}
        self._look(path)
        return self._groups[path].share(self._charged_file(path)) if path in self._groups else None

    def _look(self, path: str) -> None:
        limits = self._limits(path)
        if limits.lower is None or limits.lower >= self._ram:
            self._drop(path)
        elif path in self._groups:
            self._groups[path].lower, self._groups[path].most = limits.lower, limits.most
        elif len(self._groups) < _MOST:
            followed = sum(group.file is not None for group in self._groups.values())
            file = RereadFile(self._charged_file(path)) if followed < MOST_FOLLOWED else None
            self._groups[path] = _Group(limits.lower, file, limits.most)

    def _limits(self, path: str) -> Limits:
        directory = self._cgroups.directory(path)
        if self._cgroups.version == 2:
            return Limits(read_int(f"{directory}/memory.max"), read_int(f"{directory}/memory.high"))
        return Limits(v1_limit(read_int(f"{directory}/memory.limit_in_bytes")))

    def _follow_fullest(self) -> None:
        """Move the descriptors to the cgroups that are fullest now."""
        shares = {path: group.share(self._charged_file(path)) or 0.0 for path, group in self._groups.items()}
        fullest = sorted(shares, key=lambda path: -shares[path])
        for path in fullest[MOST_FOLLOWED:]:
            self._groups[path].close()
        for path in fullest[:MOST_FOLLOWED]:
            if self._groups[path].file is None:
                self._groups[path].file = RereadFile(self._charged_file(path))

    def _charged_file(self, path: str) -> str:
        name = "memory.current" if self._cgroups.version == 2 else "memory.usage_in_bytes"
        return f"{self._cgroups.directory(path)}/{name}"

    def _drop(self, path: str) -> None:
        group = self._groups.pop(path, None)
        if group is not None:
            group.close()

    def _swap_v2(self, path: str, machine_swap: tuple[int, int]) -> tuple[int, int]:
        """Limits above it count as well (mm/memcontrol.c: mem_cgroup_get_nr_swap_pages)."""
        total, free = machine_swap
        for above in upwards(path):
            directory = self._cgroups.directory(above)
            most = read_int(f"{directory}/memory.swap.max")
            if most is not None:
                used = read_int(f"{directory}/memory.swap.current") or 0
                total, free = min(most, total), min(max(most - used, 0), free)
        return total, free

    def _swap_v1(self, directory: str, limit: int, charged: int, machine_swap: tuple[int, int]) -> tuple[int, int]:
        total, free = machine_swap
        if read_int(f"{directory}/memory.swappiness") == 0:
            return 0, 0
        most = read_int(f"{directory}/memory.memsw.limit_in_bytes")
        both = read_int(f"{directory}/memory.memsw.usage_in_bytes")
        if most is None or both is None:  # swap isn't accounted, and all of it may be used
            return total, free
        return min(max(most - limit, 0), total), min(max(most - limit - max(both - charged, 0), 0), free)


class _Group:
    __slots__ = ("file", "lower", "most")

    def __init__(self, lower: int, file: RereadFile | None, most: int | None) -> None:
        self.lower, self.most = lower, most
        self.file = file
        """Open file with its charge; None if that is read by path."""

    def share(self, path: str) -> float | None:
        """Share of the lower limit that is charged; None if the cgroup is gone."""
        charged = read_int(path) if self.file is None else self.file.read_int()
        return None if charged is None else charged / max(self.lower, 1)

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None


def reclaimable(stat: bytes, version: int | None) -> int:
    """Bytes that the kernel would drop before it kills, according to memory.stat.

    That is file cache, without what must be written first, and half of the slab called reclaimable: the
    kernel itself counts no more of it as available (mm/show_mem.c, si_mem_available).
    """
    # v1 lists a cgroup's own pages, and with total_ those including descendants
    told = {name: int(value) for name, value in (_STAT if version == 2 else _TOTAL_STAT).findall(stat)}
    cache = told.get(b"inactive_file", 0) + told.get(b"active_file", 0)
    unwritten = sum(told.get(name, 0) for name in _NOT_YET_WRITTEN)
    return max(cache - unwritten, 0) + told.get(b"slab_reclaimable", 0) // 2
