"""What the table's rows say: pure, apart from Qt, so that the model only keeps places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from oomtray.messages.memory import NEVER, phrases, sentence
from oomtray.risk.assessment import App
from oomtray.text import UNKNOWN, adjustment, printable, rate_per_minute, share_percent, size

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from oomtray.risk.assessment import Assessment, Reason, Risk, WarningMark
    from oomtray.risk.certainty import Certainty

Column = Literal[0, 1, 2, 3, 4]
NAME, RISK, MEMORY, CHANGE, PROTECTION = range(5)
TITLES = ("App", "Risk", "Memory", "Change", "Protection")
SPOKEN: dict[WarningMark, str] = {"none": "", "elevated": "elevated", "high": "high"}
GONE = "has ended"
NEXT, MAY_BE_NEXT = "next to be killed", "may be next"


class Row:
    """One line; `facts` are what it shows, by column, and are compared to find what has changed."""

    __slots__ = ("app", "at", "children", "facts", "gone", "key", "parent", "risk", "serial")

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
        self.facts: tuple[Any, ...] = ()
        self.gone = False

    def take(self, item: App | Risk, order: Certainty = "sure") -> int:
        """Takes new facts; returns the columns that show something else now, a bit each."""
        if isinstance(item, App):
            self.app = item
            self.risk = item.members[0] if item.members else None
        else:
            self.risk = item
        facts = facts_of(self, order)
        changed = sum(
            1 << n for n, (old, new) in enumerate(zip(self.facts, facts, strict=False)) if old != new
        )
        if self.gone:
            self.gone, changed = False, 31
        self.facts = facts
        return changed

    @property
    def members(self) -> tuple[Risk, ...]:
        """The processes below it; an app of one process is that process."""
        return self.app.members if self.app is not None and len(self.app.members) > 1 else ()


def facts_of(row: Row, order: Certainty) -> tuple[Any, ...]:
    risk, app = row.risk, row.app
    status = "" if risk is None else _status(risk.reasons, order)
    adj = None if risk is None else risk.process.oom_score_adj
    if app is not None:
        return (
            (
                app.name,
                len(app.members),
                risk.process.pid if risk else None,
                status,
                risk.reasons if risk else (),
                risk.why_not if risk else None,
            ),
            (app.rank, None if app.share is None else round(app.share, 1), app.warning),
            app.memory,
            app.change,
            app.adj_range,
        )
    assert risk is not None
    return (
        (risk.process.name, 1, risk.process.pid, status, risk.reasons, risk.why_not),
        (risk.rank, None if risk.share is None else round(risk.share, 1), risk.warning),
        risk.memory,
        risk.change,
        None if adj is None else (adj, adj),
    )


def _status(reasons: tuple[Reason, ...], order: Certainty) -> str:
    if order == "void" or not ("next-victim" in reasons or "near-victim" in reasons):
        return ""
    return NEXT if order == "sure" and "next-victim" in reasons else MAY_BE_NEXT


def is_next(row: Row) -> bool:
    """For certain, as far as the kernel's order tells."""
    return not row.gone and row.facts[NAME][3] == NEXT


def name(row: Row) -> str:
    return printable(row.facts[NAME][0])


def note(row: Row) -> str:
    """The second line: whether it is next, how many processes or which one, and what is odd about it.

    In this order because its end is cut off where the column is narrow.
    """
    if row.gone:
        return GONE
    _name, count, pid, status, _reasons, why_not = row.facts[NAME]
    said = [status] if status else []
    said.append(f"{count} processes" if count > 1 else str(pid))
    if why_not is not None:
        said.append(NEVER[why_not])
    elif row.risk is not None:
        app = row.app if row.app is not None else (row.parent.app if row.parent is not None else None)
        said += [
            words
            for words in phrases(row.risk, app.name if app else None)
            if not words.endswith("of all memory") and words != MAY_BE_NEXT
        ]
    return " · ".join(said)


def rank(row: Row) -> str:
    number = row.facts[RISK][0]
    return UNKNOWN if number is None else str(number)


def share(row: Row) -> float | None:
    """Per mille."""
    found: float | None = row.facts[RISK][1]
    return found


def mark(row: Row) -> WarningMark:
    found: WarningMark = row.facts[RISK][2]
    return found


