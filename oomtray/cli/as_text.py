"""Render an assessment as lines of text for a terminal or a pipe."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from oomtray.cli.table import Column, Row, table
from oomtray.kernel.users import login_name
from oomtray.messages import limits
from oomtray.messages import memory as words
from oomtray.messages import victim as victim_words
from oomtray.messages.i18n import tr
from oomtray.messages.names import with_note
from oomtray.messages.numbers import bounded, change, share_percent
from oomtray.messages.rows import tags
from oomtray.risk.certainty import Certainty, certainty
from oomtray.risk.following import certainty_of_apps
from oomtray.risk.thresholds import Mark, marks
from oomtray.text import UNKNOWN, adjustment, columns, fit, name_shown, pad, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.cli.terminal import Style, Terminal
    from oomtray.config import Thresholds
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk, WarningMark
    from oomtray.risk.outlook import LevelName

LEVEL_STYLE: dict[LevelName, Style] = {"normal": "bold", "warning": "yellow", "critical": "red"}
ROW_STYLE: dict[WarningMark, Style] = {"none": "plain", "elevated": "yellow", "high": "red"}
MARKS: dict[WarningMark, str] = {"high": "!!", "elevated": "!", "none": ""}
"""Seriousness by shape, for people who can't see the colors."""
GAUGE = 30
_LEAST = 10
"""Fewest cells of the gauge, in which two usual marks still have one each."""


def listing(
    assessment: Assessment, thresholds: Thresholds, terminal: Terminal, rows: int | None, *, apps: bool = False
) -> list[str]:
    """Render the sentences, the table with at most this many rows (None: all), and the memory lines."""
    lines: list[str] = []
    for n, sentence in enumerate(summary(assessment)):
        style = LEVEL_STYLE[assessment.level.name] if n == 0 else "plain"
        lines += terminal.wrapped(sentence, style)
    if apps:
        heads, shown = _app_columns(), _app_rows(assessment.apps[:rows], certainty_of_apps(assessment))
    else:
        heads, shown = _process_columns(), _process_rows(assessment.risks[:rows], certainty(assessment))
    lines += ["", *table(heads, shown, terminal), ""]
    return lines + memory_lines(assessment.snapshot.memory, thresholds, terminal)


def summary(assessment: Assessment) -> list[str]:
    """Return sentences in the order in which a person needs them; the first names the level."""
    return words.sentences(assessment) + victim_words.sentences(assessment) + limits.sentences(assessment)


def warning(risk: Risk, order: Certainty = "sure") -> str:
    """Return the text of a row's warning column, with a mark of its own shape if it is serious."""
    said = tr(", ").join(tags(risk, order))
    return f"{MARKS[risk.warning]} {said}" if MARKS[risk.warning] and said else said


def _process_columns() -> tuple[Column, ...]:
    return (
        Column("#", right=True, dropped=4),
        Column(tr("PID"), right=True),
        Column(tr("NAME"), least=8, good=15),
        Column(tr("SHARE"), right=True, dropped=3),
        Column(tr("SCORE"), right=True, dropped=1),
        Column(tr("CHANGE/MIN"), right=True, dropped=2),
        Column(tr("ADJ"), right=True),
        Column(tr("MEMORY"), right=True),
        Column(tr("WARNING"), least=7, good=13),
    )


def _app_columns() -> tuple[Column, ...]:
    return (
        Column("#", right=True, dropped=3),
        Column(tr("APP"), least=8, good=20),
        Column(tr("PROCESSES"), right=True, dropped=1),
        Column(tr("SHARE"), right=True, dropped=2),
        Column(tr("ADJ"), right=True),
        Column(tr("HOLDS"), right=True),  # not MEMORY, which a process's own row has: that includes what it shares
        Column(tr("WARNING"), least=7, good=13),
    )


def _process_rows(risks: Sequence[Risk], order: Certainty) -> list[Row]:
    return [
        Row(
            (
                _number(risk.rank),
                str(risk.process.pid),
                name_shown(risk.process.name),
                share_percent(risk.share),
                _number(risk.process.oom_score),
                change(risk.change),
                adjustment(risk.process.oom_score_adj),
                size(risk.memory),
                warning(risk, order),
            ),
            ROW_STYLE[risk.warning],
        )
        for risk in risks
    ]


def _app_rows(apps: Sequence[App], order: Certainty) -> list[Row]:
    """Build the rows of apps, with the owner where several users run the same program, as each is an app of its own."""
    counts = Counter(app.name for app in apps)
    return [_app_row(app, order, whose=counts[app.name] > 1) for app in apps]


def _app_row(app: App, order: Certainty, *, whose: bool) -> Row:
    name = name_shown(app.name)
    return Row(
        (
            _number(app.rank),
            with_note(name, _owner(app)) if whose else name,
            str(len(app.members)),
            share_percent(app.share),
            _span(app.adj_range),
            bounded(app.memory, exact=app.memory_exact),
            warning(app.members[0], order),
        ),
        ROW_STYLE[app.warning],
    )


def _span(span: tuple[int, int] | None) -> str:
    lowest, highest = span or (None, None)
    if lowest == highest:
        return adjustment(lowest)
    return tr("{lowest} to {highest}", lowest=adjustment(lowest), highest=adjustment(highest))


def _owner(app: App) -> str:
    if app.uid is None:
        return tr("system")
    return login_name(app.uid) or tr("uid {uid}", uid=app.uid)


def memory_lines(memory: Memory, thresholds: Thresholds, terminal: Terminal) -> list[str]:
    """Render the gauge, which gets shorter in a narrow terminal, its scale, swap, stalls and kills."""
    found, amounts = marks(thresholds, memory).shown, words.amounts(memory)
    below = [(tr("Swap"), words.swap_amounts(memory)), (tr("Stall"), words.stall(memory))]
    if memory.oom_kills is not None:
        below.append((tr("Kills"), words.kills(memory.oom_kills)))
    width = max(columns(label) for label in (tr("Memory"), *dict(below))) + 2
    room = GAUGE if terminal.columns is None else terminal.columns - width - len("[] ") - columns(amounts)
    length = max(min(room, GAUGE), _LEAST)
    said = amounts if room >= _LEAST else words.used(memory)
    lines = [pad(tr("Memory"), width) + f"{_gauge(memory.used_percent, found, length)} {said}"]
    if found:
        lines.append(" " * width + f" {_scale(found, length)}")
    for label, text in below:
        lines += terminal.hanging(text, pad(label, width)).split("\n")
    return [terminal.drawn(fit(line, terminal.columns or columns(line))) for line in lines]


def _gauge(used: float | None, found: Sequence[Mark], length: int) -> str:
    """Draw the memory bar. Marks stay visible in a filled bar: | not reached, ! passed."""
    filled = 0 if used is None else round(used / 100 * length)
    cells = ["#" if n < filled else "-" for n in range(length)]
    for mark in found:
        cells[_place(mark.used, length)] = "|" if used is None or used < mark.used else "!"
    return f"[{''.join(cells)}]"


def _scale(found: Sequence[Mark], length: int) -> str:
    """Write below the gauge what its marks stand for."""
    line = ""
    for mark in found:
        line = line.ljust(max(_place(mark.used, length), len(line) + 1 if line else 0)) + words.mark_of(mark)
    indent = len(line) - len(line.lstrip())
    return " " * indent + tr("{marks}: warning and critical", marks=line.lstrip())


def _place(mark: float, length: int) -> int:
    return min(max(round(mark / 100 * length), 0), length - 1)


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
