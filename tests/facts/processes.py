"""Processes as a desktop has them, sized in bytes."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import Process
from tests.facts import MIB


def process(pid: int = 4242, **changes: Any) -> Process:
    """One of 100 MiB, of which 80 are its own, that sleeps in the login session of uid 1000."""
    facts: dict[str, Any] = {
        "start_time": 812345,
        "name": f"program{pid}",
        "state": "S",
        "ppid": 1,
        "session": pid,
        "uid": 1000,
        "kernel_thread": False,
        "oom_score": 700,
        "oom_score_adj": 0,
        "rss": 100 * MIB,
        "rss_anon": 80 * MIB,
        "swap": 0,
        "page_tables": MIB,
        "cgroup": "/user.slice",
        "unit_cgroup": "/user.slice",
        "exe": f"/usr/bin/program{pid}",
        "read_at": 1000.0,
    }
    return Process(pid=pid, **(facts | changes))


def kernel_thread(pid: int = 2, **changes: Any) -> Process:
    """One without memory of its own, which the kernel shows at oom_score 0."""
    facts: dict[str, Any] = {
        "name": "kthreadd",
        "ppid": 0,
        "uid": 0,
        "kernel_thread": True,
        "oom_score": 0,
        **NO_MEMORY,
        "cgroup": "/",
        "unit_cgroup": "/",
        "exe": None,
    }
    return process(pid, **(facts | changes))


NO_MEMORY: dict[str, Any] = {"rss": None, "rss_anon": None, "swap": None, "page_tables": None}
"""What a kernel thread and a zombie say of their size."""
