"""Chooses who could go in the next victim's place without a password, as pure functions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.actions.preview import after, takes_session
from oomtray.risk.badness import ADJ_MIN
from oomtray.risk.certainty import void_by
from oomtray.risk.judged import Risk
from oomtray.risk.set_here import ORIGINS

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment

_LEAST_FREED = 0.02
"""Least share of RAM and swap that a death must free; with less, another kill would follow soon."""
_MOST_TRIED = 3


def by_size(assessment: Assessment, uid: int, own_pid: int) -> list[Risk]:
    """Return the user's own killable processes, those that would free most first."""
    rows = [risk for risk in assessment.risks if risk.rank is not None and risk.frees is not None]
    seen = {risk.process.identity for risk in assessment.risks}
    rows += [
        unranked(process)
        for process in assessment.snapshot.processes
        if process.identity not in seen and process.rss_anon is not None and process.oom_score_adj != ADJ_MIN
    ]
    mine = [risk for risk in rows if may_be_hit(risk.process, uid, own_pid)]
    return sorted(mine, key=lambda risk: -(risk.frees or 0))


def may_be_hit(process: Process, uid: int, own_pid: int) -> bool:
    """Whether a process may be chosen: neither this program nor one whose death would end the whole session."""
    return uid in (0, process.uid) and process.pid != own_pid and not takes_session(process)


def unranked(process: Process) -> Risk:
    """Return a Risk for a process that wasn't judged, since only the first rows are while nobody looks."""
    return Risk(process=process, badness=None, share=None, rank=None, why_not=None)


def goes_as_chosen(victim: Risk) -> bool:
    """Whether the user let it go first, by hand or by a rule: then nobody else is to go in its place."""
    return not ORIGINS.isdisjoint(victim.reasons) and (victim.process.oom_score_adj or 0) > 0


def in_its_place(assessment: Assessment, adj: int, uid: int | None = None, own_pid: int | None = None) -> Risk | None:
    """Return the largest process of another app that this oom_score_adj would make the next victim.

    None if none helps, or if the user has chosen the victim to go first: that is what was wanted.
    """
    victim, killer = assessment.victim, assessment.killer
    if victim is None or killer is None or void_by(assessment) is not None:
        return None
    if goes_as_chosen(victim.risk):
        return None
    gone = {victim.risk.process.pid, *(killer.takes.pids if killer.takes is not None else ())}
    memory = assessment.snapshot.memory
    worth = _LEAST_FREED * (memory.total + (memory.swap_total or 0))
    mine = by_size(assessment, os.getuid() if uid is None else uid, os.getpid() if own_pid is None else own_pid)
    others = [one for one in mine if one.process.pid not in gone and (one.app is None or one.app != victim.risk.app)]
    services = {app.key for app in assessment.apps if app.kind in ("service", "session")}
    for other in [one for one in others if one.app not in services][:_MOST_TRIED]:
        if (other.frees or 0) < worth or not 0 <= (other.process.oom_score_adj or 0) <= adj:
            continue  # don't sacrifice what somebody protects
        then = after(assessment, {other.process.pid: adj}).victim
        if then is not None and then.risk.process.identity == other.process.identity:
            return other
    return None
