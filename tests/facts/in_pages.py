"""Processes and snapshots for the kernel's arithmetic: sized in pages, on a machine where one step of oom_score_adj is 2000."""

from __future__ import annotations

from typing import Any

from oomtray.config import Rows
from oomtray.kernel.snapshot import PAGE_SIZE, Process, Scope, Snapshot
from oomtray.risk.assess import assess
from oomtray.risk.assessment import Assessment
from oomtray.risk.badness import badness
from oomtray.risk.outlook import Level
from oomtray.risk.ranking import rank
from tests.facts import processes, snapshots
from tests.facts.memory import memory
from tests.facts.shown_score import shown_score

TOTAL_PAGES = 2_000_000
"""RAM without swap, some 8 GB."""
STEP = TOTAL_PAGES // 1000


def process(pid: int, *, pages: int | None = 1000, adj: int | None = 0, **facts: Any) -> Process:
    """One whose memory is all anonymous, without a program or a unit; `pages` None makes one without memory."""
    sizes = None if pages is None else pages * PAGE_SIZE
    rest = None if pages is None else 0
    known: dict[str, Any] = {
        "start_time": pid * 10,
        "name": f"p{pid}",
        "oom_score": _score(pages, adj),
        "oom_score_adj": adj,
        "rss": sizes,
        "rss_anon": sizes,
        "swap": rest,
        "page_tables": rest,
        "cgroup": "/",
        "unit_cgroup": "/",
        "exe": None,
        "read_at": 100.0,
    }
    return processes.process(pid, **(known | facts))


def _score(pages: int | None, adj: int | None) -> int | None:
    """As Linux 5.9 and later shows it on this machine."""
    if pages is None or adj == -1000:
        return 0
    return None if adj is None else shown_score(badness(pages, adj, TOTAL_PAGES), TOTAL_PAGES, "shifted")


def snapshot(
    *of: Process, total_pages: int = TOTAL_PAGES, release: tuple[int, int] = (6, 18), **facts: Any
) -> Snapshot:
    """On one CPU, where the kernel's counters err least."""
    known: dict[str, Any] = {
        "at": 100.0,
        "memory": memory(total=total_pages * PAGE_SIZE, used=50, swap_total=0, swap_free=0),
        "scope": Scope("system", total_pages),
        "kernel_release": release,
        "cpus": 1,
    }
    return snapshots.snapshot(*of, **(known | facts))


def judged(view: Snapshot, **facts: Any) -> Assessment:
    """Every row judged, calm, with the default thresholds."""
    return assess(rank(view), level=Level(), rows=Rows(), **facts)
