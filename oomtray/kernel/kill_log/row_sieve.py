"""Take many table rows at once, keeping apart only those that may lead the kernel's ranking.

Nearly all of a machine's tasks are small compared with the few that matter. The table before this one tells
what is small; a pattern runs over the small rows and stops at the others. Whether those are enough is checked
when the ranking is needed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.kill_log.facts import Task

TABLES = ("nr_ptes", "nr_pmds", "nr_puds", "pgtables_bytes")
"""Columns of page tables: in pages, the last one in bytes."""
_LEAST = 100
"""With less room than this many pages, telling tasks apart isn't worthwhile."""


class Sieve(NamedTuple):
    """Limits of a small row: each value is below its limit, and the task is not adjusted or never killed."""

    columns: tuple[str, ...]
    limits: tuple[tuple[str, int], ...]

    def pages(self, page_size: int) -> int:
        """Upper bound of a small row's pages, including page tables."""
        return sum(limit // page_size if name == "pgtables_bytes" else limit for name, limit in self.limits)

    def are_enough(self, tasks: Sequence[Task], most: int, page_size: int) -> bool:
        """Whether no other task can be among the first `most`, or be the largest: see `Leaders`."""
        least = self.pages(page_size)
        return sum(one.adj == 0 and one.pid != 1 and one.held * 97 // 100 >= least for one in tasks) >= most


UNRANKED = Sieve((), ())
"""For tables that aren't ranked, of which only the victim's row is read: all rows are small, whatever they hold."""


class Sieved:
    """A block of rows as in the log, all of the usual form."""

    def __init__(self, sieve: Sieve, block: bytes, count: int, width: int, large: list[bytes]) -> None:
        """Keep `count` rows, each after a prefix of `width` bytes; `large` are those that aren't small."""
        self.sieve, self.large, self.count = sieve, large, count
        self._block, self._width = block, width

    def rows(self) -> list[bytes]:
        return [line[self._width :] for line in self._block[:-1].split(b"\n")]

    def row(self, pid: int) -> bytes | None:
        """Return the last row of a task."""
        block, sign = self._block, b"%d]" % pid
        at = block.rfind(sign)
        while at >= 0:
            begin = block.rfind(b"\n", 0, at) + 1 + self._width
            row = block[begin : block.index(b"\n", at)]
            if begin < at and row[1 : row.index(b"]")].strip() == sign[:-1]:
                return row
            at = block.rfind(sign, 0, at)
        return None


def sieve(columns: tuple[str, ...], page_size: int, tasks: Sequence[Task], cells: dict[str, Sequence[bytes]], most: int) -> Sieve | None:
    """Derive limits from the tasks that lead a table and their cells; None if they would separate too little."""
    others = sorted((one.held, one.rss) for one in tasks if one.adj == 0 and one.pid != 1)
    if len(others) <= most:
        return None
    held, rss = others[-most - 1]  # one to spare
    limits = {name: int("1" + "0" * max(map(len, cells[name]))) for name in TABLES if name in cells}
    room = held * 97 // 100 - Sieve(columns, tuple(limits.items())).pages(page_size)
    if room < _LEAST:
        return None
    limits["swapents"] = _two_digits(max(room * (held - rss) // held, room // 10))
    limits["rss"] = _two_digits(room - limits["swapents"])
    return Sieve(columns, tuple(limits.items()))


@lru_cache(maxsize=64)
def pattern(of: Sieve, length: int, end: bytes) -> re.Pattern[bytes]:
    """Match small rows and the next large one, which is the group, with prefixes of `length` bytes that end in `end`."""
    before = rf"[^\n]{{{length - 2}}}".encode() + re.escape(end) if length else b""
    limits = dict(of.limits)

    def row(*, small: bool) -> str:
        if of is UNRANKED:
            return r"\[ {0,12}+[0-9]{1,10}+\] {1,12}+[0-9][ 0-9-]{0,160}+[ !$-\[\]-~]{0,16}+"
        cells = []
        for name in of.columns[1:-1]:
            if name == "oom_score_adj":
                cells.append("(?:0|-1000)" if small else "-?+[0-9]{1,4}+")
            else:
                cells.append(_below(limits[name]) if small and name in limits else "[0-9]{1,15}+")
        # names are not longer; a name outside ASCII, or with one of the excluded characters, is parsed on its
        # own
        return r"\[ {0,12}+[0-9]{1,10}+\] {1,12}+" + " ++".join(cells) + r" ++[!$-\[\]-~][ !$-\[\]-~]{0,15}+"

    small, large = row(small=True).encode(), row(small=False).encode()
    return re.compile(b"(?>" + before + small + rb"\n)*+(?:" + before + b"(" + large + rb")\n)?")


def _two_digits(number: int) -> int:
    """Round down to two significant digits."""
    digits = str(number)
    return max(int(digits[:2] + "0" * (len(digits) - 2)), 1)


def _below(limit: int) -> str:
    """Build a pattern for numbers below a limit in which only the first two digits aren't 0."""
    digits = str(limit)
    first, zeros = int(digits[0]), len(digits) - 1
    ways = []
    if zeros and digits[1] != "0":
        ways.append(f"{first}[0-{int(digits[1]) - 1}][0-9]{{{zeros - 1}}}")
    if first > 1 or not zeros:
        ways.append(f"[0-{first - 1}][0-9]{{{zeros}}}")
    if zeros:
        ways.append(f"[0-9]{{1,{zeros}}}+")
    return f"(?:{'|'.join(ways)})"
