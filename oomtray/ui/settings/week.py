"""Replays the last week of the record: when there would have been notifications.

With these settings, and with the defaults.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.config.settings import Settings
from oomtray.records import dataclass
from oomtray.risk.replay import Replay
from oomtray.risk.thresholds import Marks, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.history.database import Database
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.outlook import LevelName

SECONDS = 7 * 86_400.0
_SAME_SHORTAGE = 1800.0
"""Seconds between two notifications of a level, by different settings, that still count as the same shortage."""

Readings = tuple[tuple[float, "Memory"], ...]


@dataclass(frozen=True, slots=True)
class Told:
    at: float
    """Seconds since 1970."""
    level: LevelName


@dataclass(frozen=True, slots=True)
class Week:
    since: float
    until: float
    readings: Readings
    """Oldest first, with times in seconds since 1970; empty if nothing was recorded."""
    told: tuple[Told, ...] = ()
    by_default: tuple[Told, ...] = ()
    marks: Marks | None = None
    """Where the levels begin on this machine; None without readings."""

    @property
    def only_by_default(self) -> tuple[Told, ...]:
        return _without(self.by_default, self.told)

    @property
    def not_by_default(self) -> tuple[Told, ...]:
        return _without(self.told, self.by_default)


def read_week(database: Database, now: float) -> Readings:
    """Return the readings of the last week. Raises FileError."""
    from oomtray.history.samples import read

    with database.reading() as connection:
        if connection is None:
            return ()
        return tuple((sample.time, sample.memory) for sample in read(connection, now - SECONDS, now))


def tried(readings: Readings, settings: Settings, now: float) -> Week:
    """Try settings on readings; `now` is in seconds since 1970."""
    since = now - SECONDS
    if not readings:
        return Week(since, now, ())
    return Week(
        since,
        now,
        readings,
        _told(readings, settings),
        _told(readings, Settings()),
        marks(settings.levels, readings[-1][1]),
    )


def _told(readings: Readings, settings: Settings) -> tuple[Told, ...]:
    """Return every notification, also a second one of the same shortage: the history lists both."""
    replay, last = Replay(settings), -math.inf
    found: list[Told] = []
    for at, memory in readings:
        if at <= last:
            continue
        last = at
        found += [Told(at, event.level) for event in replay.add(at, memory) if event.event == "notify"]
    return tuple(found)


def _without(some: Sequence[Told], others: Sequence[Told]) -> tuple[Told, ...]:
    return tuple(one for one in some if not any(_alike(one, other) for other in others))


def _alike(one: Told, other: Told) -> bool:
    return one.level == other.level and abs(one.at - other.at) < _SAME_SHORTAGE
