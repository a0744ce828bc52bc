"""Turn a kill report from a log into a kill event: its facts, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.app_names import named_by
from oomtray.risk.free_memory import free_memory
from oomtray.risk.kill_event import Dead, KillEvent, KillScope, Source, Trigger
from oomtray.risk.postmortem import cause, ranking, total_pages
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.facts import Killed, KillReport


def from_report(report: KillReport, source: Source = "log", most_ranked: int | None = None) -> KillEvent:
    """Build the event of a log's report; `most_ranked` is `most` of `ranking`."""
    size = report.machine.page_size
    why = cause(report)
    invoker = report.invoker
    return KillEvent(
        time=report.time,
        not_before=report.not_before,
        killer=report.killer,
        outcome=report.outcome,
        victims=tuple(_dead(one) for one in report.victims),
        scope=_scope(report),
        trigger=None if invoker is None else Trigger(invoker.pid, invoker.name),
        chosen=report.chosen,
        constraint=report.constraint,
        manual=report.manual,
        allocating=report.allocating,
        lowered=report.lowered,
        sources=(source,),
        asked_by=report.asked_by,
        cause=why,
        free=free_memory(report, why),
        ranking=ranking(report, most_ranked),
        page_size=size,
    )


def from_own_log(report: KillReport) -> KillEvent:
    """Build the event of a report in this machine's log, in which systemd speaks of units too."""
    if report.from_unit:
        return from_report(report, "unit-result")
    return from_report(report, "kernel-log" if report.killer == "kernel" else "log")


def _scope(report: KillReport) -> KillScope | None:
    limit = report.limit
    if limit is not None or report.constraint == "memcg":
        return KillScope(
            kind="cgroup",
            path=None if limit is None else limit.path,
            limit=None if limit is None else limit.limit,
            total_pages=total_pages(report),
        )
    return None if report.constraint is None else KillScope(kind="system", total_pages=total_pages(report))


def _dead(victim: Killed) -> Dead:
    unit = unit_of(victim.cgroup)
    app = named_by(victim.cgroup)
    return Dead(
        pid=victim.pid,
        name=victim.name,
        freed=victim.freed,
        oom_score_adj=victim.adj,
        uid=victim.uid,
        unit=None if unit is None else unit.name,
        app=None if app is None else app.name,
        command=victim.command,
    )
