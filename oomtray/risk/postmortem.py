"""Interpret a kill report: recompute the kernel's ranking, find what ran short, and a cause if there is evidence."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.kernel.kill_log.gfp import GFP_HIGHMEM, GFP_MOVABLE, usable_zones
from oomtray.records import dataclass
from oomtray.risk.badness import ADJ_MIN, badness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.kill_log.facts import KillReport, Task

Kind = Literal["leak", "surge", "misconfiguration", "system-limit", "too-small"]
Confidence = Literal["low", "medium", "high"]
_SMALL_LIMIT = 64 << 20
"""Bytes that are too little for nearly any service."""
_HIT_OFTEN = 1000
_REACHED = 0.9
"""Share of a limit: usage is counted in batches per CPU, and is below the limit when the kernel gives up."""
_LARGE_SHARE = 0.3
"""Share of memory from which the kernel's own memory, set-aside memory or files in memory are the cause."""
_TINY_SWAP = 0.1
"""Share of memory below which swap is tiny."""
_HEAP_SHARE = 0.6
"""Share of all memory from which one program with a heap or buffer pool of configured size is the cause."""
_HEAPS = frozenset({"java", "mysqld", "mariadbd", "postgres", "mongod", "redis-server", "memcached", "beam.smp", "clickhouse-serv"})
"""Programs whose size is configured, by the names that the kernel shows."""
_COSTLY_ORDER = 3
"""PAGE_ALLOC_COSTLY_ORDER: from this order, only contiguous memory is short."""
EVIDENCE: dict[tuple[str, str], set[str]] = {
    ("misconfiguration", "allow-more-nodes"): set(),
    ("misconfiguration", "widen-memory-policy"): set(),
    ("misconfiguration", "raise-memory-max"): {"limit", "usage"},
    ("misconfiguration", "fit-heap"): {"limit", "held"},
    ("misconfiguration", "shrink-heap"): {"ram", "held"},
    ("misconfiguration", "clear-tmpfs"): {"ram", "files"},
    ("misconfiguration", "add-swap"): {"ram", "swap"},
    ("misconfiguration", "enlarge-swap"): {"ram", "swap"},
    ("misconfiguration", "add-disk-swap"): {"ram", "swap", "seconds"},
    ("system-limit", "free-huge-pages"): {"ram", "huge_pages"},
    ("system-limit", "find-kernel-memory"): {"ram", "slab"},
    ("system-limit", "use-64-bit-kernel"): {"ram", "high_memory_free"},
    ("system-limit", "compact-memory"): {"order", "free"},
    ("system-limit", "reserve-less-cma"): {"cma_free", "free"},
    ("leak", "expendable"): {"from", "to", "seconds"},
    ("surge", "expendable"): {"used", "seconds"},
    ("surge", "start-fewer"): {"used", "seconds"},
    ("too-small", "add-memory"): {"ram", "most_left", "seconds"},
}
"""What can be the cause, by its kind and remedy, and the numbers that each has for evidence at least."""


class Ranked(NamedTuple):
    """A row of the kernel's ranking; sizes in bytes, badness in pages."""

    pid: int
    name: str
    badness: int
    oom_score_adj: int
    rss: int
    swap: int


@dataclass(frozen=True, slots=True)
class Cause:
    kind: Kind
    confidence: Confidence
    evidence: dict[str, int]
    """Bytes, unless the key says otherwise."""
    remedy: str
    app: str | None = None
    """The app's name for people."""

    @property
    def is_known(self) -> bool:
        """Whether this version can tell it; a recorded one may be a later version's."""
        needed = EVIDENCE.get((self.kind, self.remedy))
        return needed is not None and needed <= self.evidence.keys()


def total_pages(report: KillReport) -> int | None:
    """The kernel's `totalpages` for what ran out; None if the report doesn't have it."""
    size = report.machine.page_size
    if size is None:
        return None
    if report.constraint == "memcg":
        limit = report.limit
        if limit is None or limit.limit is None:
            return None
        return (limit.limit + (limit.swap_limit or 0)) // size
    if report.machine.ram is None or report.machine.swap_total is None:
        return None
    return (report.machine.ram + report.machine.swap_total) // size


