"""The tables of the record, and migrations from older versions.

Readings are in three tiers, of 2 s, 30 s and 5 min: a tier keeps one actual reading per slot of its length,
the one with the least memory left, and drops it once the next tier has it and its own time has passed. Beside
it stand the maxima of all readings of the slot, which may have been other ones.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.paths import state_file

if TYPE_CHECKING:
    import sqlite3

Trouble = Literal["unreadable", "unwritable"]


class Tier(NamedTuple):
    """Resolution of readings and how long they are kept."""

    slot: int
    """Minimum number of seconds between two readings."""
    kept: int
    """Seconds until readings are dropped; in the last tier the settings may override it."""
    settles: int
    """Seconds that must be recorded after the clock has jumped ahead before old readings are dropped by it."""


SETTLES = 8 * 3600
"""For readings that can't be replaced.

If it were longer, readings would be kept for months on a computer that runs an hour a week.
"""
TIERS = (Tier(2, 3600, 3600), Tier(30, 86_400, SETTLES), Tier(300, 30 * 86_400, SETTLES))
EVENTS_KEPT = 366 * 86_400
"""Seconds for which kills and changes are kept."""
EVENTS_MOST = 10_000
"""Most events kept per kind: something killed and restarted in a loop must not fill the disk."""
RANKINGS_MOST = 1000
"""Number of the newest kills that keep the table of their report, which takes most of a kill's space."""

COLUMNS = (
    *("time", "total", "available", "swap_total", "swap_free", "some_avg10", "full_avg10", "oom_kills", "huge_pages"),
    *("floor", "reclaimable", "swap_worth", "level", "cause", "rate", "stall_from", "stall_to", "kill_from", "kill_to"),
    *("ram", "swap"),
)
"""Columns of a reading, beside tier and slot."""
USED = "total - coalesce(huge_pages, 0) - left"
SWAP = "swap_total - swap_free"
MAXIMA = {"most_used": USED, "most_swap": SWAP, "most_stall": "full_avg10", "most_level": "level"}
"""Columns with the maxima of a slot, and what each is the maximum of."""
LEVELS, CAUSES = 3, 4
"""How many there are of `outlook.LevelName` and `outlook.Cause`, of which a reading has the places."""

_FIRST = f"""
CREATE TABLE reading (tier INTEGER NOT NULL, slot INTEGER NOT NULL, {", ".join(COLUMNS)}, left INTEGER,
    PRIMARY KEY (tier, slot)) WITHOUT ROWID;
CREATE TABLE app (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE app_memory (tier INTEGER NOT NULL, slot INTEGER NOT NULL, app INTEGER NOT NULL, memory INTEGER NOT NULL,
    PRIMARY KEY (tier, slot, app)) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, time REAL NOT NULL, data TEXT NOT NULL,
    UNIQUE (kind, key));
CREATE INDEX event_time ON event (kind, time);
"""

_WITH_MAXIMA = f"""
{"".join(f"ALTER TABLE reading ADD COLUMN {name};" for name in MAXIMA)}
UPDATE reading SET {", ".join(f"{name} = {value}" for name, value in MAXIMA.items())};
"""  # noqa: S608
_STEPS = (_FIRST, _WITH_MAXIMA)
"""Statements that lead from each version to the next; version 0 is an empty file."""
VERSION = len(_STEPS)
"""Raised only for what an older program would misread, because it then sets the record aside.

A table, a column that may be null, or a key of an event's data doesn't raise it: each program reads what it knows.
"""


def default_path() -> str:
    """Return the path of the user's own record."""
    return state_file("history.db")


def version(connection: sqlite3.Connection) -> int:
    """Read the schema version. Raises sqlite3.DatabaseError if the file isn't SQLite's."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def record_id(connection: sqlite3.Connection) -> int:
    """Read the ID that tells a record from its successor after clearing or setting aside; 0 in older versions."""
    found: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return found


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to `VERSION` in one transaction, because another program may do so at the same moment."""
    if version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version(connection) == 0:
            connection.execute(f"PRAGMA application_id = {int.from_bytes(os.urandom(4)) >> 1}")
        for step in _STEPS[version(connection) :]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
