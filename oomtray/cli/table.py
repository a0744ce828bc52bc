"""Aligned columns of text for a terminal, wide characters counted as two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oomtray.text import columns, fit, pad

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.cli.terminal import Style, Terminal

GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    head: str
    right: bool = False
    least: int | None = None
    """A column that may be cut where the terminal is narrow: how far; None: never cut."""


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[str, ...]
    style: Style = "plain"


def table(heads: Sequence[Column], rows: Sequence[Row], terminal: Terminal) -> list[str]:
    """The head line and a line for each row, each at most as wide as the terminal."""
    cells = [tuple(head.head for head in heads), *(row.cells for row in rows)]
    widths = [max(columns(line[i]) for line in cells) for i in range(len(heads))]
    _narrow(widths, heads, terminal.columns)
    lines = [terminal.styled(_line(heads, widths, cells[0], terminal), "bold")]
    lines += [terminal.styled(_line(heads, widths, row.cells, terminal), row.style) for row in rows]
    return lines


def _narrow(widths: list[int], heads: Sequence[Column], limit: int | None) -> None:
    """Take what is too much from the columns that may be cut, from the widest first."""
    if limit is None:
        return
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - limit
    while excess > 0:
        spare = [i for i, head in enumerate(heads) if head.least is not None and widths[i] > head.least]
        if not spare:
            return
        widths[max(spare, key=lambda i: widths[i])] -= 1
        excess -= 1


def _line(heads: Sequence[Column], widths: list[int], cells: Sequence[str], terminal: Terminal) -> str:
    filled = (
        pad(fit(cell, width), width, right=head.right)
        for head, width, cell in zip(heads, widths, cells, strict=True)
    )
    line = GAP.join(filled).rstrip()
    return terminal.written(line if terminal.columns is None else fit(line, terminal.columns))
