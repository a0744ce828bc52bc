"""The state of Linux at one moment: frozen facts, no judgment.

Sizes are bytes, `pages` are pages of `PAGE_SIZE`. None means unknown, never zero.
"""

from __future__ import annotations

import os
from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.killer_facts import KillerFacts

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")

ScoreScale = Literal["shifted", "plain"]
"""`shifted`: Linux 5.9 and later, (1000 + badness * 1000 / total) * 2 / 3; `plain`: before, floored at 0."""


class Process(NamedTuple):
    r"""One row of the process table; a tuple, as thousands are made and a frozen dataclass takes five times as long.

    `name` is comm as text: up to 15 bytes of anything, undecodable bytes written as \xNN; it may contain
    control characters, so show it through `oomtray.text.printable`. `start_time` is field 22 of stat in clock
    ticks after boot: with the PID it identifies the process (to 10 ms).
    """

    pid: int
    start_time: int
    name: str
    state: str
    """One letter of proc(5): R, S, D, Z, T, I..."""
    ppid: int
    session: int
    uid: int
    """Effective uid, as in top and ps."""
    kernel_thread: bool
    oom_score: int | None
    """The value in /proc, on the scale of `Snapshot.scale`."""
    oom_score_adj: int | None
    rss: int | None
    """RssAnon + RssFile + RssShmem; None for a process without its own memory (kernel threads, zombies)."""
    rss_anon: int | None
    swap: int | None
    page_tables: int | None
    cgroup: str | None
    """Path in the hierarchy that accounts for memory (v2, or v1's memory controller)."""
    unit_cgroup: str | None
    """Path in systemd's hierarchy (v2, or v1's name=systemd); the same as `cgroup` on v2."""
    exe: str | None
    """Target of /proc/PID/exe; None if it may not be read."""
    read_at: float
    """Monotonic seconds at which the sizes were read: a steady scan doesn't reread every row."""

    def read_again(self, now: float) -> Process:
        """Copy the row as reread at `now`; like `_replace`, but five times as fast."""
        return tuple.__new__(Process, (*self[:-1], now))

    @property
    def pages(self) -> int | None:
        """rss + swap + page tables in pages, the part of badness that is memory (mm/oom_kill.c)."""
        if self.rss is None:
            return None
        return (self.rss + (self.swap or 0) + (self.page_tables or 0)) // PAGE_SIZE

    @property
    def identity(self) -> tuple[int, int]:
        return self.pid, self.start_time


class Memory(NamedTuple):
    """Memory from /proc/meminfo, /proc/pressure/memory, `oom_kill` in /proc/vmstat, /proc/zoneinfo and /proc/swaps."""

    total: int
    available: int | None
    swap_total: int | None
    swap_free: int | None
    psi_some_avg10: float | None
    """Percentage of the last 10 s in which at least one task stalled on memory."""
    psi_full_avg10: float | None
    oom_kills: int | None
    """Kernel OOM kills since boot, global and in cgroups (not those of systemd-oomd or earlyoom)."""
    huge_pages: int = 0
    """Bytes of RAM set aside for huge pages, used or not; not available for ordinary pages."""
    reclaimable: int = 0
    """Bytes that ZFS's cache would give back, which MemAvailable doesn't count."""
    shmem: int | None = None
    """Bytes of in-memory files (tmpfs) and shared memory: ending a process doesn't free a file."""
    commit_limit: int | None = None
    """CommitLimit: bytes that may be committed in total if vm.overcommit_memory is 2."""
    committed: int | None = None
    """Committed_AS: bytes committed to all processes."""
    anonymous: int | None = None
    """AnonPages: bytes in RAM private to processes, which only swap could hold instead."""
    floor: int | None = None
    """Bytes of MemAvailable that no program gets: the kernel stalls and kills before it reaches 0. None if not read."""
    swap_worth: float | None = None
    """Share of the free swap that is worth something, 0..1; None if not read."""
    zram: int | None = None
    """Bytes of swap that are zram, which takes its room from the same RAM; None if not read."""
    swappiness: int | None = None
    """vm.swappiness: at 0 the kernel kills before it swaps programs out."""

    @property
    def usable(self) -> int:
        """Bytes of RAM without the huge page pools."""
        return max(self.total - self.huge_pages, 0)

    @property
    def left(self) -> int | None:
        """Bytes that programs can still get without swapping; None if unknown."""
        return None if self.available is None else min(self.available + self.reclaimable, self.usable)

    @property
    def used_percent(self) -> float | None:
        """Percentage of the usable RAM that is not left, 0..100."""
        if self.left is None or not self.usable:
            return None
        return 100.0 * (self.usable - self.left) / self.usable

    @property
    def swap_percent(self) -> float | None:
        """Percentage of swap that is used, 0..100; None if there is none or it is unknown."""
        if not self.swap_total or self.swap_free is None:
            return None
        return 100.0 * (self.swap_total - self.swap_free) / self.swap_total

    @property
    def total_pages(self) -> int:
        """RAM + swap in pages: `totalpages` of a system-wide OOM (mm/oom_kill.c, constrained_alloc)."""
        return (self.total + (self.swap_total or 0)) // PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Scope:
    """What runs out in an OOM condition: the whole machine, or one cgroup."""

    kind: Literal["system", "cgroup"]
    total_pages: int
    path: str | None = None
    limit: int | None = None
    """The cgroup's own memory limit in bytes; `total_pages` may add swap to it."""
    memory: Memory | None = None
    """The cgroup's memory within its limit; None for the system, and if unreadable."""
    waits: bool = False
    """Whether its processes wait at the limit until somebody frees memory, as nobody is killed: v1's oom_kill_disable."""


