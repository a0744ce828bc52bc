"""Aligned columns of text for a terminal, with wide characters counted as two."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from oomtray.text import UNKNOWN, columns, fit, pad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.cli.terminal import Style, Terminal

GAP = "  "
_NO_LIMIT = sys.maxsize


class Column(NamedTuple):
    head: str
    right: bool = False
    least: int | None = None
    """Minimum width if the column may be cut in a narrow terminal; None: never cut."""
    good: int | None = None
    """Width below which it is cut only after all droppable columns are gone; None: no such width."""
    dropped: int | None = None
    """In a narrow terminal, the columns with the lowest numbers are dropped first; None: never."""


class Row(NamedTuple):
    cells: tuple[str, ...]
    style: Style = "plain"


def table(heads: Sequence[Column], rows: Sequence[Row], terminal: Terminal) -> list[str]:
    """Render the header and a line for each row, none wider than the terminal."""
    kept = _kept(heads, rows, terminal.columns)
    heads = [heads[i] for i in kept]
    cells = [tuple(head.head for head in heads), *(tuple(row.cells[i] for i in kept) for row in rows)]
    widths = [
        max(map(len if all(map(str.isascii, column)) else columns, column)) for column in zip(*cells, strict=True)
    ]
    _narrow(widths, heads, terminal.columns)
    lines = [terminal.styled(_line(heads, widths, cells[0], terminal), "bold")]
    for row, line in zip(rows, cells[1:], strict=True):
        lines.append(terminal.styled(_line(heads, widths, line, terminal), row.style))
    return lines


def _kept(heads: Sequence[Column], rows: Sequence[Row], limit: int | None) -> list[int]:
    """Choose the columns that fit a terminal of this width, dropping those without content first."""
    kept = list(range(len(heads)))
    if limit is None:
        return kept
    widths = [
        min(max(columns(cell) for cell in (head.head, *(row.cells[i] for row in rows))), _wanted(head))
        for i, head in enumerate(heads)
    ]
    silent = {i for i in kept if all(row.cells[i] in ("", UNKNOWN) for row in rows)}
    leaving = sorted((head.dropped, i) for i, head in enumerate(heads) if head.dropped is not None)
    for _, i in sorted(leaving, key=lambda one: one[1] not in silent):
        if _total([widths[n] for n in kept]) <= limit:
            break
        kept.remove(i)
    return kept


def _wanted(head: Column) -> int:
    """Return the width down to which a column may be cut before any is dropped."""
    if head.good is not None:
        return head.good
    return _NO_LIMIT if head.least is None else head.least


def _narrow(widths: list[int], heads: Sequence[Column], limit: int | None) -> None:
    """Narrow columns from the last on: first to their good width, and if that isn't enough, to their minimum."""
    if limit is None:
        return
    excess = _total(widths) - limit
    for floors in ([head.good for head in heads], [head.least for head in heads]):
        for i in reversed(range(len(heads))):
            floor = floors[i]
            cut = 0 if floor is None else min(excess, widths[i] - floor)
            if cut > 0:
                widths[i] -= cut
                excess -= cut


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _line(heads: Sequence[Column], widths: list[int], cells: Sequence[str], terminal: Terminal) -> str:
    filled = []
    for head, width, cell in zip(heads, widths, cells, strict=True):
        if len(cell) <= width and cell.isascii():  # most cells, and `watch` draws a hundred of them each time
            filled.append(cell.rjust(width) if head.right else cell.ljust(width))
        else:
            filled.append(pad(fit(cell, width), width, right=head.right))
    line = GAP.join(filled).rstrip()
    return terminal.drawn(line if terminal.columns is None else fit(line, terminal.columns))
