"""The tables of the record, and how an older version's become these.

Readings lie in three tiers, of 2 s, 30 s and 5 min: a tier keeps one reading for each slot of its length, which is a real one,
that with the least memory left, and drops it once the next tier has it and its own time has passed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.paths import state_file

if TYPE_CHECKING:
    import sqlite3

Trouble = Literal["unreadable", "unwritable"]


class Tier(NamedTuple):
    """How finely readings are kept, and for how long."""

    slot: int
    """Seconds between two readings, at least."""
    kept: int
    """Seconds after which they are dropped; of the last tier unless the settings say otherwise."""
    settles: int
    """Seconds that must be recorded before a clock that went ahead counts, so that it drops what is too old."""


SETTLES = 8 * 3600
"""For what can't be had back. Longer, and somebody who starts the computer for an hour a week would keep readings for months."""
TIERS = (Tier(2, 3600, 3600), Tier(30, 86_400, SETTLES), Tier(300, 30 * 86_400, SETTLES))
EVENTS_KEPT = 366 * 86_400
"""Seconds for which kills and changes are kept."""
EVENTS_MOST = 10_000
"""So many of each kind are kept at most: something that is killed and started again in a loop must not fill the disk."""
RANKINGS_MOST = 1000
"""So many of the newest kills keep the table of their report, which is most of what a kill takes up."""

COLUMNS = (
    *("time", "total", "available", "swap_total", "swap_free", "some_avg10", "full_avg10", "oom_kills", "huge_pages"),
    *("floor", "reclaimable", "swap_worth", "level", "cause", "rate", "stall_from", "stall_to", "kill_from", "kill_to"),
    *("ram", "swap"),
)
"""Of a reading, beside its tier and slot."""

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

_STEPS = (_FIRST,)
"""What leads from each version to the next; version 0 is an empty file."""
VERSION = len(_STEPS)


def default_path() -> str:
    """Of the user's own record."""
    return state_file("history.db")


def version(connection: sqlite3.Connection) -> int:
    """Raises sqlite3.DatabaseError where the file is none of SQLite's."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def record_id(connection: sqlite3.Connection) -> int:
    """Tells a record from the one that took its place after it was cleared or set aside; 0 for all of older versions."""
    found: int = connection.execute("PRAGMA application_id").fetchone()[0]
    return found


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to `VERSION`, step by step in one transaction: another program may do so at the same moment."""
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
