"""The kernel's order of victims: first, second, third (mm/oom_kill.c, select_bad_process)."""

from __future__ import annotations

from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from oomtray.records import dataclass
from oomtray.risk.badness import badness_of, scale_of, why_not
from oomtray.risk.badness_cache import NEVER, BadnessCache, Order

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping

    from oomtray.kernel.snapshot import Process, ScoreScale, Snapshot
    from oomtray.risk.judged import WhyNot

_AGE = attrgetter("start_time", "pid")


class Ranked(NamedTuple):
    """A process with its place in the order."""

    process: Process
    badness: int | None
    """Pages; None if the process has no memory."""
    rank: int | None
    """1 is killed first; None for what can't be chosen."""
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The processes of a snapshot in the kernel's order."""

    snapshot: Snapshot
    scale: ScoreScale
    first: tuple[Ranked, ...]
    """By rank; with a `top`, only that many."""
    rest: tuple[Ranked, ...]
    """What can't be chosen, by memory; empty if the others already filled `top`."""
    near: tuple[Ranked, ...]
    """Processes within the kernel's counting error of the first, by rank, without the first."""
    table: Mapping[int, Process]
    """All processes by PID; valid until the next ranking with the same cache."""
    killable: int
    """How many processes can be chosen at all."""
    most_pages: int
    """Memory of the largest process that can be chosen."""

    @property
    def contenders(self) -> tuple[Process, ...]:
        """The first process and those near it, whose consequences are worth reading."""
        return tuple(r.process for r in self.first[:1] + self.near)


def counting_error(cpus: int, release: tuple[int, int]) -> int:
    """How many pages a process's memory in /proc may differ from what the kernel ranks by, at most.

    Until 6.1 both are the same counters, which lag by up to 64 pages a thread (mm/memory.c,
    TASK_RSS_EVENTS_THRESH). From 6.2 each of four counters (anonymous, file, shared, swap) is a
    percpu_counter whose read may miss one batch of max(32, 2 * cpus) on each CPU (lib/percpu_counter.c), so
    the error grows with the square of the number of CPUs. From 7.0 oom_badness takes the exact sums. Measured
    on 2 CPUs: 12 to 51 pages.
    """
    if release >= (7, 0):
        return 0
    if (0, 0) < release < (6, 2):
        return 64
    return 4 * max(32, 2 * cpus) * cpus


def rank(snapshot: Snapshot, top: int | None = None, cache: BadnessCache | None = None) -> Ranking:
    """Rank a snapshot; with `top`, sort only that many rows, which is all that a calm scan can afford.

    Keep `cache` for the next snapshot of the same table. Among equals the kernel takes the last in its task
    list, the youngest: since 5.3 a later task replaces an earlier one of the same badness
    (oom_evaluate_task); before, the first thread group leader stayed.
    """
    scale = scale_of(snapshot)
    cache = cache or BadnessCache()
    cache.update(snapshot, scale)
    badness, processes = cache.badness, snapshot.processes
    if cache.order is None or cache.order.top != top:
        cache.order = _order(snapshot, cache, top)
    order = cache.order
    near_bar, killable = order.near_bar, order.killable
    ordered = [Ranked(processes[n], badness[n], rank, None) for rank, n in enumerate(order.places, 1)]
    first = tuple(ordered[:top])
    near = tuple(row for row in ordered[1:] if row.badness is not None and row.badness >= near_bar)
    rest: list[Ranked] = []
    if top is None or len(first) < top:
        others = [processes[n] for n, its in enumerate(badness) if its == NEVER]
        others.sort(key=lambda p: (-(p.pages or 0), p.pid))
        rest = [
            Ranked(p, badness_of(p, snapshot, scale), None, why_not(p, scale) or "not-eligible")
            for p in (others if top is None else others[: top - len(first)])
        ]
    return Ranking(snapshot, scale, first, tuple(rest), near, cache.table, killable, order.most_pages)


def _order(snapshot: Snapshot, cache: BadnessCache, top: int | None) -> Order:
    badness, processes = cache.badness, snapshot.processes
    killable = len(badness) - badness.count(NEVER)
    near_bar, bar = _bounds(snapshot, badness, killable, top)
    oldest_first = (0, 0) < snapshot.kernel_release < (5, 3)
    asked = [n for n, its in enumerate(badness) if its >= bar]
    places = [n for n in asked if badness[n] > bar]
    last = [n for n in asked if badness[n] == bar]
    if top is not None and bar < near_bar and len(places) + len(last) > top:  # many are tied for the last place
        last = (nsmallest if oldest_first else nlargest)(top - len(places), last, key=lambda n: _AGE(processes[n]))
    places += last
    turn = -1 if oldest_first else 1
    places.sort(key=lambda n: (badness[n], turn * processes[n].start_time, turn * processes[n].pid), reverse=True)
    return Order(top, places, near_bar, killable, max(cache.pages, default=0))


def _bounds(snapshot: Snapshot, badness: array[int], killable: int, top: int | None) -> tuple[int, int]:
    """Return the least badness of a row near the first, and the least badness of any requested row."""
    if not killable:
        return 0, 0
    error = counting_error(snapshot.cpus, snapshot.kernel_release)
    if top is None or top >= killable:
        return max(badness) - error, NEVER + 1
    highest = nlargest(max(top, 1), badness)
    near = highest[0] - error
    return near, min([near, *highest[top - 1 : top]])