def ranking(report: KillReport, most: int | None = None) -> tuple[Ranked, ...] | None:
    """Order the tasks as the kernel did; None if that doesn't put the report's own victim first.

    With `most`, return only the first ones, plus the largest task if it isn't among them. Under a cpuset or a
    memory policy the table covers the whole machine, so there is no ranking. Nor without a swap column, with
    a truncated table, if the total matters but is missing, or if the process that asked was taken.
    """
    size, total = report.machine.page_size, total_pages(report)
    if size is None or report.constraint not in {"none", "memcg"} or not report.tasks or not report.whole_table:
        return None
    if total is None and any(task.adj not in {0, ADJ_MIN} for task in report.tasks):
        return None
    tasks = [task for task in report.tasks if task.adj != ADJ_MIN and task.pid != 1]
    points = _points(tasks, total or 0, report)
    order = sorted(range(len(tasks)), key=points.__getitem__, reverse=True)
    chosen, dead = report.chosen, {victim.pid for victim in report.victims}
    if chosen is not None and (chosen.or_child or not dead):
        dead.add(chosen.pid)
    if not order or tasks[order[0]].pid not in dead:
        return None
    if most is not None:
        largest = max(order, key=[task.held for task in tasks].__getitem__)
        order = order[:most] if largest in order[:most] else [*order[:most], largest]
    return tuple(
        Ranked(pid, name, points[at], adj, rss * size, swap * size)
        for at in order for pid, _, name, rss, swap, _, adj, *_ in (tasks[at],)
    )  # fmt: skip


def _points(tasks: Sequence[Task], total: int, report: KillReport) -> list[int]:
    """Compute the badness of each task."""
    step = badness(0, 1, total)  # what one step of adj adds; a call per task takes longer
    points = [task.pages + task.adj * step for task in tasks]
    if report.release is not None and report.release < (4, 17):
        for at, task in enumerate(tasks):
            if task.uid == 0:
                points[at] -= task.pages * 3 // 100  # root's bonus; uid 0 nearly always had CAP_SYS_ADMIN
    if report.release is not None and report.release < (5, 9):
        return [max(one, 1) for one in points]
    return points


def cause(report: KillReport) -> Cause | None:
    """Find the cause that the report itself has evidence for; a leak takes more than one report to see."""
    if report.killer != "kernel" or report.manual:
        return None
    if report.constraint == "memcg":
        return _of_limit(report)
    if report.constraint in {"cpuset", "mempolicy"}:
        kind = "allow-more-nodes" if report.constraint == "cpuset" else "widen-memory-policy"
        return Cause("misconfiguration", "medium", _free(report), kind) if report.outcome == "killed" else None
    return _of_machine(report)


def _free(report: KillReport) -> dict[str, int]:
    return {"free": sum(zone.free for zone in report.machine.zones)} if report.machine.zones else {}


def _of_limit(report: KillReport) -> Cause | None:
    limit = report.limit
    if limit is None or limit.limit is None or limit.usage is None:
        return None
    if limit.usage < _REACHED * limit.limit:
        return None  # another limit was reached: of kernel memory, or of memory and swap together
    evidence = {"limit": limit.limit, "usage": limit.usage}
    if limit.hits is not None:
        evidence["times_hit"] = limit.hits
    heap = _heap(report, limit.limit, in_swap=False)
    if heap is not None:
        return Cause("misconfiguration", "medium", {"limit": limit.limit, "held": heap[1]}, "fit-heap", heap[0])
    tight = limit.limit < _SMALL_LIMIT or (limit.hits or 0) >= _HIT_OFTEN
    return Cause("misconfiguration", "medium" if tight else "low", evidence, "raise-memory-max")


