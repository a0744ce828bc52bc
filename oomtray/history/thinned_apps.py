"""What the largest apps held over a period, thinned to one look for each pixel. Units as in `history.thinned`."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from oomtray.history.thinned import SWAP, USED
from oomtray.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from oomtray.history.thinned import Column, Part

_PERIOD = "FROM app_memory WHERE tier = :tier AND slot >= :first AND slot <= :last"
# what is put together here are parts of statements, never a value
_TOTALS = f"SELECT app, max(memory), sum(memory), count(*) {_PERIOD} GROUP BY app"
_LOOKS = (
    "SELECT CAST(slot * :slot / :width AS INTEGER) AS place, min(slot) * :slot + :slot / 2.0,"
    " CASE WHEN app IN ({apps}) THEN app ELSE 0 END AS who, max(memory)"
    f" {_PERIOD} GROUP BY place, who ORDER BY place"
)
_TOGETHER = (
    f"SELECT CAST(slot * :slot / :width AS INTEGER) AS place, max({USED} + coalesce({SWAP}, 0)) FROM reading"  # noqa: S608
    f" WHERE tier = :tier AND slot IN (SELECT slot {_PERIOD}) GROUP BY place"
)
"""What was held in all when somebody looked at the apps."""
_NAMES = "SELECT id, key, name FROM app WHERE id IN ({apps})"
LOOK_SECONDS = 300.0
"""Between two looks at the apps while all is well (`history.recorder`)."""
_SILENCE = 2.2 * LOOK_SECONDS
_GRADES = 4
"""So finely the time is told apart in which an app was among the largest."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the apps."""

    at: float
    held: tuple[int | None, ...]
    """By each of the apps, in their order; None for one that was not among the largest then."""
    other: int | None
    """What all else held in RAM and swap together; None where that is unknown."""
    follows: bool
    """Whether the record goes on from the look before; False after a gap."""


@dataclass(frozen=True, slots=True)
class Apps:
    """The apps of a period that held most at one time, the steadiest first, and the looks at them."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    looks: tuple[Look, ...]


NO_APPS = Apps((), (), ())


def apps(
    connection: sqlite3.Connection, period: Sequence[Part], width: float, columns: Sequence[Column], most: int
) -> Apps:
    """At most `most` of them, with at most one look for each `width` seconds; `columns` are those of the same period."""
    peaks: Counter[int] = Counter()
    sums: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    for part in period:
        for app, peak, total, count in connection.execute(_TOTALS, part.bounds):
            peaks[app] = max(peaks[app], peak)
            sums[app] += total * part.bounds["slot"]
            seconds[app] += count * part.bounds["slot"]
    if not peaks:
        return NO_APPS
    # at the bottom of the stack what is always there, so that what comes and goes moves nothing else
    longest = max(seconds.values())
    order = sorted(
        (app for app, _ in peaks.most_common(most)), key=lambda app: (-(seconds[app] * _GRADES // longest), -sums[app])
    )
    marks = ", ".join(map(str, order))
    named = {app: (key, name) for app, key, name in connection.execute(_NAMES.format(apps=marks))}
    seen: dict[int, tuple[float, dict[int, int]]] = {}
    together: dict[int, int | None] = {}
    for part in period:
        statement, values = _LOOKS.format(apps=marks), {**part.bounds, "width": float(width)}
        for place, at, who, memory in connection.execute(statement, values):
            seen.setdefault(place, (at, {}))[1][who] = memory
        together |= connection.execute(_TOGETHER, values)
    return Apps(
        tuple(named[app][0] for app in order),
        tuple(named[app][1] for app in order),
        _looks(seen, together, order, columns, _SILENCE + 2 * width),
    )


def _looks(
    seen: dict[int, tuple[float, dict[int, int]]],
    together: dict[int, int | None],
    order: Sequence[int],
    columns: Sequence[Column],
    silence: float,
) -> tuple[Look, ...]:
    gaps = [column.begin for column in columns if not column.follows]
    made: list[Look] = []
    for place, (at, memory) in sorted(seen.items()):
        held = tuple(memory.get(app) for app in order)
        follows = bool(made) and at - made[-1].at <= silence
        if follows:  # and not across a gap of the readings
            follows = bisect_right(gaps, at) == bisect_right(gaps, made[-1].at)
        made.append(Look(at, held, _other(together.get(place), held), follows))
    return tuple(made)


def _other(together: int | None, held: tuple[int | None, ...]) -> int | None:
    """Apps that share memory may count it twice: what is left for all else is at least 0."""
    return None if together is None else max(together - sum(memory or 0 for memory in held), 0)