@dataclass(frozen=True, slots=True)
class OomPolicy:
    """The sysctls that void a ranking; None if unreadable."""

    oom_kill_allocating_task: int | None = None
    panic_on_oom: int | None = None
    overcommit_memory: int | None = None
    """If 2, an allocation beyond CommitLimit fails, long before any kill."""
    admin_reserve: int = 0
    """Bytes of CommitLimit that this program can't get, but root can; 0 if unknown, or if overcommit_memory isn't 2."""
    user_reserve: int = 0
    """Bytes of CommitLimit that one program leaves to others at most; 0 in the same cases."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What else ends if this process is killed; only read for likely victims."""

    oom_group: str | None = None
    """Path of the topmost cgroup (below the scope) with memory.oom.group = 1 that holds the process."""
    unit: str | None = None
    unit_policy: str | None = None
    """The unit's OOMPolicy as reported by its manager: continue, stop, kill; None if unknown, or if it has no effect."""
    group_pids: tuple[int, ...] = ()
    """Every process in the oom group, without those with an oom_score_adj of -1000: the kernel spares them."""
    unit_pids: tuple[int, ...] = ()
    """Every process in the unit."""
    main: bool = False
    """Whether it is the unit's main process, after which systemd ends all others, whatever the OOMPolicy."""


@dataclass(frozen=True, slots=True)
class CgroupMemory:
    """Memory charged to a cgroup: anonymous + shared + swapped bytes of memory.stat."""

    memory: int
    read_at: float


class Snapshot(NamedTuple):
    """The system at one moment. `processes` is in no particular order."""

    time: float
    """Seconds since 1970, only for people and records."""
    at: float
    """Monotonic seconds, used for all arithmetic, so that neither clock changes nor a suspend cause a jump."""
    memory: Memory
    scope: Scope
    scale: ScoreScale | None
    complete: bool
    """False if processes may be hidden: hidepid, a PID namespace, a sandbox."""
    policy: OomPolicy
    processes: tuple[Process, ...]
    full: bool
    """Whether every row was reread for this snapshot."""
    kernel_release: tuple[int, int] = (0, 0)
    cpus: int = 1
    killers: tuple[KillerFacts, ...] = ()
    """The running killers other than the kernel, with their settings."""


def changed_places(now: Sequence[Process], before: Sequence[Process]) -> list[int]:
    """Return the indices in `now` whose rows were made anew since `before`, the same table an earlier time.

    Rows that a scan didn't reread are the same objects. Comparing pointers is the cheapest way to find the others:
    after some seconds of sleep no row is in a CPU cache.
    """
    return [*compress(range(len(now)), map(is_not, now, before)), *range(len(before), len(now))]
