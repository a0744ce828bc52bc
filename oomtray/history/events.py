"""Events: kills, changes by hand or by a rule, and notifications.

Each is stored once, however many programs record it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, get_args

from oomtray.history.schema import EVENTS_KEPT, EVENTS_MOST
from oomtray.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

Kind = Literal["kill", "change", "told", "kill-told", "step-in", "set-aside"]
"""`kill-told` only notes which kills the user was told of; `step-in`: an expendable app was ended to keep the
computer responsive; `set-aside`: the previous record was unusable, and this one begins.
"""

_KINDS: tuple[Kind, ...] = get_args(Kind)
_DROP = (
    "DELETE FROM event WHERE kind = :kind AND time < max(:oldest, coalesce("
    "(SELECT time FROM event WHERE kind = :kind ORDER BY time DESC LIMIT 1 OFFSET :most - 1), 0))"
)
"""Delete old events of one kind, using only the index."""
_LAST = (
    "SELECT json_extract(change.value, '$.to') FROM event, json_each(event.data, '$.changes') AS change"
    " WHERE event.kind = 'change' AND event.time >= ? AND json_extract(event.data, '$.by') = 'rule'"
    " AND CASE change.type WHEN 'object' THEN json_extract(change.value, '$.pid') END = ? ORDER BY event.time DESC, event.id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with its details as JSON has them."""

    kind: Kind
    key: str
    """Identity of the event within its kind, the same whichever program recorded it."""
    time: float
    """Seconds since 1970."""
    data: dict[str, Any]


def event_of(facts: dict[str, Any]) -> Event | None:
    """Build an event from fields read from a file; None if they are invalid."""
    match facts:
        case {"kind": str(kind), "key": str(key), "time": int() | float() as time, "data": dict(data)} if kind in _KINDS:
            return Event(kind, key, time, data)
    return None


def put_events(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Add events; an existing one gets the newer details, because these become known one by one."""
    connection.executemany(
        "INSERT INTO event (kind, key, time, data) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data",
        [(event.kind, event.key, event.time, json.dumps(event.data)) for event in events],
    )


def drop_old(connection: sqlite3.Connection, now: float) -> None:
    """Delete events that are too old by `samples.settled`, and those above the maximum of each kind.

    `now` in seconds since 1970.
    """
    from oomtray.history.samples import settled

    oldest = settled(connection, now) - EVENTS_KEPT
    for kind in _KINDS:
        connection.execute(_DROP, {"kind": kind, "oldest": oldest, "most": EVENTS_MOST})


def set_by_rule(connection: sqlite3.Connection, pid: int, started: float) -> int | None:
    """Return the oom_score_adj that a rule last gave to a process that still lives; None if none is recorded.

    A change names its process by the PID alone, which nobody else has had since `started` (seconds since 1970).
    """
    row = connection.execute(_LAST, (started, pid)).fetchone()
    return None if row is None or not isinstance(row[0], int) else row[0]
