"""The kernel's task table in a report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oomtray.kernel.kill_log.lines import decoded
from oomtray.kernel.kill_log.row_sieve import Sieved
from oomtray.kernel.kill_log.task_reader import INTEGERS, Layout, TaskReader, is_ranked

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.facts import Task

MOST_TASKS = 20_000
_MANY = 3
"""If more than one row in this many is large, the sieve doesn't fit the table."""
_OF_OWNER = ("uid", "oom_score_adj")
A_ROW = re.compile(r"\[\s{0,12}(\d{1,10})\]\s{1,12}\d")


class TaskTable:
    """Table rows as they come in, parsed on demand."""

    __slots__ = ("_parts", "_sought", "columns", "count", "cut")

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.count = 0
        self.cut = False
        self._parts: list[list[bytes] | Sieved] = []
        self._sought: tuple[int, int, str | None] = 0, 0, None
        """Pid, number of rows and result of the last `row`, because a kill asks for its victim several times."""

    def __repr__(self) -> str:
        return repr((self.columns, self._rows(), self.cut))

    def add(self, rows: list[bytes]) -> None:
        """Add rows; some may only look like rows."""
        if rows:
            self.count += len(rows)
            self._parts.append(rows)
            self._bound()

    def add_sieved(self, rows: Sieved) -> None:
        self.count += rows.count
        self._parts.append(rows)
        self._bound()

    def _bound(self) -> None:
        if self.count > MOST_TASKS:
            self._parts = [self._rows()[:MOST_TASKS]]
            self.count, self.cut = MOST_TASKS, True

    def _rows(self) -> list[bytes]:
        return [row for part in self._parts for row in (part.rows() if isinstance(part, Sieved) else part)]

    def row(self, pid: int) -> str | None:
        """Return the last row of a task."""
        if self._sought[:2] != (pid, self.count):
            self._sought = pid, self.count, self._last(pid)
        return self._sought[2]

    def _last(self, pid: int) -> str | None:
        sign = b"%d]" % pid
        for part in reversed(self._parts):
            if isinstance(part, Sieved):
                found = part.row(pid)
                if found is not None:
                    return decoded(found)
                continue
            for row in reversed(part):  # by `find`, as `in` tries bytes as a number first, which takes twice as long
                if row.find(sign) >= 0 and row[1 : row.index(b"]")].strip() == sign[:-1]:
                    return decoded(row)
        return None

    def address_space(self, pid: int) -> int | None:
        """Return the task's address space in pages."""
        return self._number(pid, "total_vm")

    def process(self, pid: int) -> int | None:
        """Return the process of a task, which may be one of its threads."""
        return self._number(pid, "tgid")

    def _number(self, pid: int, column: str) -> int | None:
        if column not in self.columns[:4]:
            return None
        place, row = self.columns.index(column), self.row(pid)
        cells = [] if row is None else row.replace("[", " ", 1).replace("]", " ", 1).split(None, 4)
        return int(cells[place]) if len(cells) > place and cells[place].isdecimal() and len(cells[place]) < 16 else None

    def owner(self, pid: int) -> tuple[int | None, int | None]:
        """Return uid and oom_score_adj of a task."""
        row = self.row(pid)
        cells = [] if row is None else row.replace("[", " ", 1).replace("]", " ", 1).split(None, max(len(self.columns) - 1, 0))
        known = {
            name: int(cell)
            for name, cell in zip(self.columns, cells, strict=False)
            if name in _OF_OWNER and " " not in cell and INTEGERS.fullmatch(cell + " ")
        }
        return known.get("uid"), known.get("oom_score_adj")

    def tasks(self, page_size: int, reader: TaskReader, most: int | None) -> tuple[tuple[Task, ...], bool]:
        """Return tasks from which badness can be computed, and whether they cover the whole table.

        There are none if the table isn't ranked. `most` limits them to those that may come first, as
        `Leaders` does.
        """
        columns = tuple(self.columns)
        if not is_ranked(columns):
            return (), not self.count
        layout = reader.layout(columns, page_size, self.count)
        if most is not None:
            found = self._sieved_tasks(layout, page_size, most)
            if found is not None:
                return found, not self.cut
            leading, tasks = reader.leading(layout, self._rows(), most)
            if leading is not None:
                return tuple(tasks), not self.cut and len(tasks) == len(leading)
        rows = _certain(self._rows())
        tasks = layout.read(rows)
        return tuple(tasks), not self.cut and len(tasks) == len(rows)

    def _sieved_tasks(self, layout: Layout, page_size: int, most: int) -> tuple[Task, ...] | None:
        """Return the tasks of large rows; None if they aren't enough or there is no sieve."""
        sieves = {part.sieve for part in self._parts if isinstance(part, Sieved)}
        rows = _certain([row for part in self._parts for row in (part.large if isinstance(part, Sieved) else part)])
        if len(sieves) != 1 or len(rows) > self.count // _MANY:
            return None
        tasks = layout.read(rows)
        enough = len(tasks) == len(rows) and sieves.pop().are_enough(tasks, most, page_size)
        return tuple(tasks) if enough else None


def _certain(rows: list[bytes]) -> list[str]:
    """Drop rows that only look like rows."""
    return [row for row in (decoded(one).lstrip() for one in rows) if A_ROW.match(row)]
