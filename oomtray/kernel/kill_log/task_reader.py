"""Parse tasks from the rows of a report's table."""

from __future__ import annotations

import re
from functools import partial
from operator import add
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.facts import Task
from oomtray.kernel.kill_log.leaders import Leaders
from oomtray.kernel.kill_log.lines import decoded
from oomtray.kernel.kill_log.row_sieve import TABLES, Sieve
from oomtray.kernel.kill_log.row_sieve import sieve as make_sieve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_NEEDED = ("pid", "uid", "rss", "swapents", "oom_score_adj")
INTEGERS = re.compile(r"(?:-?\d{1,19} )*")
_MOST_KNOWN, _MOST_LAYOUTS, _MOST_COLUMNS = 5_000, 64, 32
"""Limits of the caches; the first is of rows."""
_SHORT = 400
"""Longest row, in characters, that is parsed without checking each number's length."""
_SELDOM = 16
"""Tables per sieve, because making one takes as long as reading a few tables."""
_task: Callable[[tuple[Any, ...]], Task] = partial(tuple.__new__, Task)  # takes half as long as Task's own


def is_ranked(columns: tuple[str, ...]) -> bool:
    """Whether badness can be computed from a table with these columns; Linux 2.6.32's lacks swap."""
    return set(columns).issuperset(_NEEDED) and columns[-1] == "name"


class TaskReader:
    """Parses rows and caches them: most tasks sleep from one kill to the next, and have the same row again."""

    def __init__(self) -> None:
        self._layouts: dict[tuple[tuple[str, ...], int], Layout] = {}
        self._sieves: dict[tuple[str, ...], Sieve] = {}

    def sieve(self, columns: tuple[str, ...]) -> Sieve | None:
        """Return a sieve for tables with these columns; None while none is known."""
        return self._sieves.get(columns)

    def layout(self, columns: tuple[str, ...], page_size: int, rows: int) -> Layout:
        """Return the layout for a table with this many rows."""
        layouts = self._layouts
        if len(layouts) > _MOST_LAYOUTS or sum(len(one.known) for one in layouts.values()) > _MOST_KNOWN + rows:
            layouts.clear()
            self._sieves.clear()
        if (columns, page_size) not in layouts:
            layouts[columns, page_size] = Layout(columns, page_size)
        return layouts[columns, page_size]

    def leading(self, layout: Layout, rows: list[bytes], most: int) -> tuple[list[bytes] | None, list[Task]]:
        """Return the rows that may lead the ranking, and their tasks; None if they can't be told from the others."""
        leading = layout.leading(rows, most)
        if leading is None:
            return None, []
        tasks = layout.read([*map(decoded, leading)])
        layout.tables += 1
        if layout.tables % _SELDOM == 1:
            made = layout.sieve(leading, tasks, most)
            if made is not None:
                self._sieves[layout.columns] = made
        return leading, tasks


class Layout:
    """The columns of a table's rows, and the rows parsed so far."""

    def __init__(self, columns: tuple[str, ...], page_size: int) -> None:
        self.known: dict[str, Task] = {}
        self.tables = 0
        """Number of tables whose leading rows were found."""
        self.columns, self._page_size = columns, page_size
        self._tables = [one for one in TABLES if one in columns]
        # only adjustments may be negative; in lines of other forms all groups are empty
        cells = ("(-?+[0-9]{1,4}+)" if name == "oom_score_adj" else "([0-9]{1,15}+)" for name in columns[1:-1])
        usual = r"\[ *+([0-9]{1,10}+)\] ++" + " ++".join(cells) + r" ++(\S.*)"
        self._usual = re.compile(rf"(?:{usual}|.*)\n") if columns[0] == "pid" and len(columns) <= _MOST_COLUMNS else None
        self._leaders: Leaders | None = None

    def leading(self, rows: list[bytes], most: int) -> list[bytes] | None:
        """Return the rows that `Leaders` finds; None if they can't be told from the others."""
        if self._leaders is None:
            columns = self.columns
            if self._usual is None or len(set(columns)) != len(columns):
                return None
            self._leaders = Leaders(columns, self._page_size)
        return self._leaders.of(rows, most)

    def sieve(self, leading: list[bytes], tasks: Sequence[Task], most: int) -> Sieve | None:
        """Make a sieve for the next tables from this one's leading rows."""
        assert self._leaders is not None
        return make_sieve(self.columns, self._page_size, tasks, self._leaders.cells(leading), most)

    def read(self, rows: list[str]) -> list[Task]:
        """Return the tasks of the rows that can be parsed."""
        tasks = list(map(self.known.get, rows))
        if not all(tasks):
            self.learn([row for row, task in zip(rows, tasks, strict=True) if task is None])
            tasks = list(map(self.known.get, rows))
        if not all(tasks):
            tasks = [task or self.task(row) for row, task in zip(rows, tasks, strict=True)]
        return list(filter(None, tasks))

    def learn(self, rows: list[str]) -> None:
        """Parse rows of the usual form all at once: one by one takes three times as long."""
        found = [] if self._usual is None else self._usual.findall("\n".join([*rows, ""]))
        if len(found) != len(rows):
            return  # a name contains a line break
        usual = [(row, *cells) for row, cells in zip(rows, found, strict=True) if cells[0] and len(row) <= _SHORT]
        if usual:
            texts, *columns = zip(*usual, strict=True)
            self.known.update(zip(texts, self._tasks(dict(zip(self.columns, columns, strict=True))), strict=True))

    def task(self, row: str) -> Task | None:
        """Parse any row; None if it can't be parsed."""
        columns = self.columns
        *cells, name = row.replace("[", " ", 1).replace("]", " ", 1).split(None, len(columns) - 1)
        if len(cells) == len(columns) - 2:
            cells.append(name)
            name = ""  # a process may have no name
        if len(cells) != len(columns) - 1:
            return None
        plain = name and len(row) <= _SHORT and columns[0] == "pid" and "".join(cells).isdecimal()
        if not plain and INTEGERS.fullmatch(" ".join(cells) + " ") is None:
            return None
        return next(self._tasks({column: [cell] for column, cell in zip(columns, [*cells, name], strict=True)}))

    def _tasks(self, cells: Mapping[str, Sequence[str]]) -> Iterator[Task]:
        """Build tasks from rows given by column."""
        pid, uid, rss, swap, adj = ([*map(int, cells[name])] for name in _NEEDED)
        tables = [0] * len(pid)
        for name in self._tables:
            unit = self._page_size if name == "pgtables_bytes" else 1
            tables = [held + int(cell) // unit for held, cell in zip(tables, cells[name], strict=True)]
        held = [*map(add, rss, swap)]
        return map(_task, zip(pid, uid, cells["name"], rss, swap, tables, adj, held, map(add, held, tables), strict=True))
