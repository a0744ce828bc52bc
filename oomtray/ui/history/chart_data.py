"""The data that a history chart draws: lines broken at gaps, stacked areas, the numbers at a moment.

No Qt.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from oomtray.history.chart_apps import LOOK_SECONDS, Apps, Look
from oomtray.history.chart_columns import Column, Spread
from oomtray.records import dataclass
from oomtray.ui.history.between_looks import Totals, total_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oomtray.ui.history.time_range import TimeRange


_ALIKE = 0.05
"""Share of RAM and swap by which two amounts may differ to be about the same."""


class Stretch(NamedTuple):
    """A period without a gap in the record."""

    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Layers:
    """Stacked areas over a period without a gap."""

    times: tuple[float, ...]
    edges: tuple[tuple[int, ...], ...]
    """The upper edge of all others, then of each app, in bytes; by time."""


def stretches(columns: Sequence[Column]) -> list[Stretch]:
    """Return the recorded periods, oldest first."""
    found: list[Stretch] = []
    for column in columns:
        if column.follows and found:
            found[-1] = Stretch(found[-1].begin, column.end)
        else:
            found.append(Stretch(column.begin, column.end))
    return found


def gaps(recorded: Sequence[Stretch], since: float, until: float) -> list[Stretch]:
    """Return the unrecorded periods between, before and after the recorded ones."""
    edges = [since, *(edge for one in recorded for edge in one), until]
    return [Stretch(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end]


def lines(
    columns: Sequence[Column], value: Callable[[Column], float | None]
) -> list[list[tuple[float, float]]]:
    """Return runs of (time, value), broken at gaps and unknown values."""
    runs: list[list[tuple[float, float]]] = []
    broken = True
    for column in columns:
        known = value(column)
        if known is None:
            broken = True
            continue
        if broken or not column.follows:
            runs.append([])
        broken = False
        if column.end - column.begin > 0 and not runs[-1]:
            runs[-1].append((column.begin, known))
        runs[-1].append((column.at, known))
    return runs


def within(columns: Sequence[Column], shown: TimeRange) -> Sequence[Column]:
    """Return the columns within a range plus a neighbor on either side, to which the lines continue."""
    first = bisect_left(columns, shown.since, key=lambda column: column.at)
    last = bisect_left(columns, shown.until, key=lambda column: column.at)
    return columns[max(first - 1, 0) : last + 1]


def cut(stack: Layers, shown: TimeRange) -> Layers:
    """Return the visible part of a stack, empty if none of it is visible."""
    first, last = bisect_left(stack.times, shown.since), bisect_left(stack.times, shown.until)
    if first == len(stack.times) or (last == 0 and stack.times[0] > shown.until):
        return Layers((), ())
    part = slice(max(first - 1, 0), last + 1)
    return Layers(stack.times[part], stack.edges[part])


def column_at(columns: Sequence[Column], at: float, width: float) -> Column | None:
    """Return the column nearest to a moment; None in a gap, where nothing is known."""
    place = bisect_left(columns, at, key=lambda column: column.at)
    before, after = columns[place - 1 : place], columns[place : place + 1]
    if before and after and after[0].follows:
        return min(before[0], after[0], key=lambda column: abs(column.at - at))
    for column in (*before, *after):
        if column.begin - width <= at <= column.end + width:
            return column
    return None


def look_at(apps: Apps, at: float, columns: Sequence[Column], width: float) -> Look | None:
    """Return the sample of the apps nearest to a moment, if it is no further away than samples are apart.

    None if about as much in all was held at neither of the samples around it: what was held of that isn't known.
    """
    column = column_at(columns, at, width)
    if column is None:
        return None
    place = bisect_left(apps.looks, at, key=lambda look: look.at)
    for look in sorted(apps.looks[max(place - 1, 0) : place + 1], key=lambda look: abs(look.at - at)):
        away = abs(look.at - at)
        if away <= width or (away <= LOOK_SECONDS + width and _alike(look, column)):
            return look
    return None


def _alike(look: Look, column: Column) -> bool:
    """Whether about as much in all was held at both, or that is unknown."""
    total = total_of(column)
    if look.other is None or total is None:
        return True
    held = look.other + sum(memory or 0 for memory in look.held)
    return abs(held - total) <= _ALIKE * (column.usable + (column.swap_total or 0))


def seen_in(columns: Sequence[Column], shown: TimeRange, width: float) -> list[Column]:
    """Return the readings of a range; if it is too short to have one, the nearest, unless it lies in a gap."""
    seen = [column for column in columns if shown.holds(column.at)]
    if not seen and (near := column_at(columns, shown.at(0.5), width)) is not None:
        seen.append(near)
    return seen


def peak(columns: Sequence[Column], shown: TimeRange, width: float) -> Column | None:
    """Return the maximum of each series in a range as one column; None if nothing was recorded."""
    seen = seen_in(columns, shown, width)
    if not seen:
        return None
    return Column(
        begin=seen[0].begin,
        end=seen[-1].end,
        used=_most(column.used for column in seen),
        usable=max(column.usable for column in seen),
        swap=_most(column.swap for column in seen),
        swap_total=max((column.swap_total for column in seen if column.swap_total is not None), default=None),
        stall=max((column.stall for column in seen if column.stall is not None), default=None),
        level="normal",
        follows=False,
    )


def _most(spreads: Iterable[Spread | None]) -> Spread | None:
    most = max((spread.high for spread in spreads if spread is not None), default=None)
    return None if most is None else Spread(most, most, most)


def peak_look(apps: Apps, since: float, until: float) -> Look | None:
    """Return the maximum that each app held in a period; None if apps were never sampled in it.

    What all others held at most is unknown: a thinned look has maxima of different moments.
    """
    first = bisect_left(apps.looks, since, key=lambda look: look.at)
    seen = apps.looks[first : bisect_right(apps.looks, until, key=lambda look: look.at)]
    if not seen:
        return None
    held = tuple(max((one for one in each if one is not None), default=None) for each in zip(*(look.held for look in seen), strict=True))
    return Look(seen[-1].at, held, None, follows=False)


def layers(apps: Apps, recorded: Sequence[Stretch], columns: Sequence[Column]) -> list[Layers]:
    """Return a stack per period without a gap; between the looks it is as high as the readings in `columns` have it.

    After its last look a stack continues with the same apps until the next one would have come.
    """
    runs: list[list[Look]] = []
    for look in apps.looks:
        if look.follows and runs:
            runs[-1].append(look)
        else:
            runs.append([look])
    totals = Totals(columns)
    return [_layers(run, recorded, totals) for run in runs]


def _layers(run: list[Look], recorded: Sequence[Stretch], totals: Totals) -> Layers:
    held = [(look.at, [look.other or 0, *(memory or 0 for memory in look.held)]) for look in run]
    around = _around(run, recorded)
    if around is not None:
        held = [(min(max(at, around.begin), around.end), each) for at, each in held]  # with readings minutes apart, a look may be outside
    found = [held[0]]
    for before, after in pairwise(held):
        found += [*totals.between(before, after), after]
    if around is not None:
        first, last = held[0], held[-1]
        found[:0] = reversed(totals.beyond(*first, max(around.begin, first[0] - LOOK_SECONDS)))
        found += totals.beyond(*last, min(around.end, last[0] + LOOK_SECONDS))
    return Layers(tuple(at for at, _ in found), tuple(tuple(accumulate(each)) for _, each in found))


def _around(run: list[Look], recorded: Sequence[Stretch]) -> Stretch | None:
    """Return the recorded period that these samples belong to."""
    first, last = run[0].at, run[-1].at
    near = (one for one in recorded if one.begin - LOOK_SECONDS <= last and first <= one.end + LOOK_SECONDS)
    return max(near, key=lambda one: min(one.end, last) - max(one.begin, first), default=None)
