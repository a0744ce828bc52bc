"""The texts of rows: visible, in tooltips and for screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import row_hints as hints
from oomtray.messages import rows as words
from oomtray.messages.i18n import tr
from oomtray.messages.numbers import bounded, rate_per_minute, share_percent
from oomtray.risk.judged import App, Reason, Risk
from oomtray.risk.set_here import ORIGINS
from oomtray.text import UNKNOWN, size
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, Row

if TYPE_CHECKING:

    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.app_label import AppLabel
    from oomtray.ui.controllers.app_labels import AppLabels

BETWEEN = " · "
"""Separates the parts of a second line, whose later parts are dropped if it is narrow."""
_UNSAID: frozenset[Reason] = ORIGINS | {"adj-inherited"}
"""Reasons whose words only the row's tooltip has."""
_SAID_BY_APP: frozenset[Reason] = frozenset({"adj-set-by-app", "adj-set-by-unit"})
"""Reasons that an app's row already mentions for its processes."""


def label(row: Row, labels: AppLabels) -> AppLabel | None:
    """Return a row's name and icon; None for the tail."""
    if row.app is not None:
        return labels.of_app(row.app)
    return None if row.risk is None else labels.of_process(row.risk)


def name(row: Row, labels: AppLabels) -> str:
    known = label(row, labels)
    return words.smaller_apps(row.cells.name.processes) if known is None else known.name


def is_next(row: Row) -> bool:
    """Whether the row is the next victim for certain, as far as the kernel's order reveals."""
    return not row.gone and row.cells.status.standing == "first"


def shows_pid(row: Row) -> bool:
    """Whether to show the pid, which distinguishes processes; an app's row doesn't need it."""
    return row.app is None and row.tail is None and row.cells.name.pid is not None


def note(row: Row, labels: AppLabels, *, with_memory: bool = False, with_status: bool = True) -> str:
    """Return the second line: status, process count, and peculiarities; empty if there are none.

    In this order, since its end is cut off in a narrow column. `with_memory` puts memory first; `with_status`
    is False if a column of its own shows the status.
    """
    if with_memory:
        return BETWEEN.join(part for part in (memory(row), change(row), note(row, labels)) if part)
    if row.gone:
        return tr("ended")
    if row.tail is not None:
        return ""
    said, cell, known = _status_words(row, with_status=with_status), row.cells.name, label(row, labels)
    odd = [] if row.risk is None else _oddities(row, labels)
    plain = [words.processes(cell.processes)] if cell.processes > 1 else []
    if known is not None and known.detail:
        plain += [part for part in known.detail.split(BETWEEN) if part != known.name]
    if not said and not plain and odd:
        odd[0] = odd[0][:1].upper() + odd[0][1:]
    return BETWEEN.join([*said, *odd, *plain] if said else [*plain, *odd])


def _status_words(row: Row, *, with_status: bool) -> list[str]:
    status, why_not = row.cells.status, row.cells.name.why_not
    if why_not is not None and why_not != "adj-minimum":
        return [words.never(why_not)]
    return [words.standing(status.standing)] if with_status and status.standing != "normal" else []


def _oddities(row: Row, labels: AppLabels) -> list[str]:
    assert row.risk is not None
    known, own = _app_of(row, labels)
    unsaid = _UNSAID if row.cells.status.standing in ("normal", "never") else _UNSAID - ORIGINS
    if row.parent is not None:
        unsaid |= _SAID_BY_APP
    told = (words.reason(reason, row.risk, known, own=own) for reason in row.cells.name.reasons if reason not in unsaid)
    return [text for text in told if text]


def _app_of(row: Row, labels: AppLabels) -> tuple[str | None, bool]:
    """Return the app's name, and whether the row already shows it."""
    app = row.app if row.app is not None else (row.parent.app if row.parent is not None else None)
    known = None if app is None else labels.of_app(app).name
    above = row.risk is not None and (known or row.risk.app) == name(row, labels)
    return known, row.app is not None or above


def rank(row: Row) -> str:
    """Return a row's rank; empty if it has none."""
    number = row.cells.counts.rank
    return "" if number is None else str(number)


