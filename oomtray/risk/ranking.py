"""Who dies first, second, third: the order in which the kernel would choose (mm/oom_kill.c, select_bad_process)."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.badness import ADJ_MIN, points_of, scale_of, why_not

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process, ScoreScale, Snapshot
    from oomtray.risk.assessment import WhyNot


class Ranked(NamedTuple):
    process: Process
    badness: int | None
    """Pages; None for what has no memory."""
    rank: int | None
    """1 dies first; None for what can't be chosen."""
    why_not: WhyNot | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The sorted snapshot: made once, then asked by whoever reads consequences and by `assess`."""

    snapshot: Snapshot
    scale: ScoreScale
    first: tuple[Ranked, ...]
    """By rank; with a `top`, only that many."""
    rest: tuple[Ranked, ...]
    """What can't be chosen, by memory; empty where `top` was reached by those that can."""
    near: tuple[Ranked, ...]
    """By rank, all within the kernel's counting error of the first, without it."""
    killable: int
    """How many can be chosen at all."""
    most_pages: int
    """Memory of the largest process that can be chosen."""

    @property
    def contenders(self) -> tuple[Process, ...]:
        """The first and those near it: whose consequences are worth reading."""
        return tuple(r.process for r in self.first[:1] + self.near)


def counting_error(cpus: int, release: tuple[int, int]) -> int:
    """At most about this many pages lie between a process's memory as /proc tells it and as the kernel ranks by it.

    Until 6.1 both are the same counters, which lag by up to 64 pages a thread (mm/memory.c,
    TASK_RSS_EVENTS_THRESH). From 6.2 each of four counters (anonymous, file, shared, swap) is a percpu_counter whose
    read may miss one batch of max(32, 2 * cpus) on each CPU (lib/percpu_counter.c), so the error grows with the
    square of the number of CPUs. From 7.0 oom_badness takes the exact sums. Seen on 2 CPUs: 12 to 51 pages.
    """
    if release >= (7, 0):
        return 0
    if (0, 0) < release < (6, 2):
        return 64
    return 4 * max(32, 2 * cpus) * cpus


def rank(snapshot: Snapshot, top: int | None = None) -> Ranking:
    """Order a snapshot; with `top`, only so many rows are put in order, which is what a calm scan can afford.

    Among equals the kernel takes the last in its list of tasks, which is the youngest: since 5.3 a later one with the
    same badness replaces the earlier (oom_evaluate_task); before, the first thread group leader stayed.
    """
    scale = scale_of(snapshot)
    step, plain = snapshot.scope.total_pages // 1000, scale == "plain"
    chosen: list[Process] = []
    badnesses: list[int] = []
    others: list[tuple[int, Process, WhyNot]] = []
    most_pages = 0
    for p in snapshot.processes:
        rss, adj = p.rss, p.oom_score_adj
        # The common case of `why_not` and `points_of`, written out: a call for each row would cost as much again.
        if (
            (p.oom_score or plain)
            and rss is not None
            and adj is not None
            and adj != ADJ_MIN
            and p.pid != 1
            and not p.kernel_thread
        ):
            pages = (rss + (p.swap or 0) + (p.page_tables or 0)) // PAGE_SIZE
            points = pages + adj * step if adj else pages
            if plain and points < 1:
                points = 1
        else:
            why = why_not(p, scale)
            known = None if why else points_of(p, snapshot, scale)
            if why or known is None:
                others.append((p.pages or 0, p, why or "not-eligible"))
                continue
            points, pages = known, p.pages or 0
        if pages > most_pages:  # noqa: PLR1730 - max() costs a call for each row
            most_pages = pages
        badnesses.append(points)
        chosen.append(p)
    near_bar, bar = _bars(snapshot, badnesses, top)
    age = -1 if (0, 0) < snapshot.kernel_release < (5, 3) else 1
    rows = [
        (points, age * p.start_time, age * p.pid, n, p)
        for n, (points, p) in enumerate(zip(badnesses, chosen, strict=True))
        if points >= bar
    ]
    rows.sort(reverse=True)
    ordered = [Ranked(row[4], row[0], n, None) for n, row in enumerate(rows, 1)]
    first = tuple(ordered[:top])
    near = tuple(row for row in ordered[1:] if row.badness is not None and row.badness >= near_bar)
    rest: list[Ranked] = []
    if top is None or len(first) < top:
        others.sort(key=lambda other: (-other[0], other[1].pid))
        rest = [Ranked(p, points_of(p, snapshot, scale), None, why) for _, p, why in others]
        rest = rest if top is None else rest[: top - len(first)]
    return Ranking(snapshot, scale, first, tuple(rest), near, len(chosen), most_pages)


def _bars(snapshot: Snapshot, badnesses: list[int], top: int | None) -> tuple[int, int]:
    """The badness from which on a row is near the first, and the one below which no row is asked for."""
    if not badnesses:
        return 0, 0
    near = max(badnesses) - counting_error(snapshot.cpus, snapshot.kernel_release)
    if top is None or top >= len(badnesses):
        return near, min(badnesses)
    return near, min([near, *nlargest(top, badnesses)[-1:]])
