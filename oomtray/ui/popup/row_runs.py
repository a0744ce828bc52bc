"""Groups adjacent rows, so that a view is notified once per group; plain data without Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterator, Sequence

    from oomtray.ui.popup.process_row import Row


def absent(siblings: Sequence[Row], present: Container[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of each run of rows whose keys aren't in `present`.

    Runs come from the end, so that the caller may remove each.
    """
    last = len(siblings) - 1
    while last >= 0:
        if siblings[last].key in present:
            last -= 1
            continue
        first = last
        while first > 0 and siblings[first - 1].key not in present:
            first -= 1
        yield first, last
        last = first - 1


def alike(changes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield first and last index of each run of rows that changed in the same columns, and these as bits.

    `changes` has pairs of row and columns, in the rows' order.
    """
    at = 0
    while at < len(changes):
        first, columns = changes[at]
        last = first
        while at + 1 < len(changes) and changes[at + 1] == (last + 1, columns):
            at += 1
            last += 1
        yield first, last, columns
        at += 1
