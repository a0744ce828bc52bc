"""Judgments put together by hand, for what only shows or looks up what was judged."""

from __future__ import annotations

from typing import Any

from oomtray.kernel.snapshot import Process
from oomtray.risk.assessment import Assessment
from oomtray.risk.badness import share
from oomtray.risk.judged import App, Risk
from oomtray.risk.killer import Killer, Victim
from oomtray.risk.outlook import Level
from tests.facts import MIB
from tests.facts.processes import process
from tests.facts.snapshots import snapshot


def risk(pid: int = 4242, *, of: Process | None = None, rank: int | None = 1, **changes: Any) -> Risk:
    """A row of `process(pid)` or of the process `of`; without a rank it can't be chosen."""
    chosen = of or process(pid)
    facts: dict[str, Any] = {
        "process": chosen,
        "badness": chosen.pages,
        "share": None if chosen.pages is None else share(chosen.pages, snapshot().scope.total_pages),
        "rank": rank,
        "why_not": None if rank is not None else "adj-minimum",
        "warning": "elevated" if rank == 1 else "none",
        "reasons": ("next-victim",) if rank == 1 else (),
    }
    return Risk(**(facts | changes))


def app(key: str = "firefox", *, members: tuple[Risk, ...] = (), **changes: Any) -> App:
    """One of 500 MiB, named after its key, that has the next victim in it."""
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


def victim(chosen: Risk | None = None, **changes: Any) -> Victim:
    """The kernel's, alone: nobody near and nobody who goes with it."""
    return Victim(**({"killer": "kernel", "risk": chosen or risk()} | changes))


def killer(**changes: Any) -> Killer:
    """The kernel, which runs always, has no threshold and here nobody to kill."""
    return Killer(**({"name": "kernel", "victim": None} | changes))


def assessment(*, risks: tuple[Risk, ...] | None = None, **changes: Any) -> Assessment:
    """A calm machine, by default with three processes, of which the first is the next victim.

    `victim` and `overrides` are the kernel's.
    """
    rows = (risk(1001, rank=1), risk(1002, rank=2), risk(1003, rank=3)) if risks is None else risks
    first = next((row for row in rows if row.rank == 1), None)
    kernel = {"victim": None if first is None else victim(first), "overrides": ()}
    kernel |= {name: changes.pop(name) for name in kernel if name in changes}
    facts: dict[str, Any] = {
        "snapshot": snapshot(*(row.process for row in rows)),
        "level": Level(),
        "risks": rows,
        "killers": (killer(**kernel),),
        "process_count": len(rows),
    }
    return Assessment(**(facts | changes))
