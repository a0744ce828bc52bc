"""Recorded readings in words: a line per reading, the numbers at a moment, and why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.file_access import FileError, FileProblem
from oomtray.messages.files import file_problem
from oomtray.messages.history_events import sentence_of
from oomtray.messages.i18n import joined, mark, tr
from oomtray.messages.memory import amounts
from oomtray.messages.moments import within
from oomtray.messages.numbers import percent, to_minutes
from oomtray.text import local_time, printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.history.chart_columns import Column
    from oomtray.history.period import RecordedEvent
    from oomtray.history.samples import Sample
    from oomtray.risk.outlook import LevelName

_LEVELS: dict[LevelName, str] = {
    "normal": mark("normal"),
    "warning": mark("warning"),
    "critical": mark("critical"),
}


def nothing() -> str:
    """Replaces the chart if there are readings only at other times."""
    return tr("Nothing was recorded in this time.")


def nothing_yet(*, recording: bool) -> str:
    """Say what will appear and when, if nothing was ever recorded."""
    if recording:
        return tr("OOM Tray records while it runs. The first readings appear here within about a minute. Kills and changes are marked as they happen.")
    return tr("Readings appear here once OOM Tray records them.")


def not_recording() -> str:
    return tr("Recording is switched off in the settings.")


def not_written(problem: FileProblem) -> str:
    return tr("The history is not being recorded: {reason}", reason=file_problem(problem))


def unusable(path: str) -> str:
    """Say that a record's file is unusable."""
    return tr("{path} is damaged, or was written by a newer version of OOM Tray", path=printable(path))


def not_read(error: Exception) -> str:
    """Say why the record can't be shown."""
    return tr("The history can't be read: {reason}", reason=_reason(error))


def not_cleared(error: Exception) -> str:
    return tr("The history was not cleared: {reason}", reason=_reason(error))


def _reason(error: Exception) -> str:
    return file_problem(error.problem) if isinstance(error, FileError) else f"{type(error).__name__}: {error}"


def most(period: str, column: Column | None, apps: Sequence[tuple[str, int | None]]) -> str:
    """Give a period's maxima for screen readers; `apps` have the most that each held, the largest first."""
    if column is None:
        return tr("{time}: not recorded", time=period)
    held, values = _held(apps), figures(column, most=True) | {"time": period}
    if not held:
        return tr("{time}: at most memory {memory}, swap {swap}, stall {stall}", **values)
    return tr("{time}: at most memory {memory}, swap {swap}, stall {stall}; apps: {apps}", **values, apps=held)


def numbers(when: str, column: Column | None, apps: Sequence[tuple[str, int | None]]) -> str:
    """Give the numbers at a moment for screen readers; `apps` have what each held, the largest first."""
    if column is None:
        return tr("{time}: not recorded", time=when)
    held, values = _held(apps), figures(column) | {"time": when, "level": level_name(column.level)}
    if not held:
        return tr("{time}: memory {memory}, swap {swap}, stall {stall}, {level}", **values)
    return tr("{time}: memory {memory}, swap {swap}, stall {stall}, {level}; largest: {apps}", **values, apps=held)


def figures(column: Column, *, most: bool = False) -> dict[str, str]:
    """Return memory, swap and stall as text: the means, or the maxima if `most`."""
    used, swap = (None if one is None else one.high if most else one.mean for one in (column.used, column.swap))
    return {"memory": size(used), "swap": size(swap), "stall": percent(column.stall)}


def _held(apps: Sequence[tuple[str, int | None]]) -> str:
    held = [tr("{app} {size}", app=printable(name), size=size(memory)) for name, memory in apps if memory is not None]
    return joined(held) if held else ""


def each_row(seconds: int) -> str:
    """Say what a row of the table of readings tells of; it has only the time at which that begins."""
    return tr("Each row has the highest values of {time} from then on.", time=to_minutes(seconds))


def level_name(level: LevelName) -> str:
    return tr(_LEVELS[level])


def raised(level: LevelName) -> str:
    """Return a level as a label; empty for normal."""
    return {"normal": "", "warning": tr("Warning"), "critical": tr("Critical")}[level]


def reading(sample: Sample) -> str:
    """Return a reading in one line: time, memory used and left, stall, level, and the largest app if known.

    The times in such lines have equal widths, sort as text, and can be given to `--since`.
    """
    values = {
        "time": local_time(sample.time),
        "level": level_name(sample.level),
        "numbers": amounts(sample.memory),
        "stall": percent(sample.memory.psi_full_avg10, 1),
    }
    if not sample.apps:
        return tr("{time}  {level}: {numbers}, stall {stall}", **values)
    largest = sample.apps[0]
    return tr(
        "{time}  {level}: {numbers}, stall {stall}; largest: {app}, {size}",
        **values,
        app=printable(largest.name),
        size=size(largest.memory),
    )


def happened(group: Sequence[RecordedEvent], now: float) -> str:
    """Return an event, or several unnoticed kills, in one line with the time; `now` is in seconds since 1970."""
    said = sentence_of(group, lambda at: within(at, now))
    return tr("{time}  {event}", time=local_time(group[-1].time), event=said)
