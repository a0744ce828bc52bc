"""Processes and snapshots for tests of `oomtray.risk`, in which only what a test is about needs saying."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import PAGE_SIZE, Memory, OomPolicy, Process, Scope, ScoreScale, Snapshot
from oomtray.risk.badness import badness, shown_score

MIB = 1024 * 1024
TOTAL_PAGES = 2_000_000
"""About 8 GB: one step of oom_score_adj is 2000 pages."""


def process(pid: int, pages: int | None = 1000, *, adj: int | None = 0, **facts: Any) -> Process:
    """A process whose memory is all anonymous; `pages` None makes one without memory."""
    sizes = None if pages is None else pages * PAGE_SIZE
    known: dict[str, Any] = {
        "pid": pid,
        "start_time": pid * 10,
        "name": f"p{pid}",
        "state": "S",
        "ppid": 1,
        "session": pid,
        "uid": 1000,
        "kernel_thread": False,
        "oom_score": _score(pages, adj),
        "oom_score_adj": adj,
        "rss": sizes,
        "rss_anon": sizes,
        "swap": None if pages is None else 0,
        "page_tables": None if pages is None else 0,
        "cgroup": "/",
        "unit_cgroup": "/",
        "exe": None,
        "read_at": 100.0,
    }
    return Process(**(known | facts))


def _score(pages: int | None, adj: int | None) -> int | None:
    """As Linux 5.9 and later shows it on a machine of `TOTAL_PAGES`."""
    if pages is None or adj == -1000:
        return 0
    return None if adj is None else shown_score(badness(pages, adj, TOTAL_PAGES), TOTAL_PAGES, "shifted")


def snapshot(
    *processes: Process,
    total_pages: int = TOTAL_PAGES,
    scope: Scope | None = None,
    release: tuple[int, int] = (6, 18),
    scale: ScoreScale | None = "shifted",
    **facts: Any,
) -> Snapshot:
    total = total_pages * PAGE_SIZE
    known: dict[str, Any] = {
        "time": 1.0,
        "at": 100.0,
        "memory": memory(50, total=total),
        "scope": scope or Scope("system", total_pages),
        "scale": scale,
        "complete": True,
        "policy": OomPolicy(0, 0),
        "processes": processes,
        "full": True,
        "kernel_release": release,
        "cpus": 1,
    }
    return Snapshot(**(known | facts))


def memory(used: float | None, stall: float | None = 0.0, total: int = 1000 * MIB) -> Memory:
    """Per cent of memory used and of time fully stalled."""
    available = None if used is None else round(total * (1 - used / 100))
    return Memory(total, available, 0, 0, stall, stall, 0)
