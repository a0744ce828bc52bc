"""What the table's rows show: pure, apart from Qt, so that the model only keeps places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oomtray.messages import row_hints as hints
from oomtray.messages import rows as words
from oomtray.messages.i18n import mark, tr
from oomtray.messages.numbers import bounded, moves, rate_per_minute, share_percent
from oomtray.messages.numbers import change as amount_per_minute
from oomtray.risk.assessment import App
from oomtray.risk.certainty import candidacy
from oomtray.text import UNKNOWN, adjustment, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from oomtray.risk.assessment import Assessment, Reason, Risk, WarningMark, WhyNot
    from oomtray.risk.certainty import Candidacy, Certainty

NAME, RISK, MEMORY, CHANGE, PROTECTION = range(5)
"""Columns, in the order of `Cells`."""
TITLES = (mark("App"), mark("Risk"), mark("Memory"), mark("Change"), mark("Protection"))
_SHOWN_ELSEWHERE: frozenset[Reason] = frozenset({"next-victim", "near-victim", "large-share"})
"""Reasons that the row tells by its status and its bar."""


class NameCell(NamedTuple):
    name: str
    processes: int
    """How many."""
    pid: int | None
    """Of an app, that of the member which would die first."""
    status: Candidacy | None
    reasons: tuple[Reason, ...]
    why_not: WhyNot | None


class RiskCell(NamedTuple):
    rank: int | None
    share: float | None
    """Per mille, as exact as it is shown."""
    warning: WarningMark


class Cells(NamedTuple):
    """What a row shows, by column: two of these are compared to find what has changed."""

    name: NameCell
    risk: RiskCell
    memory: int | None
    memory_exact: bool
    """False where `memory` is only an upper bound."""
    change: float | None
    protection: tuple[int, int] | None
    """Lowest and highest oom_score_adj."""


ALL_COLUMNS = (1 << len(TITLES)) - 1
"""A bit for each."""


class Row:
    """One line."""

    __slots__ = ("app", "at", "cells", "children", "gone", "key", "parent", "risk", "serial")

    cells: Cells
    """Set by `take`, which comes before anything is shown."""

    def __init__(self, key: Hashable, serial: int, parent: Row | None) -> None:
        self.key = key
        self.serial = serial
        """Never used again: names the row as a parent to Qt."""
        self.parent = parent
        self.at = 0
        self.app: App | None = None
        self.risk: Risk | None = None
        """The process; of an app, the member that would die first."""
        self.children: list[Row] | None = None
        """None until somebody looks."""
        self.gone = False

    def take(self, item: App | Risk, order: Certainty = "sure") -> int:
        """Takes new facts; returns the columns that show something else now, a bit each."""
        if isinstance(item, App):
            self.app = item
            self.risk = item.members[0] if item.members else None
        else:
            self.risk = item
        before, cells = getattr(self, "cells", None), cells_of(item, order)
        self.cells = cells
        if self.gone or before is None:
            self.gone = False
            return ALL_COLUMNS
        return sum(1 << n for n, (old, new) in enumerate(zip(before, cells, strict=True)) if old != new)

    @property
    def members(self) -> tuple[Risk, ...]:
        """The processes below it; an app of one process is that process."""
        return self.app.members if self.app is not None and len(self.app.members) > 1 else ()


def cells_of(item: App | Risk, order: Certainty) -> Cells:
    if isinstance(item, App):
        first = item.members[0] if item.members else None
        return Cells(
            name=_name_cell(item.name, len(item.members), first, order),
            risk=RiskCell(item.rank, _shown_share(item.share), item.warning),
            memory=item.memory,
            memory_exact=item.memory_exact,
            change=item.change,
            protection=item.adj_range,
        )
    adj = item.process.oom_score_adj
    return Cells(
        name=_name_cell(item.process.name, 1, item, order),
        risk=RiskCell(item.rank, _shown_share(item.share), item.warning),
        memory=item.memory,
        memory_exact=True,
        change=item.change,
        protection=None if adj is None else (adj, adj),
    )


def _name_cell(name: str, count: int, risk: Risk | None, order: Certainty) -> NameCell:
    if risk is None:
        return NameCell(name, count, None, None, (), None)
    return NameCell(name, count, risk.process.pid, candidacy(risk.reasons, order), risk.reasons, risk.why_not)


def _shown_share(share: float | None) -> float | None:
    return None if share is None else round(share, 1)


def is_next(row: Row) -> bool:
    """For certain, as far as the kernel's order tells."""
    return not row.gone and row.cells.name.status == "next"


