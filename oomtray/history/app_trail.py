"""Memory of one app over the last hour, as recorded."""

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
"""How far the finest tier goes back."""

Trail = tuple[tuple[float, int], ...]
"""(seconds since 1970, bytes), oldest first. While all is well, apps are only read every five minutes."""


def read_trail(database: Database, key: str, now: float) -> Trail:
    """Return the trail of the app with this key over the last hour, without times when it wasn't among the largest.

    Raises FileError.
    """
    length = TIERS[0].slot
    with database.reading() as connection:
        if connection is None:
            return ()
        values = {"length": length, "key": key, "first": int(now - SECONDS) // length}
        return tuple((float(at), memory) for at, memory in connection.execute(_TRAIL, values))
