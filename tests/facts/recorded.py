"""What a history's database holds, read back as it was put there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from oomtray.history.events import Event, Kind


def read_events(connection: sqlite3.Connection, kind: Kind, since: float, until: float) -> Iterator[Event]:
    """Read the events of a period, oldest first."""
    for key, time, data in connection.execute(
        "SELECT key, time, data FROM event WHERE kind = ? AND time >= ? AND time < ? ORDER BY time",
        (kind, since, until),
    ):
        yield Event(kind, key, time, json.loads(data))
