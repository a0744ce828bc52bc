"""The rows of a table of tasks with which the kernel's ranking can begin, found without reading the others in full."""

from __future__ import annotations

import re
from itertools import compress
from operator import add
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.row_sieve import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEW = 64
"""Rows that are as soon read all."""
_MOST_KNOWN = 5_000
_ADJUSTED = 1 << 62
"""In place of what a task holds, where badness is more or less than that."""
_INIT = re.compile(rb"\[ *1\]")
"""It is never killed."""


class Leaders:
    """Finds them in the tables of one form, and remembers what the rows held: most tasks sleep from one kill to the next."""

    def __init__(self, columns: tuple[str, ...], page_size: int) -> None:
        """`columns`: no name twice."""
        cells = (
            f"(?P<{name}>-?+[0-9]{{1,4}}+)" if name == "oom_score_adj"
            else f"(?P<{name}>[0-9]{{1,15}}+)" if name in {"rss", "swapents", *TABLES}
            else "[0-9]{1,15}+"
            for name in columns[1:-1]
        )  # fmt: skip
        # a name in ASCII, as what is white space elsewhere would have to be looked at; of another line all groups are empty
        usual = r"\[ *+[0-9]{1,10}+\] ++" + " ++".join(cells) + r" ++[!-~][ -~]*+"
        self._usual = re.compile(rf"(?:{usual}|.*)\n".encode())
        self._page_size = page_size
        self._known: dict[bytes, int] = {}
        self._tables = 0
        """Pages of page tables that one of the known has, at most."""

    def of(self, rows: list[bytes], most: int) -> list[bytes] | None:
        """In the table's order; None where all have to be read: some aren't as usual, or there are few.

        Badness is what a task holds, in memory, in swap and as page tables, with what its adjustment adds to it; before Linux
        4.17 it is 3 % less for root. So among the first `most` come only such as are adjusted, or hold no less than 97 % of the
        last of so many others, but for page tables. The largest is one of these, too.
        """
        if len(rows) <= _FEW:
            return None
        known = self._known
        if len(known) > _MOST_KNOWN:
            known.clear()
            self._tables = 0
        unknown = [row for row in rows if row not in known]
        if unknown and not self._learn(unknown):
            return None
        held = [*map(known.__getitem__, rows)]
        order = sorted(held)
        place = len(order) - order.count(_ADJUSTED) - most - 1  # init may be one of them
        if place < 0:
            return None
        least = order[place] * 97 // 100 - self._tables
        leading = [*compress(rows, map(least.__le__, held))]
        return leading if sum(_INIT.match(row) is not None for row in leading) <= 1 else None

    def cells(self, rows: list[bytes]) -> dict[str, Sequence[bytes]]:
        """Of each column that matters; empty ones where a row isn't as usual."""
        found = self._usual.findall(b"\n".join([*rows, b""]))
        return dict(zip(self._usual.groupindex, zip(*found, strict=True), strict=True))

    def _learn(self, rows: list[bytes]) -> bool:
        """Whether all are as usual."""
        cells = self.cells(rows)
        adjustments = cells["oom_score_adj"]
        if len(adjustments) != len(rows) or b"" in adjustments:
            return False
        units = {name: self._page_size if name == "pgtables_bytes" else 1 for name in TABLES if name in cells}
        self._tables = max(self._tables, sum(max(map(int, cells[name])) // unit for name, unit in units.items()))
        held = map(add, map(int, cells["rss"]), map(int, cells["swapents"]))
        self._known.update(
            (row, pages if adj == b"0" else _ADJUSTED) for row, pages, adj in zip(rows, held, adjustments, strict=True)
        )
        return True
