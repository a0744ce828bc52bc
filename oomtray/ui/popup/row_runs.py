"""Groups adjacent rows, so that a view is notified once per group; plain data without Qt."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterator, Sequence

    from oomtray.ui.popup.process_row import Row


def absent(siblings: Sequence[Row], present: Container[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of each run of rows whose keys aren't in `present`.

    Runs come from the end, so that the caller may remove each.
    """
    for gone, run in groupby(reversed(range(len(siblings))), lambda at: siblings[at].key not in present):
        if gone:
            places = list(run)
            yield places[-1], places[0]


def alike(changes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield first and last index of each run of rows that changed in the same columns, and these as bits.

    `changes` has pairs of row and columns, in the rows' order.
    """
    for (_, columns), run in groupby(enumerate(changes), lambda one: (one[1][0] - one[0], one[1][1])):
        rows = [row for _, (row, _) in run]
        yield rows[0], rows[-1], columns
