"""Memory readings over time: written to the record, thinned as they get old, and read back."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, cast, get_args

from oomtray.history.schema import COLUMNS, MAXIMA, SETTLES, TIERS
from oomtray.kernel.snapshot import Memory
from oomtray.records import dataclass
from oomtray.risk.outlook import Cause, Forecast, LevelName

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

_LEVELS: tuple[LevelName, ...] = get_args(LevelName)
_CAUSES: tuple[Cause, ...] = get_args(Cause)
_FIELDS = ", ".join(COLUMNS)
_MAXIMA = ", ".join(MAXIMA)
_GIVEN = ", ".join(f"? AS {name}" for name in ("slot", *COLUMNS, "left"))
# only names of columns are formatted in, never values
_PUT = (
    f"INSERT INTO reading (tier, slot, {_FIELDS}, left, {_MAXIMA})"  # noqa: S608
    f" SELECT 0, slot, {_FIELDS}, left, {', '.join(MAXIMA.values())} FROM (SELECT {_GIVEN}) WHERE true"
    " ON CONFLICT (tier, slot) DO UPDATE SET "
    + ", ".join(f"{name} = coalesce(max({name}, excluded.{name}), {name}, excluded.{name})" for name in MAXIMA)
)
_FINE = "SELECT slot / :ratio AS coarse, * FROM {table} WHERE tier = :tier AND slot >= :begin"
_COARSE = "SELECT slot AS coarse, * FROM {table} WHERE tier = :tier + 1 AND slot >= :begin / :ratio"
_BOTH = f"{_FINE} UNION ALL {_COARSE}"
"""With what the coarse tier has: of a slot with a late reading, the finer one may have dropped the others."""
_OF_ALL = ", ".join(f"max({name}) OVER together AS of_all_{name}" for name in MAXIMA)
_WITH_MAXIMA = f"SELECT *, {_OF_ALL} FROM ({_BOTH}) WINDOW together AS (PARTITION BY coarse)".format(table="reading")  # noqa: S608
_HAND_ON = (
    f"INSERT OR REPLACE INTO reading (tier, slot, {_FIELDS}, left, {_MAXIMA})"  # noqa: S608
    f" SELECT :tier + 1, coarse, {_FIELDS}, min(left), {', '.join(f'of_all_{name}' for name in MAXIMA)}"
    f" FROM ({_WITH_MAXIMA}) GROUP BY coarse"
)
_HAND_ON_APPS = (
    "INSERT OR REPLACE INTO app_memory (tier, slot, app, memory) SELECT :tier + 1, coarse, app, max(memory)"  # noqa: S608
    f" FROM ({_BOTH.format(table='app_memory')}) GROUP BY coarse, app"
)
_READ = f"SELECT slot, {_FIELDS} FROM reading WHERE tier = ? AND time >= ? AND time < ? ORDER BY slot"  # noqa: S608
_MOST = 2**63
"""Limit of SQLite's 64-bit integers."""
_LATE = 120
"""Seconds by which another program's batch may come later than ours."""


@dataclass(frozen=True, slots=True)
class AppMemory:
    key: str
    name: str
    memory: int
    """Bytes, as `App.memory`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One reading with its judgment."""

    time: float
    """Seconds since 1970."""
    memory: Memory
    level: LevelName
    cause: Cause
    forecast: Forecast
    apps: tuple[AppMemory, ...] = ()
    """Largest first; empty if apps were not read."""


Row = tuple[object, ...]
"""A sample as plain values: those of `COLUMNS`, the memory left, and the apps as (key, name, bytes)."""


def row_of(sample: Sample) -> Row:
    apps = [(app.key, app.name, app.memory) for app in sample.apps]
    return (*_row(sample), sample.memory.left, apps)


def put(connection: sqlite3.Connection, samples: Iterable[Sample]) -> None:
    """Add readings to the finest tier. If two programs record, the first reading of a slot stays, with the maxima of both."""
    put_rows(connection, map(row_of, samples))


