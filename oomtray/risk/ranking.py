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
    total = snapshot.scope.total_pages
    step, plain = total // 1000, scale == "plain"
    age = -1 if (0, 0) < snapshot.kernel_release < (5, 3) else 1
    rows: list[tuple[int, int, int, int, Process]] = []
    others: list[tuple[int, Process, WhyNot]] = []
    most_pages = 0
    for p in snapshot.processes:
        rss, adj = p.rss, p.oom_score_adj
        # The common case of `why_not` and `points_of`, written out: a call for each row would cost as much again.
        eligible = plain or p.oom_score
        if (
            eligible
            and rss is not None
            and adj is not None
            and adj != ADJ_MIN
            and p.pid != 1
            and not p.kernel_thread
        ):
            pages = (rss + (p.swap or 0) + (p.page_tables or 0)) // PAGE_SIZE
            points = pages + adj * step
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
        rows.append((points, age * p.start_time, age * p.pid, len(rows), p))
    partial = top is not None and top < len(rows)
    ordered = nlargest(top or 0, rows) if partial else sorted(rows, reverse=True)
    first = tuple(Ranked(row[4], row[0], n, None) for n, row in enumerate(ordered, 1))
    rest: list[Ranked] = []
    if top is None or len(first) < top:
        others.sort(key=lambda other: (-other[0], other[1].pid))
        rest = [Ranked(p, points_of(p, snapshot, scale), None, why) for _, p, why in others]
        rest = rest if top is None else rest[: top - len(first)]
    return Ranking(snapshot, scale, first, tuple(rest), _near(snapshot, rows), len(rows), most_pages)


def _near(snapshot: Snapshot, rows: list[tuple[int, int, int, int, Process]]) -> tuple[Ranked, ...]:
    if not rows:
        return ()
    bar = max(rows)[0] - counting_error(snapshot.cpus, snapshot.kernel_release)
    close = sorted((row for row in rows if row[0] >= bar), reverse=True)
    return tuple(Ranked(row[4], row[0], n, None) for n, row in enumerate(close, 1))[1:]
