"""From a ranked snapshot to what everybody is shown.

Two steps, so that sorting is done once and only the likely victims' consequences are read in between:

    ranking = rank(snapshot, top)
    consequences = {p.pid: read(p) for p in ranking.contenders}
    assessment = assess(ranking, level=level, rows=settings.rows, consequences=consequences)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.apps import app_of, group, sort_into_apps
from oomtray.risk.assessment import Assessment, Risk
from oomtray.risk.badness import share as share_of
from oomtray.risk.reasons import reasons, warning
from oomtray.risk.victim import killers, next_victim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.snapshot import Consequences, Process
    from oomtray.risk.apps import Grouping
    from oomtray.risk.assessment import Level, Reading
    from oomtray.risk.marks import RowMarks
    from oomtray.risk.ranking import Ranked, Ranking

_NOTHING: Mapping[int, Consequences] = {}
_UNCHANGED: Mapping[tuple[int, int], float] = {}


def assess(
    ranking: Ranking,
    *,
    level: Level,
    rows: RowMarks,
    changes: Mapping[tuple[int, int], float] = _UNCHANGED,
    consequences: Mapping[int, Consequences] = _NOTHING,
    apps: bool = False,
    grouping: Grouping | None = None,
    trail: tuple[Reading, ...] = (),
    rate: float | None = None,
    seconds_left: float | None = None,
) -> Assessment:
    """Judge the rows that `ranking` put in order.

    `changes` are bytes per second of rss + swap by (pid, start time); a process without one was not seen twice.
    `apps` groups all processes, so the ranking must have been made without a `top`; `grouping` is theirs where it was
    already made to read the control groups.
    """
    snapshot = ranking.snapshot
    if apps and grouping is None:
        grouping = sort_into_apps(snapshot.processes)
    judge = _Judge(ranking, rows, changes, consequences, grouping)
    risks = tuple(judge.risk(row) for row in ranking.first + ranking.rest)
    victim = None
    if ranking.first:
        near = tuple(judge.risk(row) for row in ranking.near)
        first = risks[0]
        victim = next_victim(first, near, consequences.get(first.process.pid))
    grouped = group(risks, snapshot.cgroup_memory, snapshot.at, grouping) if apps else ()
    return Assessment(
        snapshot,
        level,
        risks,
        victim,
        killers(ranking),
        grouped,
        trail,
        rate,
        seconds_left,
        len(snapshot.processes),
    )


class _Judge:
    """What is looked up for every row, looked up once."""

    def __init__(
        self,
        ranking: Ranking,
        rows: RowMarks,
        changes: Mapping[tuple[int, int], float],
        consequences: Mapping[int, Consequences],
        grouping: Grouping | None,
    ) -> None:
        self._ranking, self._rows, self._changes, self._consequences = ranking, rows, changes, consequences
        self._total = ranking.snapshot.scope.total_pages
        self._near = {row.process.pid for row in ranking.near}
        self._table: dict[int, Process] = {p.pid: p for p in ranking.snapshot.processes}
        self._ids = grouping.ids if grouping else None

    def risk(self, row: Ranked) -> Risk:
        process = row.process
        app = self._ids.get(process.pid) if self._ids else app_of(process, self._table)
        share = None if row.badness is None else share_of(row.badness, self._total)
        return Risk(
            process,
            row.badness,
            share,
            row.rank,
            row.why_not,
            warning(share, row.rank, self._rows),
            reasons(
                row,
                share,
                self._rows,
                near=process.pid in self._near,
                parent=self._table.get(process.ppid),
                consequences=self._consequences.get(process.pid),
                most_pages=self._ranking.most_pages,
            ),
            app.key if app else None,
            app.unit if app else None,
            self._changes.get(process.identity),
        )
