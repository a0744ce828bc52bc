"""The rows of the readings table: chart columns gathered into round periods, few enough to read. No Qt."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from oomtray.history.thinned import Column, merged
from oomtray.ui.history import chart_data

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    column: Column


def rows(columns: Sequence[Column], shown: TimeRange, width: float) -> list[Row]:
    """Return the rows, newest first, about `MOST` at most; unrecorded times have none."""
    step = next((step for step in _STEPS if shown.span / step <= MOST), _STEPS[-1])
    offset = time.localtime(shown.since).tm_gmtoff
    seen = chart_data.seen_in(columns, shown, width)
    gathered = [
        Row(place * step - offset, merged(list(group)))
        for place, group in groupby(seen, lambda column: int((column.at + offset) // step))
    ]
    return gathered[::-1]
