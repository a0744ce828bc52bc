"""Snapshots of that machine, in which nothing is hidden and no sysctl voids the ranking."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import OomPolicy, Process, Scope, Snapshot
from tests.facts.memory import memory as ordinary_memory


def snapshot(*processes: Process, **changes: Any) -> Snapshot:
    """A whole scan of Linux 6.1 on two CPUs; its scope is all of `memory`."""
    memory = changes.pop("memory", None) or ordinary_memory()
    facts: dict[str, Any] = {
        "time": 1795370575.25,
        "at": 1000.0,
        "memory": memory,
        "scope": Scope("system", memory.total_pages),
        "scale": "shifted",
        "complete": True,
        "policy": OomPolicy(0, 0),
        "processes": processes,
        "full": True,
        "kernel_release": (6, 1),
        "cpus": 2,
    }
    return Snapshot(**(facts | changes))