def name(row: Row) -> str:
    return printable(row.cells.name.name)


def note(row: Row) -> str:
    """The second line: whether it is next, how many processes or which one, and what is odd about it.

    In this order because its end is cut off where the column is narrow.
    """
    if row.gone:
        return tr("ended")
    cell = row.cells.name
    said = [words.status(cell.status)] if cell.status else []
    said.append(words.processes(cell.processes) if cell.processes > 1 else str(cell.pid))
    if cell.why_not is not None:
        said.append(words.never(cell.why_not))
    elif row.risk is not None:
        app = row.app if row.app is not None else (row.parent.app if row.parent is not None else None)
        odd = [reason for reason in cell.reasons if reason not in _SHOWN_ELSEWHERE]
        said += [words.reason(reason, row.risk, app.name if app else None) for reason in odd]
    return " · ".join(said)


def rank(row: Row) -> str:
    number = row.cells.risk.rank
    return UNKNOWN if number is None else str(number)


def share(row: Row) -> float | None:
    """Per mille."""
    return row.cells.risk.share


def warning(row: Row) -> WarningMark:
    return row.cells.risk.warning


def risk_words(row: Row) -> str:
    """Below the bar: the share; in its place the warning as a word where it is the share that makes it."""
    cell = row.cells.risk
    if cell.rank is None:
        return tr("never") if row.cells.name.why_not in ("pid-1", "kernel-thread", "adj-minimum") else UNKNOWN
    judged = row.members or (() if row.risk is None else (row.risk,))
    if any("large-share" in risk.reasons for risk in judged):
        return words.share_word(cell.warning)
    return tr("below 0") if cell.share is not None and cell.share < 0 else share_percent(cell.share)


def memory(row: Row) -> str:
    return bounded(row.cells.memory, exact=row.cells.memory_exact)


def change(row: Row) -> str:
    return rate_per_minute(row.cells.change)


def change_parts(row: Row) -> tuple[str, str]:
    """A change on two lines: the amount, and the time in which it is added."""
    per_second = row.cells.change
    return amount_per_minute(per_second), tr("/min") if moves(per_second) else ""


def adj(row: Row) -> str:
    """Of an app the highest: who is offered up first counts."""
    span = row.cells.protection
    return UNKNOWN if span is None else adjustment(span[1])


def protected(row: Row) -> bool:
    """Lowered below the ordinary, all of it."""
    span = row.cells.protection
    return span is not None and span[1] < 0


def adj_words(row: Row) -> str:
    span = row.cells.protection
    return "" if span is None else words.adjustment_word(span)


CELL: tuple[Callable[[Row], str], ...] = (name, rank, memory, change, adj)


def spoken(row: Row, column: int) -> str:
    """The cell for a screen reader: a whole phrase with its column's word."""
    if column == NAME:
        return tr("{name}, {note}", name=name(row), note=note(row))
    if column == RISK:
        return tr("Risk: {risk}. {place}", risk=risk_words(row), place=place(row))
    if column == MEMORY:
        return tr("Memory: {size}", size=memory(row))
    if column == CHANGE:
        return tr("Change: {rate}", rate=change(row))
    return words.spoken_adjustment(row.cells.protection)


def place(row: Row) -> str:
    """The number in the column in words."""
    if row.risk is None:
        return ""
    if row.app is None:
        return words.place(row.risk)
    return words.place_of_app(row.cells.risk.rank, row.risk, several=bool(row.members))


def hint(row: Row, column: int) -> str:
    """What the pointer is told, as plain text in lines."""
    if column == NAME:
        lines = [name(row), note(row), *hints.belongs_to(row.risk, alone=not row.members)]
    elif column == RISK:
        lines = [place(row), hints.badness(share(row))]
    elif column == MEMORY:
        lines = hints.memory_of_app(row.app) if row.app is not None and row.members else hints.memory(row.risk)
    elif column == PROTECTION:
        lines = [hints.adjustment()]
    else:
        lines = [hints.change()]
    return "\n".join(lines)


def matches(item: App | Risk, text: str) -> bool:
    """`text` is casefolded; a name's part, or a pid."""
    if isinstance(item, App):
        return text in item.name.casefold()
    return text in item.process.name.casefold() or text == str(item.process.pid)


def is_whole(assessment: Assessment, *, by_app: bool) -> bool:
    """Whether an assessment holds all rows: one that was made while nobody looked has only the first few, and no apps."""
    if by_app:
        return bool(assessment.apps) or not assessment.process_count
    return len(assessment.risks) >= assessment.process_count
