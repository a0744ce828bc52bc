"""The kernel's table of tasks, as it stands in a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.facts import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    _TaskOf = Callable[[str], Task | None]

MOST_TASKS = 20_000
_MOST_KNOWN = 20_000
_INTEGERS = re.compile(r"(?:-?\d{1,19} )*")
_NEEDED = frozenset({"pid", "uid", "rss", "swapents", "oom_score_adj", "name"})


class TaskTable:
    """Rows as they come in, which are read once somebody asks."""

    __slots__ = ("columns", "cut", "rows")

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.rows: list[str] = []
        self.cut = False

    def add(self, rows: Iterable[str]) -> None:
        self.rows += rows
        if len(self.rows) > MOST_TASKS:
            del self.rows[MOST_TASKS:]
            self.cut = True

    def row(self, pid: int) -> str | None:
        """The last one of a task."""
        sign = f"{pid}]"
        for row in reversed(self.rows):
            if sign in row and row[1 : row.index("]")].strip() == sign[:-1]:
                return row
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
        known = {name: int(cell) for name, cell in zip(self.columns, cells, strict=False) if _INTEGERS.fullmatch(cell + " ")}
        return known.get("uid"), known.get("oom_score_adj")

    def tasks(self, page_size: int, known: TaskReader) -> list[Task]:
        """Those that badness can be computed from: 2.6.32's table lacks what is in swap."""
        columns = self.columns
        if not set(columns) >= _NEEDED or columns[-1] != "name":
            return []
        return known.read(tuple(columns), page_size, self.rows)


class TaskReader:
    """Reads rows, and remembers those that it has read: most tasks sleep from one kill to the next, and have the same again."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, ...], int], tuple[dict[str, Task], _TaskOf]] = {}
        self._count = 0

    def read(self, columns: tuple[str, ...], page_size: int, rows: list[str]) -> list[Task]:
        """The tasks of the rows that can be read."""
        if self._count > _MOST_KNOWN:
            self._known, self._count = {}, 0
        if (columns, page_size) not in self._known:
            self._known[columns, page_size] = {}, _reader(columns, page_size)
        known, task_of = self._known[columns, page_size]
        tasks = list(map(known.get, rows))
        for at, task in enumerate(tasks):
            if task is None:
                read = tasks[at] = task_of(rows[at])
                if read is not None:
                    known[rows[at]] = read
                    self._count += 1
        return [task for task in tasks if task is not None]


def _reader(columns: tuple[str, ...], page_size: int) -> _TaskOf:
    places = {name: at for at, name in enumerate(columns)}
    width = len(columns)
    tables = [places[one] for one in ("nr_ptes", "nr_pmds", "nr_puds") if one in places]
    in_bytes = places.get("pgtables_bytes")
    pid, uid, rss, swap, adj = (places[one] for one in ("pid", "uid", "rss", "swapents", "oom_score_adj"))

    def task_of(row: str) -> Task | None:
        number, _, rest = row.partition("]")
        cells = [number[1:].lstrip(), *rest.split(None, width - 2)]
        # what has a sign, or is damaged, takes the longer way
        if pid != 0 or len(row) > 400 or len(cells) != width or not "".join(cells[:-1]).isdecimal():
            return slow(row)
        held = int(cells[in_bytes]) // page_size if in_bytes is not None else 0
        for at in tables:
            held += int(cells[at])
        return Task(int(cells[pid]), int(cells[uid]), cells[-1], int(cells[rss]), int(cells[swap]), held, int(cells[adj]))

    def slow(row: str) -> Task | None:
        *cells, name = row.replace("[", " ", 1).replace("]", " ", 1).split(None, width - 1)
        if len(cells) == width - 2:
            cells.append(name)
            name = ""  # a process may have no name
        if len(cells) != width - 1 or _INTEGERS.fullmatch(" ".join(cells) + " ") is None:
            return None
        held = sum(int(cells[at]) for at in tables)
        if in_bytes is not None:
            held += int(cells[in_bytes]) // page_size
        return Task(int(cells[pid]), int(cells[uid]), name, int(cells[rss]), int(cells[swap]), held, int(cells[adj]))

    return task_of
