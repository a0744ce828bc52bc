"""Readings to be recorded, and what a history's database holds, read back as it was put there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from oomtray.history.database import Database
from oomtray.history.events import Event, Kind
from oomtray.history.samples import Sample, read
from oomtray.kernel.snapshot import Memory
from oomtray.risk.outlook import Forecast, LevelName
from tests.facts.memory import memory as ordinary


def sample(time: float, memory: Memory | None = None, level: LevelName = "normal", **changes: object) -> Sample:
    """A calm reading, but for the changes."""
    facts: dict[str, object] = {"cause": "none", "forecast": Forecast()}
    return Sample(time=time, memory=memory or ordinary(), level=level, **(facts | changes))  # type: ignore[arg-type]


def recorded(database: Database, since: float = 0, until: float = 1e11) -> list[Sample]:
    with database.reading() as connection:
        return [] if connection is None else list(read(connection, since, until))


def read_events(connection: sqlite3.Connection, kind: Kind) -> Iterator[Event]:
    """The oldest first."""
    for key, time, data in connection.execute("SELECT key, time, data FROM event WHERE kind = ? ORDER BY time", (kind,)):
        yield Event(kind, key, time, json.loads(data))
