"""The rows of the process list as plain data without Qt, so that the model only manages their places."""

from __future__ import annotations

from dataclasses import field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from oomtray.messages.i18n import mark
from oomtray.records import dataclass
from oomtray.risk.certainty import Certainty, candidacy
from oomtray.risk.judged import App, Reason, Risk, WhyNot
from oomtray.risk.set_here import ORIGINS
from oomtray.ui.controllers.row_actions import Subject

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterator, Mapping, Sequence

    from oomtray.messages.rows import Standing

NAME, COUNTS, MEMORY, CHANGE, STATUS = range(5)
"""Columns, in the order of `Cells`."""
TITLES = (mark("App"), mark("Counts as"), mark("Memory"), mark("Change"), mark("Status"))
ALL_COLUMNS = (1 << len(TITLES)) - 1
"""One bit per column."""

_CHANGE_AFTER = 15.0
"""Seconds of readings before a change is shown: what an app allocates at its start is no trend."""
_LEAST_CHANGE = 8 * 1024 * 1024 / 60
"""Least change that is shown, in bytes per second; below, the row is steady."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a row's cells depend on besides its own item."""

    total: int
    """Pages of all memory."""
    at: float
    """When it was read, in monotonic seconds."""
    order: Certainty = "sure"
    order_of_apps: Certainty = "sure"
    instead: frozenset[int] = frozenset()
    """The PIDs that another killer takes before the kernel takes its own first choice."""
    rates: Mapping[Hashable, float] = field(default_factory=dict)
    """Bytes per second by which apps have been growing for a while, by key, as the header says it."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The quiet tail of the list, summarized in one row."""

    apps: int
    memory: int | None
    """Bytes that they hold together."""
    exact: bool
    opened: bool


class NameCell(NamedTuple):
    name: str
    processes: int
    """How many processes; for the tail, how many apps."""
    pid: int | None
    """For an app, that of the member which would die first."""
    standing: Standing
    reasons: tuple[Reason, ...]
    why_not: WhyNot | None


class CountsCell(NamedTuple):
    """Per mille of all memory, in the precision that is shown."""

    rank: int | None
    share: float | None
    """What the kernel compares: memory and adjustment together."""
    held: float | None
    """The memory part of it."""


class StatusCell(NamedTuple):
    standing: Standing
    span: tuple[int, int] | None
    """Lowest and highest oom_score_adj."""


class Cells(NamedTuple):
    """What a row shows, by column; two of these are compared to find what has changed."""

    name: NameCell
    counts: CountsCell
    memory: tuple[int | None, bool]
    """Bytes, and False if that is only an upper bound."""
    change: float | None
    """Bytes per second; None if unknown or too small to show."""
    status: StatusCell


class Row:
    __slots__ = ("app", "at", "cells", "children", "gone", "key", "moves_since", "parent", "risk", "serial", "tail")

    cells: Cells
    """Set by `take`, which is called before anything is shown."""

    def __init__(self, key: Hashable, serial: int, parent: Row | None) -> None:
        self.key = key
        self.serial = serial
        """Never reused: identifies the row as a parent in Qt."""
        self.parent = parent
        self.at = 0
        self.app: App | None = None
        self.risk: Risk | None = None
        """The process; for an app, the member that would die first; for the tail None."""
        self.tail: Tail | None = None
        """Set if the row summarizes the quiet tail."""
        self.children: list[Row] | None = None
        """None until the row is expanded."""
        self.gone = False
        self.moves_since: float | None = None
        """Monotonic time since which its change has been known."""

    def take(self, item: App | Risk | Tail, context: Context) -> int:
        """Take new facts, and return the columns that have changed, one bit each."""
        if isinstance(item, App):
            self.app = item
            self.risk = item.members[0]
        elif isinstance(item, Tail):
            self.tail = item
        else:
            self.risk = item
        before, cells = getattr(self, "cells", None), cells_of(item, context)
        if cells.change is None:
            self.moves_since = None
        else:
            if self.moves_since is None:
                self.moves_since = context.at
            if context.at - self.moves_since < _CHANGE_AFTER or abs(cells.change) < _LEAST_CHANGE:
                cells = cells._replace(change=None)
        if self.key in context.rates:
            cells = cells._replace(change=context.rates[self.key])
        self.cells = cells
        if self.gone or before is None:
            self.gone = False
            return ALL_COLUMNS
        return sum(1 << n for n, (old, new) in enumerate(zip(before, cells, strict=True)) if old != new)

    @property
    def members(self) -> tuple[Risk, ...]:
        """The processes below it; an app with one process has none."""
        return self.app.members if self.app is not None and len(self.app.members) > 1 else ()