def counted(row: Row, total_bytes: int) -> str:
    """Return badness as a size: memory held plus adjustment; `total_bytes` is all memory."""
    cell = row.cells.counts
    if row.tail is not None:
        return ""
    if cell.rank is None or cell.share is None:
        return tr("never") if row.cells.name.why_not in ("pid-1", "kernel-thread", "adj-minimum") else UNKNOWN
    if cell.share <= 0:
        return tr("last")
    return size(cell.share / 1000 * total_bytes)


def memory(row: Row) -> str:
    count, exact = row.cells.memory
    return bounded(count, exact=exact)


def change(row: Row) -> str:
    """Return the change, empty if unknown or negligible."""
    return "" if row.cells.change is None else rate_per_minute(row.cells.change)


def status(row: Row) -> str:
    return "" if row.tail is not None else words.standing(row.cells.status.standing)


def adjustment(row: Row) -> str:
    """Return the adjustment as a number or range; empty if it is 0."""
    span = row.cells.status.span
    return "" if span is None or span == (0, 0) else words.adjustment_figure(*span)


def cell(row: Row, column: int, labels: AppLabels) -> str:
    """Return a cell's text as the model's clients get it."""
    if column == NAME:
        return name(row, labels)
    if column == COUNTS:
        return rank(row) or ("" if row.tail is not None else UNKNOWN)
    return (memory if column == MEMORY else change if column == CHANGE else status)(row)


def spoken(row: Row, column: int, labels: AppLabels) -> str:
    """Return a cell's text for screen readers, including the column's name."""
    if column == NAME:
        return _spoken_name(row, labels)
    if row.tail is not None and column != MEMORY:
        return ""
    if column == COUNTS:
        return tr("Counts as {share}. {place}", share=share_percent(row.cells.counts.share), place=place(row))
    if column == MEMORY:
        return tr("Memory: {size}", size=memory(row))
    if column == CHANGE:
        return tr("Change: {rate}", rate=change(row) or tr("none"))
    return words.spoken_status(row.cells.status.standing, row.cells.status.span)


def _spoken_name(row: Row, labels: AppLabels) -> str:
    said = [name(row, labels)]
    if row.tail is not None:
        said.append(tr("opened") if row.tail.opened else tr("closed"))
    if shows_pid(row):
        said.append(str(row.cells.name.pid))
    if more := note(row, labels):
        said.append(more)
    return ", ".join(said)


def place(row: Row) -> str:
    assert row.risk is not None
    if row.app is None:
        return words.place(row.risk)
    return words.place_of_app(row.cells.counts.rank, row.risk, several=bool(row.members))


def hint(
    row: Row, column: int, labels: AppLabels, *, total_bytes: int = 0, cut: bool = False, in_words: bool = False
) -> str:
    """Return the tooltip as plain text lines with what the row doesn't show.

    `cut` means that its name or second line is elided, `in_words` that its status is shown in words.
    """
    if row.risk is None:
        return tr("Apps that hold little and come late. A click shows them.")
    if column == NAME:
        said = [name(row, labels), note(row, labels)] if cut else []
        others = row.members
        lines = [line for line in (*said, *hints.belongs_to(row.risk, others, alone=not row.members)) if line]
    elif column == COUNTS:
        cell = row.cells.counts
        lines = [place(row), *hints.badness(cell.share, cell.held, total_bytes), *hints.score(row.risk)]
    elif column == MEMORY:
        lines = hints.memory_of_app(row.app) if row.app is not None and row.members else hints.memory(row.risk)
        if told := change(row):
            lines.append(tr("Change: {rate}", rate=told))
    elif column == CHANGE:
        lines = [hints.change()]
    else:
        known, own = _app_of(row, labels)
        lines = [] if in_words else [status(row)]
        lines += hints.adjustment(row.cells.status.span, row.risk, known, own=own)
    return "\n".join(lines)


def matches(item: App | Risk, text: str, labels: AppLabels) -> bool:
    """Whether an item matches `text`, casefolded: part of a name, or a pid."""
    if isinstance(item, App):
        return text in item.name.casefold() or text in labels.of_app(item).name.casefold()
    return text in item.process.name.casefold() or text == str(item.process.pid)


def is_whole(assessment: Assessment, *, by_app: bool) -> bool:
    """Whether an assessment has all rows; one made while nobody looked has only the first few, and no apps."""
    if by_app:
        return bool(assessment.apps) or not assessment.process_count
    return len(assessment.risks) >= assessment.process_count
