"""Views that hide damaged rows of the record from whoever reads it: a value of a wrong type, or one that nobody can have recorded.

They have the tables' names, and SQLite looks for a name among a connection's own first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.history.schema import CAUSES, COLUMNS, LEVELS, MAXIMA, TIERS

if TYPE_CHECKING:
    import sqlite3

MOST = 1 << 62
"""Largest number that can have been recorded."""
LATEST = 250_000_000_000
"""A time in seconds since 1970 up to which every time zone has a date."""
_BOUNDS: dict[str, str | int] = {
    **dict.fromkeys(("available", "left"), "total"),
    "swap_free": "swap_total",
    "swap_worth": 1,
    **dict.fromkeys(("some_avg10", "full_avg10", "most_stall"), 100),
    **dict.fromkeys(("level", "most_level"), LEVELS - 1),
    "cause": CAUSES - 1,
    **dict.fromkeys(("stall_from", "stall_to", "kill_from", "kill_to"), f"{MOST} OR {{}} = 9e999"),  # infinite: not foreseeable
}
"""Upper bounds, if others than `MOST`."""
_LENGTH = f"CASE tier {' '.join(f'WHEN {number} THEN {tier.slot}' for number, tier in enumerate(TIERS))} END"
# text and blobs are above all numbers in SQLite's order, and NaN is stored as NULL
_READING = " AND ".join(
    (
        f"time BETWEEN slot * {_LENGTH} AND slot * {_LENGTH} + {_LENGTH} AND time BETWEEN 0 AND {LATEST}",
        "total > 0",
        *(f"{name} IS NOT NULL" for name in ("huge_pages", "reclaimable", "level", "cause")),
        f"(rate IS NULL OR rate BETWEEN -{MOST} AND {MOST})",
        *(
            f"({name} IS NULL OR {name} BETWEEN 0 AND {str(_BOUNDS.get(name, MOST)).format(name)})"
            for name in (*COLUMNS, "left", *MAXIMA)
            if name not in ("time", "rate")
        ),
    )
)
_EVENT = "SELECT id, kind, key, time, CASE WHEN typeof(data) = 'text' AND json_valid(data) THEN data END AS data FROM main.event"
_NAMED = "typeof(key) = 'text' AND typeof(name) = 'text'"
# only names of columns and numbers are formatted in, never values
_VIEWS = {
    "reading": f"SELECT * FROM main.reading WHERE {_READING}",  # noqa: S608
    "app": f"SELECT * FROM main.app WHERE {_NAMED}",  # noqa: S608
    "app_memory": f"SELECT * FROM main.app_memory WHERE memory BETWEEN 0 AND {MOST}"  # noqa: S608
    f" AND app IN (SELECT id FROM main.app WHERE {_NAMED})",
    "event": f"SELECT * FROM ({_EVENT}) WHERE json_type(data) = 'object' AND time BETWEEN 0 AND {LATEST}",  # noqa: S608
}


def hide_damaged(connection: sqlite3.Connection) -> None:
    """Let a connection that only reads see no damaged rows."""
    connection.execute("PRAGMA temp_store = MEMORY")  # a full disk keeps nobody from reading
    for name, query in _VIEWS.items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {query}")