def put_rows(connection: sqlite3.Connection, rows: Iterable[Sequence[object]]) -> None:
    """Record rows that may come from a file; rows that `row_of` can't have made are skipped."""
    for row in rows:
        if len(row) != len(COLUMNS) + 2 or not 0 <= taken_at(row) < _MOST or not _is_plain(row[:-1]):
            continue
        *values, apps = row
        slot = int(taken_at(row) // TIERS[0].slot)
        connection.execute(_PUT, (slot, *values))
        for key, name, memory in _apps_of(apps):
            connection.execute("INSERT OR IGNORE INTO app (key, name) VALUES (?, ?)", (key, name))
            connection.execute("INSERT OR IGNORE INTO app_memory (tier, slot, app, memory) SELECT 0, ?, id, ? FROM app WHERE key = ?", (slot, memory, key))


def taken_at(row: Sequence[object]) -> float:
    """Return when a row's reading was taken, in seconds since 1970; infinity if the row is invalid."""
    time = row[0] if row else None
    return time if isinstance(time, int | float) else math.inf


def _is_plain(values: Iterable[object]) -> bool:
    return all(value is None or (isinstance(value, int | float) and abs(value) < _MOST) for value in values)


def _apps_of(value: object) -> Iterator[tuple[str, str, int]]:
    for one in value if isinstance(value, list) else ():
        match one:
            case [str(key), str(name), int(memory)] if abs(memory) < _MOST:
                yield _storable(key), _storable(name), memory


def _storable(text: str) -> str:
    """Escape what UTF-8 can't encode."""
    return text.encode("utf-8", "backslashreplace").decode()


def kept_by_settings() -> float:
    """Return for how long the user's settings keep readings, in seconds, from the current file."""
    from oomtray.config import default_file, load

    return load(default_file())[0].history.days * 86_400.0


def thin(connection: sqlite3.Connection, now: float, since: float = math.inf) -> None:
    """Copy each tier's readings to the next, and delete expired ones; `now` as `Sample.time`.

    The age of a reading is counted from `settled`, so that a clock mistakenly set far ahead loses nothing.
    The last tier keeps readings for as long as the user's settings say, and no other keeps them longer.
    `since`: time of the oldest reading that may have come late. Of the readings of a slot, the one with the
    least memory left is kept (SQLite takes the other columns from the row with the minimum), beside the maxima
    of all, and of each app the maximum.
    """
    for number, (fine, coarse) in enumerate(pairwise(TIERS)):
        ratio = coarse.slot // fine.slot
        last = connection.execute(  # readings in the future, from when the clock was wrong, don't count
            "SELECT max(slot) FROM reading WHERE tier = ? AND slot <= ?", (number + 1, int(now // coarse.slot))
        ).fetchone()[0]
        begin = 0 if last is None else int(min(since / coarse.slot, last - _LATE // coarse.slot)) * ratio
        step = {"tier": number, "ratio": ratio, "begin": begin}
        connection.execute(_HAND_ON, step)
        connection.execute(_HAND_ON_APPS, step)
    longest = kept_by_settings()
    for number, tier in enumerate(TIERS):
        held = longest if tier is TIERS[-1] else min(tier.kept, longest)
        oldest = _first_kept(number, settled(connection, now, tier.settles) - held)
        connection.execute("DELETE FROM reading WHERE tier = ? AND slot < ?", (number, oldest))
        connection.execute("DELETE FROM app_memory WHERE tier = ? AND slot < ?", (number, oldest))
    connection.execute("DELETE FROM app WHERE id NOT IN (SELECT app FROM app_memory)")


def _first_kept(number: int, oldest: float) -> int:
    """Return the first slot of a tier that is kept if readings before `oldest` are dropped.

    Slots that form one slot of the next tier are dropped together, because its reading and maxima cover all of
    them: a period across both tiers would otherwise count some twice or not at all.
    """
    together = TIERS[min(number + 1, len(TIERS) - 1)].slot
    return int(oldest // together) * (together // TIERS[number].slot)


def settled(connection: sqlite3.Connection, now: float, seconds: int = SETTLES) -> float:
    """Return the latest time that the clock has credibly reached, with `seconds` of recording before it.

    Counts in steps of 5 minutes.

    That is `now`, except for a while after the clock was set ahead, by mistake or not, or the machine was
    off. If less was recorded in total, it is before all of that.
    """
    slots = seconds // TIERS[-1].slot
    row = connection.execute(
        "SELECT slot FROM reading WHERE tier = ? AND slot <= ? ORDER BY slot DESC LIMIT 1 OFFSET ?",
        (len(TIERS) - 1, int(now // TIERS[-1].slot), slots - 1),
    ).fetchone()
    return 0.0 if row is None else min(float((row[0] + slots) * TIERS[-1].slot), now)


def read(connection: sqlite3.Connection, since: float, until: float) -> Iterator[Sample]:
    """Read the readings of a period, oldest first, each from the finest tier that still has it.

    Times as `Sample.time`.
    """
    for number, begin, end in reversed(covered(connection, since, until)):
        apps = _apps(connection, number, begin, end)
        for slot, *row in connection.execute(_READ, (number, begin, end)):
            yield _sample(row, tuple(apps.get(slot, ())))


def covered(
    connection: sqlite3.Connection, since: float, until: float, finest: int = 0
) -> list[tuple[int, float, float]]:
    """Return each tier from `finest` on with the part of the period that no finer one has, finest first."""
    parts = []
    end = until
    for number in range(finest, len(TIERS)):
        first = connection.execute("SELECT time FROM reading WHERE tier = ? ORDER BY slot LIMIT 1", (number,)).fetchone()
        if first is None:
            continue
        begin = max(since, first[0])
        if begin < end:
            parts.append((number, begin, end))
            end = begin
    return parts


def _apps(connection: sqlite3.Connection, tier: int, begin: float, end: float) -> dict[int, list[AppMemory]]:
    seconds = TIERS[tier].slot
    found: dict[int, list[AppMemory]] = {}
    for slot, key, name, memory in connection.execute(
        "SELECT slot, key, name, memory FROM app_memory JOIN app ON app.id = app"
        " WHERE tier = ? AND slot >= ? AND slot <= ? ORDER BY slot, memory DESC",
        (tier, int(begin // seconds), int(end // seconds)),
    ):
        found.setdefault(slot, []).append(AppMemory(key, name, memory))
    return found


def _row(sample: Sample) -> tuple[object, ...]:
    memory, forecast = sample.memory, sample.forecast
    return (
        sample.time,
        *(memory.total, memory.available, memory.swap_total, memory.swap_free),
        *(memory.psi_some_avg10, memory.psi_full_avg10, memory.oom_kills, memory.huge_pages),
        *(memory.floor, memory.reclaimable, memory.swap_worth),
        *(_LEVELS.index(sample.level), _CAUSES.index(sample.cause), forecast.rate),
        *(forecast.stall or (None, None)),
        *(forecast.kill or (None, None)),
        *(forecast.ram, forecast.swap),
    )


def _sample(row: Sequence[object], apps: tuple[AppMemory, ...]) -> Sample:
    told = dict(zip(COLUMNS, cast("Sequence[float | None]", row), strict=True))
    memory = {
        name: told[name]
        for name in (
            *("total", "available", "swap_total", "swap_free", "oom_kills", "huge_pages"),
            *("floor", "reclaimable", "swap_worth"),
        )
    } | {f"psi_{name}": told[name] for name in ("some_avg10", "full_avg10")}
    return Sample(
        time=cast("float", told["time"]),
        memory=Memory(**memory),  # type: ignore[arg-type]  # sqlite gives back what was put in
        level=_LEVELS[int(told["level"] or 0)],
        cause=_CAUSES[int(told["cause"] or 0)],
        forecast=Forecast(
            rate=told["rate"],
            stall=_range(told["stall_from"], told["stall_to"]),
            kill=_range(told["kill_from"], told["kill_to"]),
            ram=cast("int | None", told["ram"]),
            swap=cast("int | None", told["swap"]),
        ),
        apps=apps,
    )


def _range(begin: float | None, end: float | None) -> tuple[float, float] | None:
    return None if begin is None or end is None else (begin, end)
