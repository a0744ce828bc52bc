"""The kernel's table of tasks, as it stands in a report."""

from __future__ import annotations

import re
from functools import partial
from operator import add
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.facts import Task
from oomtray.kernel.kill_log.leaders import TABLES, Leaders
from oomtray.kernel.kill_log.lines import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

MOST_TASKS = 20_000
_MOST_KNOWN, _MOST_LAYOUTS, _MOST_COLUMNS = 5_000, 64, 32
"""Of rows, those that are remembered."""
_SHORT = 400
"""Characters of a row of which a number may have more than 19."""
_task: Callable[[tuple[Any, ...]], Task] = partial(tuple.__new__, Task)  # takes half as long as its own
A_ROW = re.compile(r"\[\s{0,12}(\d{1,10})\]\s{1,12}\d")
_INTEGERS = re.compile(r"(?:-?\d{1,19} )*")
_NEEDED = ("pid", "uid", "rss", "swapents", "oom_score_adj")


class TaskTable:
    """Rows as they come in, which are read once somebody asks."""

    __slots__ = ("columns", "cut", "rows")

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.rows: list[bytes] = []
        self.cut = False

    def __repr__(self) -> str:
        return repr((self.columns, self.rows, self.cut))

    def add(self, rows: Iterable[bytes]) -> None:
        self.rows += rows
        if len(self.rows) > MOST_TASKS:
            del self.rows[MOST_TASKS:]
            self.cut = True

    def row(self, pid: int) -> str | None:
        """The last one of a task."""
        sign = b"%d]" % pid
        for row in reversed(self.rows):
            if sign in row and row[1 : row.index(b"]")].strip() == sign[:-1]:
                return decoded(row)
        return None

    def address_space(self, pid: int) -> int | None:
        """Pages that the task had asked for."""
        row = self.row(pid) if "total_vm" in self.columns[:4] else None
        cells = [] if row is None else row.replace("[", " ", 1).replace("]", " ", 1).split(None, 4)
        return int(cells[3]) if len(cells) > 3 and cells[3].isdecimal() and len(cells[3]) < 16 else None

    def owner(self, pid: int) -> tuple[int | None, int | None]:
        """Uid and oom_score_adj of a task."""
        row = self.row(pid)
        cells = [] if row is None else row.replace("[", " ", 1).replace("]", " ", 1).split(None, max(len(self.columns) - 1, 0))
        known = {name: int(cell) for name, cell in zip(self.columns, cells, strict=False) if " " not in cell and _INTEGERS.fullmatch(cell + " ")}
        return known.get("uid"), known.get("oom_score_adj")

    def tasks(self, page_size: int, reader: TaskReader, most: int | None) -> tuple[tuple[Task, ...], bool]:
        """Those that badness can be computed from, and whether they stand for the whole table: 2.6.32's lacks what is in swap.

        `most`: only those that may come first, as `Leaders` has them.
        """
        columns = self.columns
        if not set(columns).issuperset(_NEEDED) or columns[-1] != "name":
            return (), not self.rows
        layout = reader.layout(tuple(columns), page_size, len(self.rows))
        leading = None if most is None else layout.leading(self.rows, most)
        rows = self._certain() if leading is None else [*map(decoded, leading)]
        tasks = layout.read(rows)
        return tuple(tasks), not self.cut and len(tasks) == len(rows)

    def _certain(self) -> list[str]:
        """Without those that have a row's form and are none."""
        return [row for row in (decoded(one).lstrip() for one in self.rows) if A_ROW.match(row)]


class TaskReader:
    """Reads rows, and remembers those that it has read: most tasks sleep from one kill to the next, and have the same again."""

    def __init__(self) -> None:
        self._layouts: dict[tuple[tuple[str, ...], int], Layout] = {}

    def layout(self, columns: tuple[str, ...], page_size: int, rows: int) -> Layout:
        """For a table of so many rows."""
        layouts = self._layouts
        if len(layouts) > _MOST_LAYOUTS or sum(len(one.known) for one in layouts.values()) > _MOST_KNOWN + rows:
            layouts.clear()
        if (columns, page_size) not in layouts:
            layouts[columns, page_size] = Layout(columns, page_size)
        return layouts[columns, page_size]


