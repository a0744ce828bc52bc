"""Parse log lines in the JSON of log shippers: Docker, Loki, Splunk, Elastic, Graylog, OpenTelemetry, clouds, dmesg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.lines import Line, decoded, of_entry, parse

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates

_CONSOLE = "Output"
"""Field with a virtual machine's whole console; the date beside it is that of the copy."""
TEXTS = ("log", "_raw", "line", "message", "@message", "msg", "_msg", "textPayload", "SyslogMessage", "full_message", "short_message", "body", "Body", "event", "stdout", _CONSOLE)
"""Fields with the log line; the first one present counts."""
_INNER = ("jsonPayload", "result", "_source", "content", "attributes")
_DEEPEST = 4
"""How many nested objects are searched for the line."""
_TIMES = ("@timestamp", "timestamp", "@t", "_time", "time", "date", "dt", "ts", "EventTime", "TimeGenerated", "Timestamp", "timeUnixNano")
PROGRAMS = ("SYSLOG_IDENTIFIER", "syslog_identifier", "ident", "program", "programname", "appname", "app-name", "app_name", "service", "ProcessName", "_application_name")
_CONTROL = "".join(map(chr, range(0x20)))
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""(least number, parts per second) of dates that aren't in seconds."""
_DATE = 1e8
"""From here on a number of seconds is a date, not an uptime."""


def of_object(raw: bytes, dates: Dates) -> tuple[Line | None, int]:
    """Return the line in the object at the beginning, or None, and the object's length."""
    entry, length = object_at_begin(raw)
    return of_fields(entry, dates) if isinstance(entry, dict) else None, length


def object_at_begin(raw: bytes) -> tuple[Any, int]:
    """Parse the JSON value at the beginning and return it with its length; None and 0 if there is none."""
    text = decoded(raw)
    try:
        entry, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None, 0
    return entry, end if text.isascii() else len(text[:end].encode("utf-8", "surrogatepass"))


def of_fields(entry: dict[str, Any], dates: Dates, depth: int = 0) -> Line | None:
    """Return the line in an object's fields, or None; `depth` is the number of enclosing objects."""
    if entry.get("kind") == "Event" or "involvedObject" in entry:  # within a list, the kind is left out
        return _of_kubernetes(entry, dates)
    line = of_entry(entry)
    text = None if line is not None else next((text for name in TEXTS if (text := _text(entry.get(name))) is not None), None)
    if text is not None:
        line = parse(text.rstrip("\r\n"), dates)
        program = _program(entry)
        line = line if program is None or line.tag is not None else line._replace(tag=program)
    if line is None and depth < _DEEPEST:
        line = next((of_fields(entry[name], dates, depth + 1) for name in _INNER if isinstance(entry.get(name), dict)), None)
    if line is None or line.time is not None or _CONSOLE in entry:
        return line
    time, uptime = _when(entry, dates)
    return line._replace(time=time, uptime=uptime if line.uptime is None else line.uptime, prefixed=True)


def _of_kubernetes(entry: dict[str, Any], dates: Dates) -> Line | None:
    """Return the kernel's words from an event of Kubernetes' node problem detector, or its kubelet's own of a kill.

    None for one of its other programs, which repeat them.
    """
    source, text, told = entry.get("source"), entry.get("message"), entry.get("firstTimestamp") or entry.get("eventTime")
    source = source if isinstance(source, dict) else {}
    is_kubelets = entry.get("reason") == "SystemOOM" and isinstance(text, str) and text.startswith("System OOM ")
    if not isinstance(text, str) or (source.get("component") != "kernel-monitor" and not is_kubelets):
        return None
    host = source.get("host")
    return Line(text, "kernel", host if isinstance(host, str) else None, dates.of(told) if isinstance(told, str) else None, prefixed=True)


def _text(field: object) -> str | None:
    """Return a field's text, which OpenTelemetry wraps in an object."""
    field = field.get("stringValue") if isinstance(field, dict) else field
    return field if isinstance(field, str) else None


def _program(entry: dict[str, Any]) -> str | None:
    syslog, process = entry.get("syslog"), entry.get("process")
    named = [
        *(entry.get(name) for name in PROGRAMS),
        syslog.get("identifier") if isinstance(syslog, dict) else None,
        process.get("name") if isinstance(process, dict) else None,
    ]
    # some versions of Fluent Bit add a control character to the end of a field
    return next((name.rstrip(_CONTROL) for name in named if isinstance(name, str) and name), None)


def _when(entry: dict[str, Any], dates: Dates) -> tuple[float | None, float | None]:
    """Return seconds since 1970, and uptime."""
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
