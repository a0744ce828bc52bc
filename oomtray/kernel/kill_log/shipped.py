"""Lines of a log in the JSON of what collects logs: Docker, Loki, Splunk, Elastic, the clouds of Google and Amazon, dmesg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.lines import decoded, of_entry, parse

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates
    from oomtray.kernel.kill_log.lines import Line

TEXTS = ("log", "_raw", "line", "message", "@message", "msg", "textPayload")
"""Where the line is, the first of them that is there."""
_INNER = ("jsonPayload", "result", "_source")
_DEEPEST = 4
"""Objects within each other in which the line is looked for."""
_TIMES = ("@timestamp", "timestamp", "@t", "_time", "time", "date", "dt", "ts")
_PROGRAMS = ("SYSLOG_IDENTIFIER", "ident", "program", "programname", "appname", "app-name", "service")
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From so many on a date isn't in seconds but in so many parts of one."""
_DATE = 1e8
"""Seconds that are no time since the start any more."""


def of_object(raw: bytes, dates: Dates) -> tuple[Line | None, int]:
    """The line of an object, behind which there may be more, and how long the object is; None where it has none."""
    entry, length = object_at_begin(raw)
    return of_fields(entry, dates) if isinstance(entry, dict) else None, length


def object_at_begin(raw: bytes) -> tuple[Any, int]:
    """What is written in JSON, behind which there may be more, and how long that is; None and 0 where nothing is."""
    text = decoded(raw)
    try:
        entry, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None, 0
    return entry, end if text.isascii() else len(text[:end].encode("utf-8", "surrogatepass"))


def of_fields(entry: dict[str, Any], dates: Dates, depth: int = 0) -> Line | None:
    """That of an object by its fields; None where it has none. `depth`: objects around it."""
    if entry.get("kind") == "Event":
        return None  # Kubernetes tells of what its own programs have read
    line = of_entry(entry)
    text = None if line is not None else next((entry[name] for name in TEXTS if isinstance(entry.get(name), str)), None)
    if text is not None:
        line = parse(text.rstrip("\r\n"), dates)
        program = _program(entry)
        line = line if program is None or line.tag is not None else line._replace(tag=program)
    if line is None and depth < _DEEPEST:
        line = next((of_fields(entry[name], dates, depth + 1) for name in _INNER if isinstance(entry.get(name), dict)), None)
    if line is None or line.time is not None:
        return line
    time, uptime = _when(entry, dates)
    return line._replace(time=time, uptime=uptime if line.uptime is None else line.uptime, prefixed=True)


def _program(entry: dict[str, Any]) -> str | None:
    syslog, process = entry.get("syslog"), entry.get("process")
    named = [
        *(entry.get(name) for name in _PROGRAMS),
        syslog.get("identifier") if isinstance(syslog, dict) else None,
        process.get("name") if isinstance(process, dict) else None,
    ]
    return next((name for name in named if isinstance(name, str) and name), None)


def _when(entry: dict[str, Any], dates: Dates) -> tuple[float | None, float | None]:
    """Seconds since 1970, and since the start."""
    told: object = next((entry[name] for name in _TIMES if entry.get(name) is not None), None)
    if isinstance(told, str):
        date = told
        try:
            told = float(date)
        except ValueError:
            return dates.of(date), None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told < 1e20:
        return None, None
    if told < _DATE:
        return None, float(told)
    return told / next((parts for least, parts in _UNITS if told >= least), 1.0), None
