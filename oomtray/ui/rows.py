"""What the table's rows say: pure, apart from Qt, so that the model only keeps places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from oomtray.risk.assessment import App
from oomtray.risk.reasons import phrases
from oomtray.text import UNKNOWN, adjustment, printable, rate_per_minute, share_percent, size
from oomtray.ui.words import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from oomtray.risk.assessment import Assessment, Reason, Risk, WarningMark

Column = Literal[0, 1, 2, 3, 4]
NAME, RISK, MEMORY, CHANGE, PROTECTION = range(5)
TITLES = ("App", "Risk", "Memory", "Change", "Protection")
SPOKEN: dict[WarningMark, str] = {"none": "", "elevated": "elevated", "high": "high"}
GONE = "has ended"


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

    def take(self, item: App | Risk) -> int:
        """Takes new facts; returns the columns that show something else now, a bit each."""
        if isinstance(item, App):
            self.app = item
            self.risk = item.members[0] if item.members else None
        else:
            self.risk = item
        facts = facts_of(self)
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


def facts_of(row: Row) -> tuple[Any, ...]:
    risk, app = row.risk, row.app
    reasons: tuple[Reason, ...] = risk.reasons if risk is not None else ()
    adj = None if risk is None else risk.process.oom_score_adj
    if app is not None:
        return (
            (
                app.name,
                len(app.members),
                risk.process.pid if risk else None,
                reasons,
                risk.why_not if risk else None,
            ),
            (app.rank, None if app.share is None else round(app.share, 1), app.warning),
            app.memory,
            app.change,
            app.adj_range,
        )
    assert risk is not None
    return (
        (risk.process.name, 1, risk.process.pid, reasons, risk.why_not),
        (risk.rank, None if risk.share is None else round(risk.share, 1), risk.warning),
        risk.memory,
        risk.change,
        None if adj is None else (adj, adj),
    )


def name(row: Row) -> str:
    return printable(row.facts[NAME][0])


def note(row: Row) -> str:
    """The second line: how many processes or which one, and what is odd about it."""
    if row.gone:
        return GONE
    _name, count, pid, reasons, why_not = row.facts[NAME]
    said = [f"{count} processes" if count > 1 else str(pid)]
    if "next-victim" in reasons:
        said.append("next to be killed")
    if why_not is not None:
        said.append(NEVER[why_not])
    elif row.risk is not None:
        app = row.app if row.app is not None else (row.parent.app if row.parent is not None else None)
        said += [
            words
            for words in phrases(row.risk, app.name if app else None)
            if not words.endswith("of all memory")
        ]
    return " · ".join(said)


def rank(row: Row) -> str:
    place = row.facts[RISK][0]
    return UNKNOWN if place is None else str(place)


def share(row: Row) -> float | None:
    """Per mille."""
    found: float | None = row.facts[RISK][1]
    return found


def mark(row: Row) -> WarningMark:
    found: WarningMark = row.facts[RISK][2]
    return found


def risk_words(row: Row) -> str:
    """Below the bar: the warning as a word, else the share."""
    if row.facts[RISK][0] is None:
        return "never" if row.facts[NAME][4] not in ("not-eligible", "zombie", "no-memory") else UNKNOWN
    part = share(row)
    return SPOKEN[mark(row)] or ("below 0" if part is not None and part < 0 else share_percent(part))


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
    return "exposed" if span[0] == span[1] else f"from {adjustment(span[0])}"


CELL: tuple[Callable[[Row], str], ...] = (name, rank, memory, change, adj)


def spoken(row: Row, column: int) -> str:
    """The cell for a screen reader: a whole phrase with its column's word."""
    match column:
        case 0:
            return f"{name(row)}, {note(row)}"
        case 1:
            place = row.facts[RISK][0]
            return f"risk: {f'rank {place}' if place is not None else 'can not be chosen'}, {risk_words(row)}"
        case 2:
            return f"memory: {memory(row)}"
        case 3:
            return f"change: {change(row)}"
    words = adj_words(row)
    return f"oom_score_adj: {adj(row)}{f', {words}' if words else ''}"


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
        place = row.facts[RISK][0]
        order = "It can't be chosen." if place is None else f"Number {place} in the kernel's order."
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