def _heap(report: KillReport, whole: int, *, in_swap: bool = True) -> tuple[str, int] | None:
    """Return the largest process and its bytes, if its size is configured and takes most of `whole`.

    Without `in_swap`, its swapped memory isn't counted: a cgroup's limit is one of memory alone.
    """
    size = report.machine.page_size
    largest = max(report.tasks, key=attrgetter("held"), default=None)
    if size is None or largest is None or largest.name not in _HEAPS:
        return None
    held = (largest.held if in_swap else largest.rss) * size
    return (largest.name, held) if held >= _HEAP_SHARE * whole else None


def free_pieces(report: KillReport) -> tuple[int, int, int]:
    """Return the size wanted in one piece, and bytes free in pieces of at least that size and in smaller ones.

    The zone DMA nearly always has some large ones that are kept for requests that can use no other zone.
    """
    machine = report.machine
    piece = (machine.page_size or 0) << max(report.order or 0, 0)
    large = sum(free for size, free in machine.free_pieces if size >= piece)
    return piece, large, sum(free for _, free in machine.free_pieces) - large


def _of_machine(report: KillReport) -> Cause | None:
    machine, ram = report.machine, report.machine.ram
    if not ram:
        return None
    if machine.huge_pages and machine.huge_pages > _LARGE_SHARE * ram:
        return Cause("system-limit", "high", {"huge_pages": machine.huge_pages, "ram": ram}, "free-huge-pages")
    if machine.slab_unreclaimable and machine.slab_unreclaimable > _LARGE_SHARE * ram:
        return Cause("system-limit", "high", {"slab": machine.slab_unreclaimable, "ram": ram}, "find-kernel-memory")
    # where there is a zone Normal, lowmem_reserve keeps DMA below it free for those that can use no other
    low = [zone for zone in machine.zones if zone.name == "Normal"] or [zone for zone in machine.zones if zone.name == "DMA"]
    high = 0 if (report.mask or 0) & GFP_HIGHMEM else sum(zone.free - zone.minimum for zone in machine.zones if zone.name == "HighMem")
    if high > 0.1 * ram and low and all(zone.free <= 2 * zone.minimum for zone in low):
        return Cause("system-limit", "high", {"high_memory_free": high, "ram": ram}, "use-64-bit-kernel")
    usable = [zone for zone in machine.zones if zone.name in usable_zones(report.mask)]
    movable = report.mask is None or report.mask & GFP_MOVABLE
    usable_free = sum(zone.free - (0 if movable else zone.free_cma) for zone in usable)
    _, large, small = free_pieces(report)
    if report.order is not None and report.order > 0 and usable_free > 2 * sum(zone.minimum for zone in usable) and small > large:
        confidence: Confidence = "high" if report.order > _COSTLY_ORDER else "medium"
        return Cause("system-limit", confidence, {"order": report.order, "free": usable_free}, "compact-memory")
    free = sum(zone.free for zone in machine.zones)
    cma = sum(zone.free_cma for zone in machine.zones)
    if cma > 0.5 * free and free > 2 * sum(zone.minimum for zone in machine.zones):
        return Cause("system-limit", "medium", {"cma_free": cma, "free": free}, "reserve-less-cma")
    if free - usable_free > 0.1 * ram and usable_free <= 2 * sum(zone.minimum for zone in usable):
        return None  # it was free where it could not be used, which neither swap nor a smaller heap changes
    heap = _heap(report, ram)
    if heap is not None:
        return Cause("misconfiguration", "medium", {"ram": ram, "held": heap[1]}, "shrink-heap", heap[0])
    if machine.files and machine.files > _LARGE_SHARE * ram:
        return Cause("misconfiguration", "medium", {"files": machine.files, "ram": ram}, "clear-tmpfs")
    if machine.swap_total is not None and machine.swap_total < _TINY_SWAP * ram:
        swap = machine.swap_total
        return Cause("misconfiguration", "low", {"ram": ram, "swap": swap}, "enlarge-swap" if swap else "add-swap")
    return None
