"""Explain in numbers why a process has its badness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.snapshot import PAGE_SIZE, Process, Snapshot
from oomtray.records import dataclass
from oomtray.risk.badness import scale_of, share
from oomtray.risk.judged import Risk
from oomtray.risk.ranking import Ranked, Ranking, rank

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.risk.assessment import Assessment

Note = Literal[
    "runtime-not-counted",  # since 2.6.36
    "nice-not-counted",  # since 2.6.36
    "root-bonus-gone",  # since 4.17
    "root-bonus-counts",  # before: 3 % of its memory is taken off for a process of root
    "children-not-counted",  # since 5.1
    "child-may-die-instead",  # before: a child with memory of its own is killed in its parent's place
    "score-666-is-empty",  # since 5.9 an oom_score of 666 is badness 0
    "score-against-system",  # the rank is against a cgroup's limit, the shown oom_score against RAM + swap
    "estimated",  # its sizes or its adjustment can't be read: badness is estimated from oom_score
    "floor-of-one",  # before 5.9 badness is never below 1
    "oom_kill_allocating_task",  # the ranking is void
    "panic_on_oom",  # the ranking is void
    "incomplete",  # processes may be hidden
]
"""Public identifiers, used in the JSON."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The summands of badness in pages; None if unknown."""

    rss: int | None
    swap: int | None
    page_tables: int | None
    adjustment: int | None
    """oom_score_adj * (total pages / 1000, rounded down)."""


@dataclass(frozen=True, slots=True)
class Explanation:
    risk: Risk
    parts: Parts
    total_pages: int
    killable: int
    """How many processes the kernel could choose from."""
    without: Risk | None
    """The next victim if this process were protected."""
    after: Risk | None
    """The next victim after this process died, along with everything its unit or oom group takes with it."""
    notes: tuple[Note, ...]


def explain(assessment: Assessment, pid: int, *, sharers: Collection[int] = ()) -> Explanation:
    """Explain one process of a judged snapshot; `sharers` are PIDs that share its memory.

    Raise KeyError if the snapshot has no process with this PID.
    """
    snapshot = assessment.snapshot
    ranking = rank(snapshot)
    judged = {r.process.pid: r for r in assessment.risks}
    row = next((r for r in ranking.first + ranking.rest if r.process.pid == pid), None)
    if row is None:
        raise KeyError(pid)
    risk = judged.get(pid) or _unjudged(row, snapshot)
    as_one = {pid, *sharers}
    gone = set(as_one)
    victim = assessment.victim
    if victim is not None and victim.also is not None and victim.risk.process.pid == pid:
        gone.update(victim.also.pids)
    total = snapshot.scope.total_pages
    return Explanation(
        risk,
        _parts(risk.process, total),
        total,
        ranking.killable,
        _next(ranking, judged, as_one),
        _next(ranking, judged, gone),
        _notes(assessment, risk),
    )


def _parts(process: Process, total: int) -> Parts:
    adj = process.oom_score_adj
    return Parts(
        _in_pages(process.rss),
        _in_pages(process.swap),
        _in_pages(process.page_tables),
        None if adj is None else adj * (total // 1000),
    )


def _in_pages(count: int | None) -> int | None:
    return None if count is None else count // PAGE_SIZE


def _next(ranking: Ranking, judged: dict[int, Risk], gone: set[int]) -> Risk | None:
    row = next((r for r in ranking.first if r.process.pid not in gone), None)
    return None if row is None else judged.get(row.process.pid) or _unjudged(row, ranking.snapshot)


def _unjudged(row: Ranked, snapshot: Snapshot) -> Risk:
    """Turn a row below the judged ones into a Risk with its numbers only."""
    per_mille = None if row.badness is None else share(row.badness, snapshot.scope.total_pages)
    return Risk(process=row.process, badness=row.badness, share=per_mille, rank=row.rank, why_not=row.why_not)


def _notes(assessment: Assessment, risk: Risk) -> tuple[Note, ...]:
    snapshot, process = assessment.snapshot, risk.process
    release = snapshot.kernel_release if snapshot.kernel_release > (0, 0) else (99, 0)
    notes: list[Note] = ["runtime-not-counted", "nice-not-counted"]
    notes.append("root-bonus-gone" if release >= (4, 17) else "root-bonus-counts")
    notes.append("children-not-counted" if release >= (5, 1) else "child-may-die-instead")
    shifted = scale_of(snapshot) == "shifted"
    if shifted:
        notes.append("score-666-is-empty")
    if snapshot.scope.kind == "cgroup":
        notes.append("score-against-system")
    if risk.badness is not None and (process.rss is None or process.oom_score_adj is None):
        notes.append("estimated")
    elif risk.badness is not None and not shifted and risk.badness == 1:
        notes.append("floor-of-one")
    for killer in assessment.killers:
        notes += killer.overrides
    if not snapshot.complete:
        notes.append("incomplete")
    return tuple(notes)
