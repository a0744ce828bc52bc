"""The kernel's badness, and what it is by the score that /proc/PID/oom_score derives from it.

Source: mm/oom_kill.c (`oom_badness`, `oom_unkillable_task`) and fs/proc/base.c (`proc_oom_score`), Linux 4.17
and later. Pages are pages of the machine; `total` is `totalpages`: RAM + swap, or a memory cgroup's limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process, ScoreScale, Snapshot
    from oomtray.risk.judged import WhyNot

ADJ_MIN = -1000
"""OOM_SCORE_ADJ_MIN, the one value that means never."""


def scale_of(snapshot: Snapshot) -> ScoreScale:
    """Return the scale observed on this machine, else the one of its kernel release, else the current one."""
    if snapshot.scale is not None:
        return snapshot.scale
    return "plain" if (0, 0) < snapshot.kernel_release < (5, 9) else "shifted"


def badness(pages: int, adj: int, total: int, scale: ScoreScale = "shifted") -> int:
    """Compute `oom_badness` in pages; `pages` is rss + swap + page tables.

    Like the kernel, round the adjustment's step, total / 1000, down first. Since 5.9 the result may be
    negative; before, an eligible process never had less than 1.
    """
    points = pages + adj * (total // 1000)
    return max(points, 1) if scale == "plain" else points


def badness_from_score(score: int, total: int, scale: ScoreScale) -> int:
    """Estimate the badness behind an oom_score: right to within one step, which is total / 1000 pages or 1.5 of them."""
    per_mille = score * 1.5 - 1000 if scale == "shifted" else score
    return round(per_mille * total / 1000)


def share(points: int, total: int) -> float | None:
    """Badness in thousandths of `total`, -1000..2000; None if the total is unknown."""
    return points * 1000 / total if total else None


def why_not(process: Process, scale: ScoreScale) -> WhyNot | None:
    """Return why the kernel would never choose this process, or None if it could.

    On the shifted scale the kernel shows 0 exactly for processes that it won't choose (an eligible process
    reads at least 1). That settles cases that no other file reveals: a vfork in progress, a process that is
    already being reaped, a zombie leader whose threads live on (killable), PID 1 of a container (killable).
    """
    shifted = scale == "shifted"
    if process.pid == 1 and not (shifted and process.oom_score):
        return "pid-1"
    if process.kernel_thread:
        return "kernel-thread"
    if process.rss is None and not process.oom_score:
        return "zombie" if process.state == "Z" else "no-memory"
    if process.oom_score_adj == ADJ_MIN:
        return "adj-minimum"
    if shifted and process.oom_score == 0:
        return "not-eligible"
    if process.oom_score_adj is None and process.oom_score is None:
        return "not-eligible"
    return None


def badness_of(process: Process, snapshot: Snapshot, scale: ScoreScale) -> int | None:
    """Badness of one process in the snapshot's scope, or None if it has no memory.

    It is estimated from the oom_score if sizes or adjustment can't be read (a zombie leader with live
    threads).
    """
    total, adj, pages = snapshot.scope.total_pages, process.oom_score_adj, process.pages
    if pages is not None and adj is not None:
        return badness(pages, adj, total, scale)
    if not process.oom_score or process.kernel_thread:
        return None
    system = snapshot.memory.total_pages
    about = badness_from_score(process.oom_score, system, scale)
    if adj is None:
        return about
    return badness(max(about - adj * (system // 1000), 1), adj, total, scale)