def cells_of(item: App | Risk | Tail, context: Context) -> Cells:
    if isinstance(item, App):
        first = item.members[0]
        instead = any(risk.process.pid in context.instead for risk in item.members)
        status = _status_cell(first, item.adj_range, context.order_of_apps, instead=instead)
        return Cells(
            _name_cell(item.name, len(item.members), first, status.standing),
            _counts_cell(item.rank, item.share, first, context.total),
            (item.memory, item.memory_exact),
            item.change,
            status,
        )
    if isinstance(item, Tail):
        name = NameCell("", item.apps, None, "normal", (), None)
        return Cells(name, CountsCell(None, None, None), (item.memory, item.exact), None, StatusCell("normal", None))
    adj = item.process.oom_score_adj
    status = _status_cell(item, None if adj is None else (adj, adj), context.order, instead=item.process.pid in context.instead)
    return Cells(
        _name_cell(item.process.name, 1, item, status.standing),
        _counts_cell(item.rank, item.share, item, context.total),
        (item.memory, True),
        item.change,
        status,
    )


def _name_cell(name: str, count: int, risk: Risk, standing: Standing) -> NameCell:
    return NameCell(name, count, risk.process.pid, standing, risk.reasons, risk.why_not)


def _counts_cell(rank: int | None, share: float | None, risk: Risk, total: int) -> CountsCell:
    pages = risk.process.pages
    held = None if pages is None or not total else round(1000 * pages / total, 1)
    return CountsCell(rank, None if share is None else round(share, 1), held)


def _status_cell(risk: Risk, span: tuple[int, int] | None, order: Certainty, *, instead: bool) -> StatusCell:
    who = "maybe" if instead and order == "near" else candidacy(risk.reasons, order)
    if who is not None:
        return StatusCell("first" if who == "next" else "maybe", span)
    if risk.why_not in ("pid-1", "kernel-thread"):
        return StatusCell("never", span)
    if span is not None and span[1] < 0:
        return StatusCell("protected", span)
    if span is not None and span[1] > 0 and not ORIGINS.isdisjoint(risk.reasons):
        return StatusCell("early", span)
    return StatusCell("normal", span)


def subject_of(row: Row) -> Subject | None:
    """Return the subject of actions on the row; None if there is none, as once it has ended."""
    if row.gone:
        return None
    if row.app is not None:
        return Subject.of_app(row.app)
    return None if row.risk is None else Subject.of_process(row.risk)


def absent(siblings: Sequence[Row], present: Container[Hashable]) -> Iterator[tuple[int, int]]:
    """Yield first and last index of each run of rows whose keys aren't in `present`.

    Runs come from the end, so that the caller may remove each.
    """
    for gone, run in groupby(reversed(range(len(siblings))), lambda at: siblings[at].key not in present):
        if gone:
            places = list(run)
            yield places[-1], places[0]


def alike(changes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield first and last index of each run of rows that changed in the same columns, and these as bits.

    `changes` has pairs of row and columns, in the rows' order.
    """
    for (_, columns), run in groupby(enumerate(changes), lambda one: (one[1][0] - one[0], one[1][1])):
        rows = [row for _, (row, _) in run]
        yield rows[0], rows[-1], columns
