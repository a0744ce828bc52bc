"""Find the task rows that may lead the kernel's ranking, without parsing the other rows in full."""

from __future__ import annotations

import re
from itertools import compress
from operator import add
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.row_sieve import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEW = 64
"""With this few rows, reading all of them is as fast."""
_MOST_KNOWN = 5_000
_ADJUSTED = 1 << 62
"""Stands in for the pages of a task with an adjustment, as its badness differs."""
_INIT = re.compile(rb"\[ *1\]")
"""PID 1, which is never killed."""


class Leaders:
    """Finds leading rows in tables of one form and caches what rows hold: most tasks sleep from one kill to the next."""

    def __init__(self, columns: tuple[str, ...], page_size: int) -> None:
        """Prepare for tables with these columns, whose names must be unique."""
        cells = (
            f"(?P<{name}>-?+[0-9]{{1,4}}+)" if name == "oom_score_adj"
            else f"(?P<{name}>[0-9]{{1,15}}+)" if name in {"rss", "swapents", *TABLES}
            else "[0-9]{1,15}+"
            for name in columns[1:-1]
        )  # fmt: skip
        # only ASCII names, as Unicode white space would need a check; in other lines all groups are empty
        usual = r"\[ *+[0-9]{1,10}+\] ++" + " ++".join(cells) + r" ++[!-~][ -~]*+"
        self._usual = re.compile(rf"(?:{usual}|.*)\n".encode())
        self._page_size = page_size
        self._known: dict[bytes, int] = {}
        self._tables = 0
        """Most page table pages in any known row."""

    def of(self, rows: list[bytes], most: int) -> list[bytes] | None:
        """Return the leading rows in the table's order; None if all must be read.

        That is if some are unusual, or there are few. Badness is memory, swap and page tables, plus the
        adjustment; before Linux 4.17 root has 3 % less. So among the first `most` there can only be tasks
        that are adjusted, or that hold at least 97 % of the last of `most` others, less page tables. The
        largest task is one of these, too.
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
        place = len(order) - order.count(_ADJUSTED) - most - 1  # one to spare: init may be among them
        if place < 0:
            return None
        least = order[place] * 97 // 100 - self._tables
        leading = [*compress(rows, map(least.__le__, held))]
        return leading if sum(_INIT.match(row) is not None for row in leading) <= 1 else None

    def cells(self, rows: list[bytes]) -> dict[str, Sequence[bytes]]:
        """Return the cells of each relevant column; empty cells for unusual rows."""
        found = self._usual.findall(b"\n".join([*rows, b""]))
        return dict(zip(self._usual.groupindex, zip(*found, strict=True), strict=True))

    def _learn(self, rows: list[bytes]) -> bool:
        """Add the rows to the cache; return whether all have the usual form."""
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
