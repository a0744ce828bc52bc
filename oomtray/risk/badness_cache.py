"""Badness of every row of a table, recomputed only for rows that changed since the last snapshot.

Reading five numbers of each row takes most of a ranking's time, because after some seconds of sleep none of them
is in a CPU cache.
"""

from __future__ import annotations

from array import array
from itertools import takewhile
from typing import NamedTuple

from oomtray.kernel.snapshot import PAGE_SIZE, Process, ScoreScale, Snapshot, changed_places
from oomtray.risk.badness import ADJ_MIN, badness_of, why_not

NEVER = -(1 << 62)
"""Badness of what can't be chosen, lower than any real one (2 * totalpages at most, either way)."""


class Order(NamedTuple):
    """The order of a table, as far as it was asked for."""

    top: int | None
    """How many rows were asked for; None for all."""
    places: list[int]
    """Indices in `Snapshot.processes`, the first victim first; more than `top` if they are near the first."""
    near_bar: int
    """Least badness of a row near the first."""
    killable: int
    most_pages: int


class BadnessCache:
    """Badness of consecutive snapshots of one table. Not thread-safe."""

    def __init__(self) -> None:
        self.badness = array("q")
        """Pages, by index in `Snapshot.processes`; NEVER for what can't be chosen."""
        self.pages = array("q")
        """Pages of memory without the adjustment; 0 for what can't be chosen."""
        self.table: dict[int, Process] = {}
        """All processes by PID."""
        self.changed = True
        """Whether any badness, any pages or the processes themselves differ from those of the snapshot before."""
        self.order: Order | None = None
        """The order of the last snapshot; None once anything has changed since."""
        self._processes: tuple[Process, ...] = ()
        self._measure: tuple[int, int, ScoreScale] | None = None

    def update(self, snapshot: Snapshot, scale: ScoreScale) -> None:
        """Bring both columns up to date with this snapshot."""
        processes, known = snapshot.processes, self._processes
        measure = snapshot.scope.total_pages, snapshot.memory.total_pages, scale
        if measure != self._measure:
            known = ()
            self.table.clear()
        self._measure = None  # until both columns are complete again
        count = len(processes)
        changed = changed_places(processes, known)
        self.changed = count != len(self._processes) or known is not self._processes
        for column in (self.badness, self.pages):
            del column[count:]
            column.extend([0] * (count - len(column)))
        step = snapshot.scope.total_pages // 1000
        plain = scale == "plain"
        for p in (*map(known.__getitem__, takewhile(len(known).__gt__, changed)), *known[count:]):
            self.table.pop(p.pid, None)
        self.table |= {processes[n].pid: processes[n] for n in changed}
        for n in changed:
            p = processes[n]
            rss, adj = p.rss, p.oom_score_adj
            # The common case of `why_not` and `badness_of`, inlined: a call per row would double the cost.
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
                its = None if why_not(p, scale) else badness_of(p, snapshot, scale)
                points, pages = (NEVER, 0) if its is None else (its, p.pages or 0)
            if self.changed or points != self.badness[n] or pages != self.pages[n] or p.identity != known[n].identity:
                self.badness[n], self.pages[n], self.changed = points, pages, True
        self._processes, self._measure = processes, measure
        if self.changed:
            self.order = None
