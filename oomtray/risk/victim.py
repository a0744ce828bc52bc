"""Who dies next under each killer, and who goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.assessment import Also, Killer, Victim
from oomtray.risk.badness import ADJ_MIN, points_of, scale_of
from oomtray.risk.ranking import rank

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from oomtray.kernel.snapshot import Consequences, Process, Snapshot
    from oomtray.risk.assessment import Risk
    from oomtray.risk.ranking import Ranking

WHOLE_UNIT = frozenset({"stop", "kill"})
"""Values of OOMPolicy= that end the unit with one of its processes (systemd.service(5), systemd.scope(5))."""


def next_victim(risk: Risk, near: tuple[Risk, ...], consequences: Consequences | None) -> Victim:
    """What a person is told about the first in the ranking."""
    return Victim("kernel", risk, near, also(consequences, risk.process.pid) if consequences else None)


def also(consequences: Consequences, pid: int) -> Also | None:
    """Who else ends with this process: the larger of its oom group and its unit; None where it dies alone."""
    found: list[Also] = []
    if consequences.oom_group is not None:
        found.append(Also(consequences.oom_group, "memory-oom-group", consequences.group_pids))
    if consequences.unit is not None and consequences.unit_policy in WHOLE_UNIT:
        found.append(Also(consequences.unit, "oom-policy-stop", consequences.unit_pids))
    found = [one for one in found if any(other != pid for other in one.pids)]
    return max(found, key=lambda one: len(one.pids), default=None)


def overrides(snapshot: Snapshot) -> tuple[str, ...]:
    """The sysctls that void the ranking (mm/oom_kill.c, out_of_memory and check_panic_on_oom).

    In a cgroup that reached its limit oom_kill_allocating_task doesn't count, and panic_on_oom only as 2.
    """
    policy, system = snapshot.policy, snapshot.scope.kind == "system"
    names = []
    if policy.oom_kill_allocating_task and system:
        names.append("oom_kill_allocating_task")
    if policy.panic_on_oom and (system or policy.panic_on_oom == 2):
        names.append("panic_on_oom")
    return tuple(names)


def killers(ranking: Ranking) -> tuple[Killer, ...]:
    """Every killer and whom it would take next."""
    pids = tuple(r.process.pid for r in ranking.first[:1])
    return (Killer("kernel", True, pids, None, overrides(ranking.snapshot)),)


def foresee(
    snapshot: Snapshot, adjusted: Mapping[int, int], gone: Collection[int] = (), top: int | None = 1
) -> Ranking:
    """The ranking that would stand if these pids had these oom_score_adj and those in `gone` had ended."""
    processes = tuple(
        _adjusted(p, adjusted[p.pid], snapshot) if p.pid in adjusted else p
        for p in snapshot.processes
        if p.pid not in gone
    )
    return rank(replace(snapshot, processes=processes), top)


def _adjusted(process: Process, adj: int, snapshot: Snapshot) -> Process:
    """The process with another oom_score_adj; the shown score goes where it spoke of the old one."""
    before = process.oom_score_adj
    if adj == before:
        return process
    if before == ADJ_MIN:
        return process._replace(oom_score_adj=adj, oom_score=None)
    if process.rss is None and process.oom_score and before is not None:
        points = points_of(process, snapshot, scale_of(snapshot)) or 0
        pages = max(points - before * (snapshot.scope.total_pages // 1000), 1)
        return process._replace(oom_score_adj=adj, rss=pages * PAGE_SIZE)
    return process._replace(oom_score_adj=adj)