def risk_words(row: Row) -> str:
    """Below the bar: the share; in its place the warning as a word where it is the share that makes it."""
    if row.facts[RISK][0] is None:
        return "never" if row.facts[NAME][5] not in ("not-eligible", "zombie", "no-memory") else UNKNOWN
    part = share(row)
    judged = row.members or (() if row.risk is None else (row.risk,))
    if any("large-share" in risk.reasons for risk in judged):
        return SPOKEN[mark(row)]
    return "below 0" if part is not None and part < 0 else share_percent(part)


def memory(row: Row) -> str:
    return size(row.facts[MEMORY])


def change(row: Row) -> str:
    return rate_per_minute(row.facts[CHANGE])


def adj(row: Row) -> str:
    """Of an app the highest: who is offered up first counts."""
    span = row.facts[PROTECTION]
    return UNKNOWN if span is None else adjustment(span[1])


def protected(row: Row) -> bool:
    """Lowered below the ordinary, all of it."""
    span = row.facts[PROTECTION]
    return span is not None and span[1] < 0


def adj_words(row: Row) -> str:
    span = row.facts[PROTECTION]
    if span is None or span == (0, 0):
        return ""
    if span[1] < 0:
        return "protected"
    return "exposed" if span[0] == span[1] else f"lowest {adjustment(span[0])}"


CELL: tuple[Callable[[Row], str], ...] = (name, rank, memory, change, adj)


def spoken(row: Row, column: int) -> str:
    """The cell for a screen reader: a whole phrase with its column's word."""
    match column:
        case 0:
            return f"{name(row)}, {note(row)}"
        case 1:
            return f"risk: {place(row)}, {risk_words(row)}"
        case 2:
            return f"memory: {memory(row)}"
        case 3:
            return f"change: {change(row)}"
    span = row.facts[PROTECTION]
    if span is not None and span[0] != span[1]:
        return f"oom_score_adj: {adjustment(span[0])} to {adjustment(span[1])}{', protected' if protected(row) else ''}"
    words = adj_words(row)
    return f"oom_score_adj: {adj(row)}{f', {words}' if words else ''}"


def place(row: Row) -> str:
    """The number in the column in words: apps are numbered among apps, processes in the kernel's order."""
    number, risk = row.facts[RISK][0], row.risk
    if number is None:
        return "can't be chosen"
    if row.app is None or risk is None or risk.rank is None:
        return f"number {number} in the kernel's order"
    whose = "its first process" if row.members else "its process"
    return f"app number {number}; {whose} is number {risk.rank} in the kernel's order"


def hint(row: Row, column: int) -> str:
    """What the pointer is told, as plain text in lines."""
    risk, app = row.risk, row.app
    if column == NAME:
        lines = [name(row), note(row)]
        if risk is not None and risk.unit:
            lines.append(f"Unit {printable(risk.unit)}")
        if risk is not None and risk.process.exe and not row.members:
            lines.append(printable(risk.process.exe))
        return "\n".join(lines)
    if column == RISK:
        order = "It can't be chosen." if row.facts[RISK][0] is None else sentence(place(row))
        return f"{order}\nBadness: {share_percent(share(row))} of RAM and swap."
    if column == MEMORY and app is not None and row.members:
        source = (
            "Anonymous, shared and swapped memory of its control group"
            if app.memory_from == "cgroup"
            else "Sum of its processes' own memory and swap, without what they share"
        )
        age = "" if app.age is None or app.age < 15 else f"\nPartly {app.age:.0f} s old"
        return f"{source}{age}"
    if column == MEMORY and risk is not None:
        return f"Resident {size(risk.process.rss)}, swapped {size(risk.process.swap)}\nIts end would free about {size(risk.frees)}"
    if column == PROTECTION:
        return "oom_score_adj: below 0 protects, above 0 offers it up first"
    return "Growth of its memory and swap" if column == CHANGE else ""


def matches(item: App | Risk, text: str) -> bool:
    """`text` is casefolded; a name's part, or a pid."""
    if isinstance(item, App):
        return text in item.name.casefold()
    return text in item.process.name.casefold() or text == str(item.process.pid)


def is_whole(assessment: Assessment, *, by_app: bool) -> bool:
    """It holds all rows: one that was made while nobody looked has only the first few, and no apps."""
    if by_app:
        return bool(assessment.apps) or not assessment.process_count
    return len(assessment.risks) >= assessment.process_count
