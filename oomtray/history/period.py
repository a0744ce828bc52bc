"""Everything that the history window shows of a period, read at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.history import chart_apps, chart_columns
from oomtray.history.chart_apps import NO_APPS, Apps
from oomtray.records import dataclass
from oomtray.risk.unseen_kills import LOGS, Span

if TYPE_CHECKING:
    import sqlite3

    from oomtray.history.chart_columns import Column
    from oomtray.history.database import Database
    from oomtray.history.events import Kind

_APPS = 5
_KINDS = ("kill", "change", "told", "step-in", "set-aside")
# Python writes this tuple as SQL does
_EVENTS = f"SELECT id, kind, time, data FROM event WHERE kind IN {_KINDS} AND time >= ? AND time < ? ORDER BY time"  # noqa: S608


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """A kill, a change, a notification, an app ended to keep the computer responsive, or the start of a new record."""

    id: int
    """Number by which the record identifies it."""
    kind: Kind
    time: float
    """Seconds since 1970."""
    data: dict[str, Any]
    """Its stored details, as JSON has them."""

    @property
    def unseen(self) -> Span | None:
        """When it happened if nobody saw it: `risk.unseen_kills.span_of`, but without parsing the whole kill."""
        data = self.data
        if self.kind != "kill" or data.get("outcome") != "unknown" or data.get("victims"):
            return None
        if not LOGS.isdisjoint(data.get("sources", ())):
            return None
        before = data.get("not_before")
        return Span(before if isinstance(before, int | float) else self.time, self.time)

    @property
    def kills(self) -> int:
        """Number of kills that it stands for; 1 for other events."""
        kills = self.data.get("kills")
        return kills if isinstance(kills, int) and kills > 1 else 1


@dataclass(frozen=True, slots=True)
class Period:
    """The record of a period. Times are seconds since 1970."""

    since: float
    until: float
    width: float
    """Seconds per column."""
    columns: tuple[Column, ...] = ()
    apps: Apps = NO_APPS
    events: tuple[RecordedEvent, ...] = ()
    """Oldest first."""
    first: float | None = None
    """Time of the whole record's oldest reading or event; None if it is empty."""


def read_period(database: Database, since: float, until: float, width: float) -> Period:
    """Read a period. Takes a tenth of a second for a month. Raises FileError."""
    with database.reading() as connection:
        if connection is None:
            return Period(since, until, width)
        found = chart_columns.parts(connection, since, until, width)
        columns = tuple(chart_columns.columns(connection, found, width))
        events = read_recorded(connection, since, until)
        return Period(
            since,
            until,
            width,
            columns,
            chart_apps.apps(connection, found, width, columns, _APPS),
            tuple(events),
            _first(connection),
        )


def read_recorded(connection: sqlite3.Connection, since: float, until: float) -> list[RecordedEvent]:
    """Read the events of a period, oldest first."""
    return [
        RecordedEvent(number, kind, time, json.loads(data))
        for number, kind, time, data in connection.execute(_EVENTS, (since, until))
    ]


def _first(connection: sqlite3.Connection) -> float | None:
    oldest = [
        connection.execute("SELECT time FROM reading WHERE tier = ? ORDER BY slot LIMIT 1", (tier,)).fetchone()
        for tier in (0, 1, 2)
    ]
    oldest += [connection.execute("SELECT min(time) FROM event WHERE kind = ?", (kind,)).fetchone() for kind in _KINDS]
    return min((row[0] for row in oldest if row is not None and row[0] is not None), default=None)
