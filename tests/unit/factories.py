"""Synthetic facts and judgements: what a test doesn't name has an ordinary value."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import PAGE_SIZE, Memory, OomPolicy, Process, Scope, Snapshot
from oomtray.risk.assessment import App, Assessment, Killer, Level, Risk, Victim

MIB = 1 << 20
GIB = 1 << 30


def process(pid: int = 4242, **changes: Any) -> Process:
    facts: dict[str, Any] = {
        "pid": pid,
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
    return Process(**(facts | changes))


def memory(**changes: Any) -> Memory:
    facts: dict[str, Any] = {
        "total": 16 * GIB,
        "available": 8 * GIB,
        "swap_total": 8 * GIB,
        "swap_free": 6 * GIB,
        "psi_some_avg10": 0.5,
        "psi_full_avg10": 0.25,
        "oom_kills": 3,
    }
    return Memory(**(facts | changes))


def snapshot(processes: tuple[Process, ...] = (), **changes: Any) -> Snapshot:
    mem = changes.pop("memory", memory())
    facts: dict[str, Any] = {
        "time": 1795370575.25,
        "at": 1000.0,
        "memory": mem,
        "scope": Scope("system", mem.total_pages),
        "scale": "shifted",
        "complete": True,
        "policy": OomPolicy(0, 0),
        "processes": processes,
        "full": True,
        "kernel_release": (6, 1),
        "cpus": 2,
    }
    return Snapshot(**(facts | changes))


def risk(pid: int = 4242, rank: int | None = 1, *, process_: Process | None = None, **changes: Any) -> Risk:
    """A row of `process(pid)` or of `process_`; without a rank it has no memory and can't be chosen."""
    chosen = process_ or process(pid)
    badness = None if chosen.pages is None else chosen.pages
    facts: dict[str, Any] = {
        "process": chosen,
        "badness": badness,
        "share": None if badness is None else badness * 1000 / (24 * GIB // PAGE_SIZE),
        "rank": rank,
        "why_not": None if rank is not None else "adj-minimum",
        "warning": "elevated" if rank == 1 else "none",
        "reasons": ("next-victim",) if rank == 1 else (),
    }
    return Risk(**(facts | changes))


def app(key: str = "firefox", members: tuple[Risk, ...] = (), **changes: Any) -> App:
    facts: dict[str, Any] = {
        "key": key,
        "name": key.title(),
        "kind": "app",
        "members": members,
        "memory": 500 * MIB,
        "memory_from": "sum",
        "age": 0.5,
        "share": 20.0,
        "rank": 1,
    }
    return App(**(facts | changes))


def assessment(risks: tuple[Risk, ...] | None = None, **changes: Any) -> Assessment:
    """By default three processes, of which the first is the next victim."""
    rows = (risk(1001, 1), risk(1002, 2), risk(1003, 3)) if risks is None else risks
    first = next((row for row in rows if row.rank == 1), None)
    facts: dict[str, Any] = {
        "snapshot": snapshot(tuple(row.process for row in rows)),
        "level": Level(),
        "risks": rows,
        "victim": None if first is None else Victim("kernel", first),
        "killers": (Killer("kernel", True, () if first is None else (first.process.pid,), None),),
        "process_count": len(rows),
    }
    return Assessment(**(facts | changes))
