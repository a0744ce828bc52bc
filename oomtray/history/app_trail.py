"""What one app held over the last while, as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.history.schema import TIERS

if TYPE_CHECKING:
    from oomtray.history.database import Database

_TRAIL = (
    "SELECT slot * :length, memory FROM app_memory JOIN app ON app.id = app_memory.app"
    " WHERE tier = 0 AND key = :key AND slot >= :first ORDER BY slot"
)
SECONDS = TIERS[0].kept
"""That the finest tier goes back."""

Trail = tuple[tuple[float, int], ...]
"""Seconds since 1970 and bytes, oldest first. While all is well apps are looked at every five minutes."""


def read_trail(database: Database, key: str, now: float) -> Trail:
    """Of the app with this key over the last hour; empty where it was not among the largest. Raises FileError."""
    length = TIERS[0].slot
    with database.reading() as connection:
        if connection is None:
            return ()
        values = {"length": length, "key": key, "first": int(now - SECONDS) // length}
        return tuple((float(at), memory) for at, memory in connection.execute(_TRAIL, values))
