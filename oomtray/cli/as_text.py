"""An assessment as lines of text for a terminal or a pipe."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from oomtray.cli.table import Column, Row, table
from oomtray.kernel.users import login_name
from oomtray.messages.listing import summary, warning
from oomtray.risk.certainty import certainty
from oomtray.text import (
    UNKNOWN,
    adjustment,
    columns,
    fit,
    percent,
    printable,
    rate_per_minute,
    share_percent,
    size,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.cli.terminal import Style, Terminal
    from oomtray.config import Levels
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import App, Assessment, LevelName, Risk, WarningMark
    from oomtray.risk.certainty import Certainty

LEVEL_STYLE: dict[LevelName, Style] = {"normal": "bold", "warning": "yellow", "critical": "red"}
ROW_STYLE: dict[WarningMark, Style] = {"none": "plain", "elevated": "yellow", "high": "red"}
GAUGE = 30

PROCESS_COLUMNS = (
    Column("#", right=True),
    Column("PID", right=True),
    Column("NAME", least=8),
    Column("SHARE", right=True),
    Column("SCORE", right=True),
    Column("CHANGE/MIN", right=True),
    Column("ADJ", right=True),
    Column("MEMORY", right=True),
    Column("WARNING", least=13),
)
APP_COLUMNS = (
    Column("#", right=True),
    Column("APP", least=8),
    Column("PROCESSES", right=True),
    Column("SHARE", right=True),
    Column("ADJ", right=True),
    Column("MEMORY", right=True),
    Column("WARNING", least=13),
)


def listing(
    assessment: Assessment, marks: Levels, terminal: Terminal, rows: int | None, *, apps: bool = False
) -> list[str]:
    """The sentences, the table with at most so many rows (None: all), and the memory lines."""
    lines: list[str] = []
    for n, sentence in enumerate(summary(assessment)):
        style = LEVEL_STYLE[assessment.level.name] if n == 0 else "plain"
        lines += [terminal.styled(terminal.written(line), style) for line in wrap(sentence, terminal.columns)]
    heads = APP_COLUMNS if apps else PROCESS_COLUMNS
    order = certainty(assessment)
    if apps:
        shown = _app_rows(assessment.apps[:rows], order)
    else:
        shown = _process_rows(assessment.risks[:rows], order)
    lines += ["", *table(heads, shown, terminal), ""]
    memory = memory_lines(assessment.snapshot.memory, marks)
    return lines + [terminal.written(fit(line, terminal.columns or columns(line))) for line in memory]


def _process_rows(risks: Sequence[Risk], order: Certainty) -> list[Row]:
    return [
        Row(
            (
                _number(risk.rank),
                str(risk.process.pid),
                printable(risk.process.name),
                share_percent(risk.share),
                _number(risk.process.oom_score),
                rate_per_minute(risk.change).removesuffix("/min"),
                adjustment(risk.process.oom_score_adj),
                size(risk.memory),
                warning(risk, order),
            ),
            ROW_STYLE[risk.warning],
        )
        for risk in risks
    ]


def _app_rows(apps: Sequence[App], order: Certainty) -> list[Row]:
    """The same program of several users is an app of each: then it is said whose."""
    counts = Counter(app.name for app in apps)
    return [_app_row(app, order, whose=counts[app.name] > 1) for app in apps]


def _app_row(app: App, order: Certainty, *, whose: bool) -> Row:
    span = app.adj_range
    if span is None or span[0] == span[1]:
        adj = adjustment(span[0] if span else None)
    else:
        adj = f"{adjustment(span[0])} to {adjustment(span[1])}"
    words = warning(app.members[0], order) if app.members else ""
    return Row(
        (
            _number(app.rank),
            printable(app.name) + (f" ({_owner(app)})" if whose else ""),
            str(len(app.members)),
            share_percent(app.share),
            adj,
            size(app.memory),
            words,
        ),
        ROW_STYLE[app.warning],
    )


def _owner(app: App) -> str:
    if app.uid is None:
        return "system"
    return login_name(app.uid) or f"uid {app.uid}"


def memory_lines(memory: Memory, marks: Levels) -> list[str]:
    used = memory.used_percent
    lines = [
        f"Memory  {_gauge(used, marks)} {percent(used)} used, {size(memory.available)} of {size(memory.total)} left",
        f"         {_scale(marks)}",
    ]
    if memory.swap_total:
        lines.append(
            f"Swap    {percent(memory.swap_percent)} used, {size(memory.swap_free)} of {size(memory.swap_total)} left"
        )
    else:
        lines.append("Swap    none" if memory.swap_total == 0 else "Swap    unknown: this kernel doesn't tell")
    if memory.psi_some_avg10 is None and memory.psi_full_avg10 is None:
        lines.append("Stall   unknown: this kernel doesn't tell")
    else:
        some, full = _stall(memory.psi_some_avg10), _stall(memory.psi_full_avg10)
        lines.append(f"Stall   {some} of the last 10 s for some process, {full} for all")
    if memory.oom_kills is not None:
        lines.append(f"Kills   {memory.oom_kills} by the kernel since boot")
    return lines


def _gauge(used: float | None, marks: Levels) -> str:
    """The marks stay visible under a full bar: | not reached, ! passed."""
    filled = 0 if used is None else round(used / 100 * GAUGE)
    cells = ["#" if n < filled else "-" for n in range(GAUGE)]
    for mark in (marks.warning_percent, marks.critical_percent):
        cells[_place(mark)] = "|" if used is None or used < mark else "!"
    return f"[{''.join(cells)}]"


def _scale(marks: Levels) -> str:
    """What the gauge's marks stand for, written below them."""
    line = ""
    for mark in (marks.warning_percent, marks.critical_percent):
        line = line.ljust(max(_place(mark), len(line) + 1 if line else 0)) + f"{mark:g}"
    return f"{line} % are the marks for warning and critical"


def _place(mark: float) -> int:
    return min(max(round(mark / 100 * GAUGE), 0), GAUGE - 1)


def _stall(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f} %"


def _number(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)
