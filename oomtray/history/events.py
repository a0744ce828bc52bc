"""What happened: kills, changes by hand or by a rule, and what was told. Each once, however many programs record it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, get_args

from oomtray.history.schema import EVENTS_KEPT, EVENTS_MOST
from oomtray.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

Kind = Literal["kill", "change", "told", "kill-told", "step-in", "set-aside"]
"""`kill-told` only remembers of which kills the user was told; `step-in`: an expendable app was ended to keep the computer
responsive; `set-aside`: the record before could not be used, and this one begins."""

_KINDS: tuple[Kind, ...] = get_args(Kind)
_DROP = (
    "DELETE FROM event WHERE kind = :kind AND time < max(:oldest, coalesce("
    "(SELECT time FROM event WHERE kind = :kind ORDER BY time DESC LIMIT 1 OFFSET :most - 1), 0))"
)
"""Of one kind, by the index alone."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with its details as JSON has them."""

    kind: Kind
    key: str
    """What tells events of one kind apart: the same for the same event, whoever recorded it."""
    time: float
    """Seconds since 1970."""
    data: dict[str, Any]


def event_of(facts: dict[str, Any]) -> Event | None:
    """The event whose fields these are, as they come from a file; None where they are none."""
    match facts:
        case {"kind": str(kind), "key": str(key), "time": int() | float() as time, "data": dict(data)} if kind in _KINDS:
            return Event(kind, key, time, data)
    return None


def put_events(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Add events; one that is there already takes the newer details, as they become known one after the other."""
    connection.executemany(
        "INSERT INTO event (kind, key, time, data) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (kind, key) DO UPDATE SET data = excluded.data",
        [(event.kind, event.key, event.time, json.dumps(event.data)) for event in events],
    )


def drop_old(connection: sqlite3.Connection, now: float) -> None:
    """What is too old, by the time that `samples.settled` tells, and of each kind what is more than is kept.

    `now` in seconds since 1970.
    """
    from oomtray.history.samples import settled

    oldest = settled(connection, now) - EVENTS_KEPT
    for kind in _KINDS:
        connection.execute(_DROP, {"kind": kind, "oldest": oldest, "most": EVENTS_MOST})


def read_events(connection: sqlite3.Connection, kind: Kind, since: float, until: float) -> Iterator[Event]:
    """Those of a period, oldest first."""
    for key, time, data in connection.execute(
        "SELECT key, time, data FROM event WHERE kind = ? AND time >= ? AND time < ? ORDER BY time",
        (kind, since, until),
    ):
        yield Event(kind, key, time, json.loads(data))
