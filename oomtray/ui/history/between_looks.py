"""What apps held between two looks at them, of which only the total is known: as it has it, and not on a straight line.

Apps are read every few minutes while all is well (`history.recorder`), the total at each reading. What grew from one look to
the next is taken to have grown when the total did, and what the apps at neither look explain is everything else's. No Qt.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.history.chart_columns import Column

    Held = tuple[float, list[int]]
    """A time, and what everything else and then each app held, in bytes."""


def total_of(column: Column) -> int | None:
    """RAM and swap in use, in bytes; None if unknown."""
    return None if column.used is None else column.used.mean + (0 if column.swap is None else column.swap.mean)


class Totals:
    """RAM and swap in use over a period, in bytes."""

    def __init__(self, columns: Sequence[Column]) -> None:
        known = [(one.at, total) for one in columns if (total := total_of(one)) is not None]
        self._times, self._values = [at for at, _ in known], [value for _, value in known]

    def within(self, begin: float, end: float) -> list[tuple[float, int]]:
        """Return the readings after `begin` and before `end`."""
        part = slice(bisect_right(self._times, begin), bisect_left(self._times, end))
        return list(zip(self._times[part], self._values[part], strict=True))

    def at(self, moment: float) -> float:
        """Return what was in use at a moment, between two readings on a straight line; 0 if there is no reading."""
        if not self._times:
            return 0.0
        place = bisect_left(self._times, moment)
        if place in (0, len(self._times)):
            return self._values[min(place, len(self._times) - 1)]
        (begin, end), (low, high) = self._times[place - 1 : place + 1], self._values[place - 1 : place + 1]
        return low + (high - low) * (moment - begin) / (end - begin)

    def between(self, before: Held, after: Held) -> list[Held]:
        """Return what was held at the readings between two looks."""
        begin, end = sum(before[1]), sum(after[1])
        # apps count twice what they share, and a look is dated to some seconds, in which much may have changed
        added = min(begin - self.at(before[0]), end - self.at(after[0]), key=abs)
        found = []
        for moment, total in self.within(before[0], after[0]):
            done = (moment - before[0]) / (after[0] - before[0])
            found.append((moment, _course(before[1], after[1], done, total + added - begin - done * (end - begin))))
        return found

    def beyond(self, at: float, held: Sequence[int], end: float) -> list[Held]:
        """Return the same from a look on to `end`, or back to it, as long as the apps may still hold what they held at the look."""
        if at == end:
            return []
        readings, found = self.within(min(at, end), max(at, end)), list["Held"]()
        for moment, total in [*(readings if end > at else reversed(readings)), (end, self.at(end))]:
            other = held[0] + round(total - self.at(at))
            if other < 0:
                break
            found.append((moment, [other, *held[1:]]))
        return found


def _course(before: Sequence[int], after: Sequence[int], done: float, off: float) -> list[int]:
    """Return what was held when the part `done` of the time had passed and the total was `off` bytes above a straight line.

    By what grew sooner and shrank later than on a straight line, or the other way round if `off` is negative. The first, of
    everything else, takes what that can't explain.
    """
    moves = [end - begin for begin, end in zip(before, after, strict=True)]
    growth, shrinkage = sum(max(move, 0) for move in moves), -sum(min(move, 0) for move in moves)
    grown = shrunk = done
    if off >= 0:
        room = (1 - done) * growth + done * shrinkage
        part = min(off / room, 1.0) if room else 0.0
        grown, shrunk, rest = done + part * (1 - done), done - part * done, max(off - room, 0.0)
    else:
        room = done * growth + (1 - done) * shrinkage
        part = min(-off / room, 1.0) if room else 0.0
        grown, shrunk, rest = done - part * done, done + part * (1 - done), min(off + room, 0.0)
    other, *apps = [begin + move * (grown if move > 0 else shrunk) for begin, move in zip(before, moves, strict=True)]
    other += rest
    if other < 0 and apps:  # some of them must have held less
        left = max(other + sum(apps), 0.0) / sum(apps) if sum(apps) else 0.0
        other, apps = 0.0, [app * left for app in apps]
    return [round(max(other, 0.0)), *map(round, apps)]
