"""Turn a ranked snapshot into the assessment that the tray, the popup and the commands show.

There are two steps, so that processes are sorted once and consequences are read for the likely victims only:

    ranking = rank(snapshot, top)
    consequences = {p.pid: read(p) for p in ranking.contenders}
    assessment = assess(ranking, level=level, rows=settings.rows, consequences=consequences)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.config.settings import Rows
from oomtray.records import dataclass
from oomtray.risk.apps import app_of, group, sort_into_apps
from oomtray.risk.assessment import Assessment
from oomtray.risk.badness import badness_of
from oomtray.risk.badness import share as share_of
from oomtray.risk.judged import Risk
from oomtray.risk.killers import judged
from oomtray.risk.killers.base import Candidates
from oomtray.risk.outlook import Forecast, Level, Reading
from oomtray.risk.ranking import Ranked, Ranking, rank
from oomtray.risk.reasons import Context, reasons, warning
from oomtray.risk.set_here import NOTHING, SetHere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.kernel.snapshot import CgroupMemory, Consequences, Process
    from oomtray.risk.apps import Grouping, Scripts
    from oomtray.risk.conditions import Condition
    from oomtray.risk.growing_apps import GrowingApp
    from oomtray.risk.limited_group import LimitedGroup

_NOTHING: Mapping[int, Consequences] = {}
_UNCHANGED: Mapping[tuple[int, int], float] = {}
_NOT_READ: Mapping[int, int] = {}
_NO_SCRIPTS: Scripts = {}
_NOT_CHARGED: Mapping[str, CgroupMemory] = {}
_UNKNOWN = Forecast()


def assess(
    ranking: Ranking,
    *,
    level: Level,
    rows: Rows,
    changes: Mapping[tuple[int, int], float] = _UNCHANGED,
    consequences: Mapping[int, Consequences] = _NOTHING,
    set_here: SetHere = NOTHING,
    private: Mapping[int, int] = _NOT_READ,
    grouping: Grouping | None = None,
    charged: Mapping[str, CgroupMemory] = _NOT_CHARGED,
    trail: tuple[Reading, ...] = (),
    forecast: Forecast = _UNKNOWN,
    conditions: tuple[Condition, ...] = (),
    growing: tuple[GrowingApp, ...] = (),
    limits: tuple[LimitedGroup, ...] = (),
) -> Assessment:
    """Judge the rows of a ranking.

    `changes` are bytes per second of rss + swap by (pid, start time); processes seen only once are missing.
    `set_here` are the oom_score_adj values that this program set, so that nothing else is named as their
    origin. `private` are resident and swapped bytes that no other process shares, by PID, for the processes
    for which they were read. With a `grouping`, which needs a ranking without a `top`, there are apps; `charged`
    is what their cgroups hold, by path.
    """
    snapshot = ranking.snapshot
    waits = snapshot.scope.waits
    close = frozenset() if waits else frozenset(row.process.pid for row in ranking.near)
    context = Context(ranking.table, close, consequences, set_here, ranking.most_pages, nobody_next=waits)
    judge = _Judge(snapshot.scope.total_pages, rows, changes, context, grouping, private)
    risks = tuple(judge.risk(row) for row in ranking.first + ranking.rest)
    near = tuple(judge.risk(row) for row in ranking.near)

    def of_process(process: Process) -> Risk:
        """Judge a process that another killer chose; its kernel rank is None if it isn't among the first."""
        known = next((risk for risk in risks if risk.process is process), None)
        return known or judge.risk(Ranked(process, badness_of(process, snapshot, ranking.scale), None, None))

    return Assessment(
        snapshot=snapshot,
        level=level,
        risks=risks,
        killers=judged(Candidates(snapshot, risks, near, consequences, of_process)),
        apps=() if grouping is None else group(risks, charged, snapshot.at, grouping),
        trail=trail,
        forecast=forecast,
        process_count=len(snapshot.processes),
        conditions=conditions,
        growing=growing,
        limits=limits,
    )


def with_apps(assessment: Assessment, scripts: Scripts = _NO_SCRIPTS) -> Assessment:
    """Return an assessment that has its apps, grouped here if they weren't requested; `scripts` is as for `apps.app_of`.

    Their memory is then the sum of their members', since no cgroup was read for it.
    """
    if assessment.apps:
        return assessment
    snapshot = assessment.snapshot
    grouping = sort_into_apps(snapshot.processes, scripts)
    private = private_of(assessment)
    whole = assess(rank(snapshot), level=assessment.level, rows=Rows(), private=private, grouping=grouping)
    return replace(assessment, apps=whole.apps)


def private_of(assessment: Assessment) -> dict[int, int]:
    """Return the private bytes by PID that were read for an assessment, so that another of the same scan knows them."""
    return {risk.process.pid: risk.private for risk in assessment.risks if risk.private is not None}


@dataclass(frozen=True, slots=True)
class _Judge:
    """Everything a row is judged by."""

    total: int
    rows: Rows
    changes: Mapping[tuple[int, int], float]
    context: Context
    grouping: Grouping | None
    private: Mapping[int, int]

    def risk(self, row: Ranked) -> Risk:
        process = row.process
        app = self.grouping.ids.get(process.pid) if self.grouping else app_of(process, self.context.table)
        share = None if row.badness is None else share_of(row.badness, self.total)
        return Risk(
            process=process,
            badness=row.badness,
            share=share,
            rank=row.rank,
            why_not=row.why_not,
            warning=warning(share, row.rank, self.rows, nobody_next=self.context.nobody_next),
            reasons=reasons(row, share, self.rows, self.context),
            app=app.key if app else None,
            unit=app.unit if app else None,
            change=self.changes.get(process.identity),
            private=self.private.get(process.pid),
        )
