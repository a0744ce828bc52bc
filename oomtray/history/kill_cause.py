"""Find the cause of a kill from the recorded readings around it and its report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.history.samples import read
from oomtray.risk.before_kill import SECONDS, Moment, best_cause

if TYPE_CHECKING:
    import sqlite3

    from oomtray.risk.kill_event import KillEvent

_AFTER = 180.0
"""Seconds after a kill, whose readings show what it freed."""


def moments(connection: sqlite3.Connection, event: KillEvent) -> list[Moment]:
    """Return the readings around the kill, oldest first, mostly before it; empty if its time is unknown."""
    if event.time is None:
        return []
    return [
        Moment(
            sample.time,
            sample.memory.total,
            sample.memory.available,
            sample.memory.swap_total,
            sample.memory.swap_free,
            sample.memory.swap_worth,
            tuple((app.name, app.memory) for app in sample.apps),
        )
        for sample in read(connection, event.time - SECONDS, event.time + _AFTER)
    ]


def with_cause(connection: sqlite3.Connection, event: KillEvent) -> KillEvent:
    """Add the most certain cause to the event."""
    return replace(event, cause=best_cause(event, moments(connection, event)))
