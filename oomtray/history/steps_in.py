"""Apps that OOM Tray itself has ended to keep the computer responsive, read from the record as kills."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.history.kills import RecordedKill
from oomtray.risk.kill_event import Dead, KillEvent, KillScope

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_SELECT = "SELECT id, time, data FROM event WHERE kind = 'step-in'"


def read_steps_in(connection: sqlite3.Connection, since: float) -> Iterator[RecordedKill]:
    """Read them since a time, oldest first, without apps that were asked to end but didn't."""
    rows = connection.execute(f"{_SELECT} AND time >= ? ORDER BY time, id", (since,))
    for number, time, data in rows:
        event = _parsed(time, data)
        if event is not None:
            yield RecordedKill(number, event, new=False)


def read_step_in(connection: sqlite3.Connection, number: int) -> RecordedKill | None:
    row = connection.execute(f"{_SELECT} AND id = ?", (number,)).fetchone()
    event = None if row is None else _parsed(row[1], row[2])
    return None if event is None else RecordedKill(number, event, new=False)


def _parsed(time: float, data: str) -> KillEvent | None:
    """Parse an event; None if no process has ended, or this version can't read it."""
    try:
        told = json.loads(data)
        victims = tuple(_dead(one, told["name"]) for one in told["processes"] if one["ended"])
    except (ValueError, KeyError, TypeError):
        return None
    if not victims:
        return None
    return KillEvent(time=time, killer="oomtray", outcome="killed", victims=victims, scope=KillScope(kind="system"))


def _dead(process: dict[str, Any], app: str) -> Dead:
    """Describe an ended process; how much memory that freed was not measured."""
    return Dead(pid=process["pid"], start_time=process["start_time"], name=process["name"], app=app)
