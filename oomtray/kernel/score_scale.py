"""Detect the scale of /proc/PID/oom_score by comparing the kernel's numbers with both formulas.

Linux 5.9 changed fs/proc/base.c: proc_oom_score from badness * 1000 / totalpages, floored at 0, to (1000 +
badness * 1000 / totalpages) * 2 / 3. Distributions backport, so the version string alone doesn't decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process, ScoreScale

_ENOUGH = 16


def detect_scale(processes: Iterable[Process], total_pages: int) -> ScoreScale | None:
    """Return the scale that fits most processes with memory; None if there is nothing to compare."""
    votes = {"shifted": 0, "plain": 0}
    for process in processes:
        pages, adj, score = process.pages, process.oom_score_adj, process.oom_score
        if pages is None or adj is None or score is None or adj <= -999 or process.pid == 1:
            continue
        share = (pages + adj * (total_pages // 1000)) * 1000 / total_pages
        shifted, plain = (1000 + share) * 2 / 3, max(share, 0.0)
        if score == 0 and share < 1:
            continue  # an empty process on the plain scale, or one that can't be chosen on the shifted one
        votes["shifted" if abs(score - shifted) < abs(score - plain) else "plain"] += 1
        if sum(votes.values()) >= _ENOUGH:
            break
    if not any(votes.values()):
        return None
    return "shifted" if votes["shifted"] >= votes["plain"] else "plain"
