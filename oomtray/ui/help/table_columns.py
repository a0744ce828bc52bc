"""Chooses column widths of a table so that its rows need as few lines as possible. No Qt."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Words = Sequence[float]
    """The width in pixels of each word of a cell, with the space after it."""

_STEP = 12.0
"""Pixels by which widths are varied."""
_CELL_LINE_WEIGHT = 0.01
"""Weight of a line in a single cell, relative to a line of the whole row."""


def share_out(rows: Sequence[Sequence[Words]], room: float) -> list[float]:
    """Return the width in pixels of each column, `room` in all; all rows have the same number of cells."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    natural = [max(map(sum, column), default=0.0) for column in columns]
    least = [max((max(words, default=0.0) for words in column), default=0.0) for column in columns]
    if sum(natural) <= room:
        return [wide * room / (sum(natural) or 1.0) for wide in natural]
    if sum(least) >= room:
        return _cut(least, room)
    missing = [full - wide for full, wide in zip(natural, least, strict=True)]
    rest = room - sum(least)
    widths = [wide + rest * lack / sum(missing) for wide, lack in zip(least, missing, strict=True)]
    lines = _Lines(columns)
    while (better := _better(lines, widths, least)) is not None:
        widths = better
    return widths


def _cut(wanted: Sequence[float], room: float) -> list[float]:
    """Reduce only the widest, so that the words in the other columns stay whole."""
    left, most = room, 0.0
    for place, wide in enumerate(sorted(wanted)):
        most = left / (len(wanted) - place)
        if wide > most:
            break
        left -= wide
    return [min(wide, most) for wide in wanted]


def _better(lines: _Lines, widths: list[float], least: list[float]) -> list[float] | None:
    """Return widths with pixels moved between two columns to save the most lines; None if no move saves any."""
    now = lines.cost(widths)
    found = [(lines.cost(moved), moved) for moved in _moved(widths, least)]
    cost, best = min(found, key=lambda one: one[0], default=(now, widths))
    return best if cost < now else None


def _moved(widths: list[float], least: list[float]) -> Iterator[list[float]]:
    for giver, taker in permutations(range(len(widths)), 2):
        for step in range(1, int((widths[giver] - least[giver]) / _STEP) + 1):
            moved = list(widths)
            moved[giver] -= step * _STEP
            moved[taker] += step * _STEP
            yield moved


class _Lines:
    """Counts the lines of cells, and caches the count for each width."""

    def __init__(self, columns: list[list[Words]]) -> None:
        self._columns = columns
        self._known: dict[tuple[int, float], list[int]] = {}

    def cost(self, widths: Sequence[float]) -> float:
        told = [self._of(column, wide) for column, wide in enumerate(widths)]
        return math.fsum(max(row) + _CELL_LINE_WEIGHT * sum(row) for row in zip(*told, strict=True))

    def _of(self, column: int, wide: float) -> list[int]:
        key = column, round(wide, 1)
        if key not in self._known:
            self._known[key] = [_count(words, wide + 0.5) for words in self._columns[column]]
        return self._known[key]


def _count(words: Words, wide: float) -> int:
    lines, at = 1, 0.0
    for word in words:
        if at and at + word > wide:
            lines, at = lines + 1, 0.0
        at += word
    return lines
