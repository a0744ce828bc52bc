"""Which processes die together, and which would be next after a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE, Consequences, Process, Snapshot
from oomtray.risk.badness import ADJ_MIN, badness_of, scale_of
from oomtray.risk.killer import Also
from oomtray.risk.ranking import Ranking, rank

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE_UNIT = frozenset({"stop", "kill"})
"""Values of OOMPolicy= that end a whole unit with one of its processes (systemd.service(5), systemd.scope(5))."""


def also(consequences: Consequences, pid: int) -> Also | None:
    """Return what ends with this process, the larger of its oom group and its unit; None if it dies alone."""
    found: list[Also] = []
    if consequences.oom_group is not None:
        found.append(Also(consequences.oom_group, "memory-oom-group", consequences.group_pids))
    by_policy = consequences.unit_policy in WHOLE_UNIT
    if consequences.unit is not None and (by_policy or consequences.main):
        found.append(Also(consequences.unit, "oom-policy-stop", consequences.unit_pids, main=not by_policy))
    found = [one for one in found if any(other != pid for other in one.pids)]
    return max(found, key=lambda one: len(one.pids), default=None)


def foresee(snapshot: Snapshot, adjusted: Mapping[int, int], top: int | None = 1) -> Ranking:
    """Rank the snapshot as if these PIDs had the given oom_score_adj."""
    processes = tuple(_adjusted(p, adjusted[p.pid], snapshot) if p.pid in adjusted else p for p in snapshot.processes)
    return rank(snapshot._replace(processes=processes), top)


def _adjusted(process: Process, adj: int, snapshot: Snapshot) -> Process:
    """Give the process another oom_score_adj, and its shown score the corresponding change."""
    before = process.oom_score_adj
    if adj == before:
        return process
    if before == ADJ_MIN:
        return process._replace(oom_score_adj=adj, oom_score=None)
    if process.rss is None and process.oom_score and before is not None:
        points = badness_of(process, snapshot, scale_of(snapshot)) or 0
        pages = max(points - before * (snapshot.scope.total_pages // 1000), 1)
        process = process._replace(rss=pages * PAGE_SIZE)
    return process._replace(oom_score_adj=adj, oom_score=_shown(process, adj, snapshot))


def _shown(process: Process, adj: int, snapshot: Snapshot) -> int | None:
    """Return the oom_score that /proc would show, by which other killers choose; at least 1."""
    if not process.oom_score or process.oom_score_adj is None:
        return process.oom_score
    step = adj - process.oom_score_adj
    return max(process.oom_score + (round(step * 2 / 3) if scale_of(snapshot) == "shifted" else step), 1)
