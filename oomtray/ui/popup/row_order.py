"""Sorts rows by a column, with the quiet tail in its place. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from oomtray.ui.popup import row_words as words
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from oomtray.ui.controllers.app_labels import AppLabels
    from oomtray.ui.popup.process_row import Row


class Sorting(NamedTuple):
    column: int = COUNTS
    descending: bool = False
    """Whether the largest comes first."""

    @property
    def ends_quietly(self) -> bool:
        """Whether this order keeps small and late apps together."""
        return self in ((COUNTS, False), (MEMORY, True))


def ordered(siblings: list[Row], sorting: Sorting, quiet: frozenset[Hashable], labels: AppLabels | None) -> list[Row]:
    """Sort rows with the tail before protected ones, since those die last."""
    tail = [row for row in siblings if row.tail is not None]
    if not tail:
        return ordered_plainly(siblings, sorting, labels)
    others = ordered_plainly([row for row in siblings if row.tail is None], sorting, labels)
    after = [row for row in others if row.key in quiet]
    last = [row for row in others if row.key not in quiet and _comes_last(row, sorting)]
    front = [row for row in others if row.key not in quiet and not _comes_last(row, sorting)]
    return [*front, *tail, *after, *last]


def ordered_plainly(siblings: list[Row], sorting: Sorting, labels: AppLabels | None) -> list[Row]:
    """Sort rows without regard to the tail; ties go by rank, and rows without a value always come last."""
    column, descending = sorting
    value = _VALUES[column] if column != NAME else lambda row: words.name(row, labels).casefold()
    known = [row for row in siblings if value(row) is not None]
    known.sort(key=_by_rank)
    known.sort(key=value, reverse=descending)
    return known + [row for row in siblings if value(row) is None]


def _comes_last(row: Row, sorting: Sorting) -> bool:
    return sorting.column == COUNTS and row.cells.status.standing in ("protected", "never")


def _by_rank(row: Row) -> int:
    place = row.cells.counts.rank
    return 1 << 40 if place is None else place


_VALUES: dict[int, Callable[[Row], Any]] = {
    COUNTS: lambda row: row.cells.counts.rank,
    MEMORY: lambda row: row.cells.memory[0],
    CHANGE: lambda row: row.cells.change,
    STATUS: lambda row: None if row.cells.status.span is None else row.cells.status.span[1],
}
