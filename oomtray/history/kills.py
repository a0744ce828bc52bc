"""Kills in the record: one row per kill, whichever source reports it, however often and in whatever order.

Apps that OOM Tray itself has ended to keep the computer responsive are read as kills too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.history.events import Event, put_events
from oomtray.history.schema import RANKINGS_MOST, TIERS
from oomtray.history.sound_rows import LATEST
from oomtray.records import dataclass
from oomtray.risk.kill_event import KillEvent, merged, same_kill, shares_victim

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_WINDOW = 150.0
"""Seconds around a kill within which another report of it may lie."""
# of the table itself, beside the view of sound rows, which would parse each once more
_SELECT = f"SELECT id, data FROM main.event WHERE kind = 'kill' AND typeof(data) = 'text' AND time BETWEEN max(?, 0) AND {LATEST}"  # noqa: S608
_DROP_RANKING = (
    "UPDATE event SET data = json_remove(data, '$.ranked', '$.ranking', '$.page_size') WHERE json_valid(data) AND id ="
    " (SELECT id FROM event WHERE kind = 'kill' ORDER BY time DESC LIMIT 1 OFFSET ?)"
)
"""Drop the ranking of one old kill; run for each new one."""
_MOST_RANKED = 100
"""Most rows of a ranking that are kept."""
_STEPS_IN = "SELECT id, time, data FROM event WHERE kind = 'step-in'"


@dataclass(frozen=True, slots=True)
class RecordedKill:
    """A kill with the number by which the record, the commands and the windows identify it."""

    id: int
    event: KillEvent
    new: bool = True
    """Whether it was not recorded before; only meaningful right after writing."""
    missed: bool = False
    """Whether it happened before anybody watched."""


class BeforeFirst(NamedTuple):
    """What the record lacks of a boot before its first reading."""

    time: float
    """Time of that reading, in seconds since 1970."""
    missing: int
    """How many of the kills that the kernel had counted by then are not recorded."""


def put_kills(connection: sqlite3.Connection, events: Iterable[KillEvent], now: float) -> list[RecordedKill]:
    """Add kills; an existing one gets what was unknown before.

    `now` in seconds since 1970, for kills without a time. The transaction must have begun to write, so that what is read
    here still holds then.
    """
    return [_put(connection, event, now) for event in events]


def read_kills(connection: sqlite3.Connection, since: float, most_ranked: int | None = None) -> Iterator[RecordedKill]:
    """Read them since a time, oldest first; `most_ranked` as of `from_data`."""
    return _read(connection.execute(f"{_SELECT} ORDER BY time, id", (since,)), most_ranked)


def read_kill(connection: sqlite3.Connection, number: int) -> RecordedKill | None:
    row = connection.execute("SELECT data FROM event WHERE kind = 'kill' AND id = ?", (number,)).fetchone()
    event = None if row is None else _parsed(row[0])
    return None if event is None else RecordedKill(number, event, new=False)


def counted(connection: sqlite3.Connection, boot: str, booted: float) -> tuple[int | None, float | None]:
    """Return the kernel's count of kills up to which this boot's are recorded, and the time of the last record.

    `booted`: start of this boot in seconds since 1970. The count is None if nothing of this boot is recorded,
    the time None if nothing at all is.
    """
    (kills,) = connection.execute(
        "SELECT max(json_extract(data, '$.count')) FROM event WHERE kind = 'kill' AND time >= ?"
        " AND json_extract(data, '$.boot') = ?",
        (booted - 60, boot),
    ).fetchone()
    if kills is None:  # recording has run since that reading, so any later kill would be recorded
        kills = min((row[0] for row in _since_boot(connection, "min(oom_kills)", booted) if row[0] is not None), default=None)
    last_kill = connection.execute("SELECT time FROM event WHERE kind = 'kill' ORDER BY time DESC LIMIT 1").fetchone()
    read = "SELECT time FROM reading WHERE tier = ? ORDER BY slot DESC LIMIT 1"
    latest = [last_kill, *(connection.execute(read, (tier,)).fetchone() for tier in range(len(TIERS)))]
    last = max((row[0] for row in latest if row is not None), default=None)
    # a damaged value must not end each start of the watching
    return kills if isinstance(kills, int) else None, last if isinstance(last, int | float) else None


def before_first(connection: sqlite3.Connection, boot: str, booted: float) -> BeforeFirst | None:
    """Return what the kernel had counted before this boot's first reading; None if there is no such reading.

    `booted`: start of this boot in seconds since 1970.
    """
    first = min(_since_boot(connection, "time, oom_kills", booted, "AND oom_kills IS NOT NULL ORDER BY slot LIMIT 1"), default=None)
    if first is None:
        return None
    time, count = first
    # the first reading kept may be a later one than the first taken, and a kill out of a log has no count
    (recorded,) = connection.execute(
        "SELECT coalesce(sum(CASE WHEN json_extract(data, '$.outcome') = 'killed' THEN coalesce(json_array_length(data, '$.victims'), 1)"
        " ELSE coalesce(json_extract(data, '$.kills'), 1) END), 0) FROM event WHERE kind = 'kill' AND time >= ?"
        " AND json_extract(data, '$.killer') = 'kernel' AND coalesce(json_extract(data, '$.boot'), ?) = ?"
        " AND CASE WHEN json_extract(data, '$.count') IS NULL THEN time <= ? ELSE json_extract(data, '$.count') <= ? END",
        (booted - 60, boot, boot, time, count),
    ).fetchone()
    return BeforeFirst(time, max(count - recorded, 0))


def _since_boot(connection: sqlite3.Connection, what: str, booted: float, which: str = "") -> list[tuple[Any, ...]]:
    """Query each tier for readings of this boot, by its slots: only they have an index."""
    query = f"SELECT {what} FROM reading WHERE tier = ? AND slot >= ? AND time >= ? {which}"  # noqa: S608
    return [row for number, tier in enumerate(TIERS) for row in connection.execute(query, (number, int(booted // tier.slot), booted))]


def untold(connection: sqlite3.Connection, since: float) -> list[RecordedKill]:
    """Return the kills that the user was not told of, oldest first."""
    told = {
        key
        for (key,) in connection.execute(
            "SELECT key FROM event WHERE kind = 'kill-told' AND time >= ? AND data = '{}'", (since,)
        )
    }
    return [one for one in read_kills(connection, since) if str(one.id) not in told]


def told_events(kills: Iterable[RecordedKill], now: float) -> list[Event]:
    """Build events noting that the user was told of these kills at `now`."""
    return [Event("kill-told", str(one.id), now, {}) for one in kills if one.id]


def unseen_events(ids: Iterable[int], now: float) -> list[Event]:
    """Build events noting at `now` that the user can't have seen what was told of these kills."""
    return [Event("kill-told", str(number), now, {"seen": False}) for number in ids if number]


