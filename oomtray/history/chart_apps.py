"""Memory of the largest apps over a period, with at most one look per pixel. Units as in `history.chart_columns`."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from oomtray.history.schema import SWAP, USED
from oomtray.records import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from oomtray.history.chart_columns import Column, Part

_PERIOD = "FROM app_memory WHERE tier = :tier AND slot >= :first AND slot <= :last"
# only parts of statements are formatted in, never values
_TOTALS = f"SELECT app, max(memory), sum(memory), count(*) {_PERIOD} GROUP BY app"
_LOOKS = (
    "SELECT CAST((slot * :slot - :since) / :width AS INTEGER) AS place, min(slot) * :slot + :slot / 2.0,"
    " CASE WHEN app IN ({apps}) THEN app ELSE 0 END AS who, max(memory)"
    f" {_PERIOD} GROUP BY place, who ORDER BY place"
)
_TOGETHER = (
    f"SELECT CAST((slot * :slot - :since) / :width AS INTEGER) AS place, max({USED} + coalesce({SWAP}, 0)) FROM reading"  # noqa: S608
    f" WHERE tier = :tier AND slot IN (SELECT slot {_PERIOD}) GROUP BY place"
)
"""Total memory held when the apps were read."""
_NAMES = "SELECT id, key, name FROM app WHERE id IN ({apps})"
LOOK_SECONDS = 300.0
"""Between two looks at the apps while all is well (`history.recorder`)."""
_SILENCE = 2.2 * LOOK_SECONDS
_GRADES = 4
"""Number of steps in which the time an app was among the largest is compared."""


@dataclass(frozen=True, slots=True)
class Look:
    at: float
    held: tuple[int | None, ...]
    """Memory by app, in the order of the apps; None for one that was not among the largest."""
    other: int | None
    """What everything else held in RAM and swap together; None if unknown."""
    follows: bool
    """Whether recording continued from the previous look; False after a gap."""


@dataclass(frozen=True, slots=True)
class Apps:
    """The apps of a period with the highest peaks, steadiest first, and the looks at them."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    looks: tuple[Look, ...]


NO_APPS = Apps((), (), ())


def apps(
    connection: sqlite3.Connection, period: Sequence[Part], width: float, columns: Sequence[Column], most: int
) -> Apps:
    """Read at most `most` apps, with at most one look per `width` seconds; `columns` are those of the same period."""
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
    # steady apps go to the bottom of the stack, so that those that come and go don't move them
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
        if follows:  # and not across a gap in the readings
            follows = bisect_right(gaps, at) == bisect_right(gaps, made[-1].at)
        made.append(Look(at, held, _other(together.get(place), held), follows))
    return tuple(made)


def _other(together: int | None, held: tuple[int | None, ...]) -> int | None:
    """Return the memory of everything else, at least 0: apps that share memory may count it twice."""
    return None if together is None else max(together - sum(memory or 0 for memory in held), 0)
