"""The rows of the readings table: chart columns gathered into round periods, few enough to read. No Qt."""

from __future__ import annotations

import math
import time
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from oomtray.history.chart_columns import Column, merged
from oomtray.ui.history import chart_data

if TYPE_CHECKING:
    from oomtray.history.period import Period
    from oomtray.ui.history.time_range import TimeRange

MOST = 120
_MINUTE, _HOUR = 60, 3600
_STEPS = (
    *(2, 5, 10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR, 48 * _HOUR, 96 * _HOUR),
)


class Row(NamedTuple):
    at: float
    """The round time at which it begins, in seconds since 1970."""
    until: float
    column: Column


class Reading(NamedTuple):
    """What to read: its columns begin `since` and are `width` seconds wide."""

    since: float
    until: float
    width: float


def reading(shown: TimeRange, width: float) -> Reading:
    """Return what to read around a range so that no column lies in two rows, each about `width` seconds."""
    around, each = shown.with_air(), step(shown)
    offset = time.localtime(shown.since).tm_gmtoff
    since = (around.since + offset) // each * each - offset
    count = max(int(each / width), 1)
    if each % count:  # rounded down: what begins with a row must not lie before it
        return Reading(since, around.until, math.nextafter(each / count, 0))
    return Reading(since, around.until, each / count)


def rows(period: Period, shown: TimeRange) -> list[Row]:
    """Return the rows, newest first, about `MOST` at most; unrecorded times have none.

    They are what they say if the period was read as `reading` says.
    """
    each, begins = step(shown), period.since
    seen = chart_data.seen_in(period.columns, shown, period.width)
    gathered = [
        Row(begins + place * each, begins + (place + 1) * each, merged(list(group)))
        for place, group in groupby(seen, lambda column: int((column.at - begins) // each))
    ]
    return gathered[::-1]


def step(shown: TimeRange) -> int:
    """Return the seconds that each row tells of."""
    return next((one for one in _STEPS if shown.span / one <= MOST), _STEPS[-1])