def as_data(event: KillEvent) -> dict[str, Any]:
    """Convert a kill to JSON data, without unknown values."""
    victims = tuple(replace(one, command=None if one.command is None else one.command.split(" ")[0]) for one in event.victims)
    full = asdict(replace(event, victims=victims, ranking=None))
    # under `ranking`, each row had the names of its values, which took most of the time to read a kill
    full["ranked"] = None if event.ranking is None else event.ranking[:_MOST_RANKED]
    full["kills"] = None if event.kills == 1 else event.kills
    return {name: value for name, value in full.items() if value not in (None, (), [], False)}


def _put(connection: sqlite3.Connection, event: KillEvent, now: float) -> RecordedKill:
    time = now if event.time is None else event.time
    begin = time if event.not_before is None else event.not_before
    same = [known for known in _around(connection, begin - _WINDOW, time + _WINDOW) if same_kill(known.event, event)]
    if same:
        known = min(same, key=lambda one: (not shares_victim(one.event, event), abs((one.event.time or time) - time)))
        both = merged(known.event, event)
        if both != known.event:
            connection.execute(
                "UPDATE event SET time = ?, data = ? WHERE id = ?",
                (time if both.time is None else both.time, json.dumps(as_data(both)), known.id),
            )
        return RecordedKill(known.id, both, new=False)
    key = _key(event, time)
    put_events(connection, [Event("kill", key, time, as_data(event))])
    connection.execute(_DROP_RANKING, (RANKINGS_MOST,))
    (number,) = connection.execute("SELECT id FROM event WHERE kind = 'kill' AND key = ?", (key,)).fetchone()
    return RecordedKill(number, event)


def _around(connection: sqlite3.Connection, since: float, until: float) -> Iterator[RecordedKill]:
    """Read the kills that may lie in a period: of an unwatched one, only the end of its time range is known."""
    either = "(time < ? OR CASE WHEN json_valid(data) THEN json_extract(data, '$.not_before') END < ?)"
    return _read(connection.execute(f"{_SELECT} AND {either} ORDER BY time, id", (since, until, until)))


def _read(rows: Iterable[tuple[int, str]], most_ranked: int | None = None) -> Iterator[RecordedKill]:
    for number, data in rows:
        event = _parsed(data, most_ranked)
        if event is not None:
            yield RecordedKill(number, event, new=False)


def _key(event: KillEvent, time: float) -> str:
    first = event.victims[0] if event.victims else None
    who = (None, None) if first is None else (first.pid, first.start_time)
    return "/".join(str(part) for part in (event.boot, event.count, *who, round(time, 3), event.killer))


def _parsed(data: str, most_ranked: int | None = None) -> KillEvent | None:
    """Parse an event; None if this version can't read it."""
    from oomtray.history.kill_data import from_data

    try:
        return from_data(json.loads(data), most_ranked)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def read_steps_in(connection: sqlite3.Connection, since: float) -> Iterator[RecordedKill]:
    """Read them since a time, oldest first, without apps that were asked to end but didn't."""
    rows = connection.execute(f"{_STEPS_IN} AND time >= ? ORDER BY time, id", (since,))
    for number, time, data in rows:
        event = _step_in_of(time, data)
        if event is not None:
            yield RecordedKill(number, event, new=False)


def read_step_in(connection: sqlite3.Connection, number: int) -> RecordedKill | None:
    row = connection.execute(f"{_STEPS_IN} AND id = ?", (number,)).fetchone()
    event = None if row is None else _step_in_of(row[1], row[2])
    return None if event is None else RecordedKill(number, event, new=False)


def _step_in_of(time: float, data: str) -> KillEvent | None:
    """Parse an event; None if no process has ended, or this version can't read it."""
    from oomtray.history.kill_data import from_data

    try:
        told = json.loads(data)
        # how much memory that freed was not measured
        victims = [{"pid": one["pid"], "start_time": one["start_time"], "name": one["name"], "app": told["name"]} for one in told["processes"] if one["ended"]]
        event = from_data({"time": time, "killer": "oomtray", "outcome": "killed", "victims": victims, "scope": {"kind": "system"}})
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return event if victims else None
