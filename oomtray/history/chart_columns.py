"""Readings of a period as the columns of a chart: SQL reduces them to one column per pixel.

Times are seconds since 1970, sizes bytes. Unknown is None, never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from oomtray.history.samples import covered
from oomtray.history.schema import SWAP, TIERS, USED
from oomtray.records import dataclass
from oomtray.risk.interval import LONGEST_CALM
from oomtray.risk.outlook import LevelName

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

_LEVELS: tuple[LevelName, ...] = get_args(LevelName)
# only names of columns are formatted in, never values
_COLUMNS = (
    f"SELECT CAST((time - :since) / :width AS INTEGER) AS place, min(time), max(time), min({USED}), avg({USED}), max(most_used),"  # noqa: S608
    f" max(total - coalesce(huge_pages, 0)), min({SWAP}), avg({SWAP}), max(most_swap), max(swap_total), max(most_stall),"
    " max(most_level) FROM reading WHERE tier = :tier AND slot >= :first AND slot <= :last AND time >= :begin AND time < :end"
    " GROUP BY place ORDER BY place"
)
_SHORTEST_SILENCE = LONGEST_CALM + 3.0
"""Seconds: as far apart as readings are while all is calm, plus what a busy machine delays them."""


class Part(NamedTuple):
    """A part of a period, with the tier that it is read from."""

    tier: int
    begin: float
    end: float
    since: float
    """Beginning of the whole period, from which columns are counted."""

    @property
    def bounds(self) -> dict[str, float]:
        """Parameters of the SQL statements."""
        seconds = TIERS[self.tier].slot
        return {
            "tier": self.tier,
            "slot": seconds,
            "first": int(self.begin // seconds),
            "last": int(self.end // seconds),
            "begin": self.begin,
            "end": self.end,
            "since": self.since,
        }

    @property
    def silence(self) -> float:
        """Seconds without a reading that mean that the machine was off or asleep, or nobody recorded."""
        return max(2.2 * TIERS[self.tier].slot, _SHORTEST_SILENCE)


class Spread(NamedTuple):
    """Minimum, mean and maximum of one column's readings."""

    low: int
    mean: int
    high: int


@dataclass(frozen=True, slots=True)
class Column:
    """The readings that share a pixel."""

    begin: float
    """Time of the first one."""
    end: float
    used: Spread | None
    """Usable RAM that isn't left."""
    usable: int
    swap: Spread | None
    swap_total: int | None
    stall: float | None
    """Maximum percentage of 10 s in which all tasks stalled on memory (PSI full)."""
    level: LevelName
    """The highest level."""
    follows: bool
    """Whether recording continued from the previous column; False after a gap."""

    @property
    def at(self) -> float:
        return (self.begin + self.end) / 2

    @property
    def used_percent(self) -> float | None:
        return _percent(self.used and self.used.mean, self.usable)

    @property
    def swap_percent(self) -> float | None:
        """None if there is no swap, or it is unknown."""
        return _percent(self.swap and self.swap.mean, self.swap_total)


def parts(connection: sqlite3.Connection, since: float, until: float, width: float) -> list[Part]:
    """Choose what to read, oldest first: no finer than `width` seconds require, coarser where nothing finer is kept."""
    finest = max((number for number, tier in enumerate(TIERS) if tier.slot <= width), default=0)
    return [Part(*found, since) for found in reversed(covered(connection, since, until, finest))]


def columns(connection: sqlite3.Connection, period: list[Part], width: float) -> Iterator[Column]:
    """Yield columns, oldest first: at most one per `width` seconds, and none where nothing was recorded."""
    last, before, silence = None, None, 0.0
    for part in period:
        silence = max(silence, part.silence)
        for place, begin, end, *rest in connection.execute(_COLUMNS, {**part.bounds, "width": float(width)}):
            column = _column(begin, end, rest, follows=before is not None and begin - before.end <= silence)
            if before is not None and place == last:  # two tiers meet within one pixel
                column = merged([before, column])
            elif before is not None:
                yield before
            last, before, silence = place, column, part.silence
    if before is not None:
        yield before


def merged(group: Sequence[Column]) -> Column:
    """Return columns that follow one another as one, with the maxima of all."""
    return Column(
        begin=group[0].begin,
        end=group[-1].end,
        used=_together(column.used for column in group),
        usable=max(column.usable for column in group),
        swap=_together(column.swap for column in group),
        swap_total=max((column.swap_total for column in group if column.swap_total is not None), default=None),
        stall=max((column.stall for column in group if column.stall is not None), default=None),
        level=max((column.level for column in group), key=_LEVELS.index),
        follows=group[0].follows,
    )


def _together(spreads: Iterable[Spread | None]) -> Spread | None:
    known = [spread for spread in spreads if spread is not None]
    if not known:
        return None
    mean = round(sum(spread.mean for spread in known) / len(known))
    return Spread(min(spread.low for spread in known), mean, max(spread.high for spread in known))


def _column(begin: float, end: float, row: list[float | None], *, follows: bool) -> Column:
    low, mean, high, usable, swap_low, swap_mean, swap_high, swap_total, stall, level = row
    return Column(
        begin=begin,
        end=end,
        used=_spread(low, mean, high),
        usable=int(usable or 0),
        swap=_spread(swap_low, swap_mean, swap_high),
        swap_total=None if swap_total is None else int(swap_total),
        stall=stall,
        level=_LEVELS[int(level or 0)],
        follows=follows,
    )


def _spread(low: float | None, mean: float | None, high: float | None) -> Spread | None:
    return None if low is None or mean is None or high is None else Spread(int(low), round(mean), int(high))


def _percent(share: float | None, whole: float | None) -> float | None:
    return None if share is None or not whole else 100.0 * share / whole