class Layout:
    """What stands where in the rows of a table."""

    def __init__(self, columns: tuple[str, ...], page_size: int) -> None:
        self.known: dict[str, Task] = {}
        self._columns, self._page_size = columns, page_size
        self._tables = [one for one in TABLES if one in columns]
        # a sign stands before an adjustment alone; a line that is otherwise has only empty groups
        cells = ("(-?+[0-9]{1,4}+)" if name == "oom_score_adj" else "([0-9]{1,15}+)" for name in columns[1:-1])
        usual = r"\[ *+([0-9]{1,10}+)\] ++" + " ++".join(cells) + r" ++(\S.*)"
        self._usual = re.compile(rf"(?:{usual}|.*)\n") if columns[0] == "pid" and len(columns) <= _MOST_COLUMNS else None
        self._leaders: Leaders | None = None

    def leading(self, rows: list[bytes], most: int) -> list[bytes] | None:
        """As `Leaders` finds them; None where they can't be told from the others."""
        if self._leaders is None:
            columns = self._columns
            if self._usual is None or len(set(columns)) != len(columns):
                return None
            self._leaders = Leaders(columns, self._page_size)
        return self._leaders.of(rows, most)

    def read(self, rows: list[str]) -> list[Task]:
        """The tasks of the rows that can be read."""
        tasks = list(map(self.known.get, rows))
        if not all(tasks):
            self.learn([row for row, task in zip(rows, tasks, strict=True) if task is None])
            tasks = list(map(self.known.get, rows))
        if not all(tasks):
            tasks = [task or self.task(row) for row, task in zip(rows, tasks, strict=True)]
        return list(filter(None, tasks))

    def learn(self, rows: list[str]) -> None:
        """Read these all at once, as far as they are as usual: a look at each takes three times as long."""
        found = [] if self._usual is None else self._usual.findall("\n".join([*rows, ""]))
        if len(found) != len(rows):
            return  # a name has a line's end in it
        usual = [(row, *cells) for row, cells in zip(rows, found, strict=True) if cells[0] and len(row) <= _SHORT]
        if usual:
            texts, *columns = zip(*usual, strict=True)
            self.known.update(zip(texts, self._tasks(dict(zip(self._columns, columns, strict=True))), strict=True))

    def task(self, row: str) -> Task | None:
        """That of any row; None where it can't be read."""
        columns = self._columns
        *cells, name = row.replace("[", " ", 1).replace("]", " ", 1).split(None, len(columns) - 1)
        if len(cells) == len(columns) - 2:
            cells.append(name)
            name = ""  # a process may have no name
        if len(cells) != len(columns) - 1:
            return None
        plain = name and len(row) <= _SHORT and columns[0] == "pid" and "".join(cells).isdecimal()
        if not plain and _INTEGERS.fullmatch(" ".join(cells) + " ") is None:
            return None
        return next(self._tasks({column: [cell] for column, cell in zip(columns, [*cells, name], strict=True)}))

    def _tasks(self, cells: Mapping[str, Sequence[str]]) -> Iterator[Task]:
        """Of rows that are given column by column."""
        pid, uid, rss, swap, adj = ([*map(int, cells[name])] for name in _NEEDED)
        tables = [0] * len(pid)
        for name in self._tables:
            unit = self._page_size if name == "pgtables_bytes" else 1
            tables = [held + int(cell) // unit for held, cell in zip(tables, cells[name], strict=True)]
        held = [*map(add, rss, swap)]
        return map(_task, zip(pid, uid, cells["name"], rss, swap, tables, adj, held, map(add, held, tables), strict=True))
