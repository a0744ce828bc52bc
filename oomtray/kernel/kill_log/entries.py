"""Parse journal entries with one line per field: pretty JSON, `-o verbose` and `-o export`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.lines import Line, decoded, of_entry
from oomtray.kernel.kill_log.shipped import object_at_begin, of_fields

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates

_MESSAGE = re.compile(rb"[ \t]{0,16}(?:(\"(?:MESSAGE|_?msg|message|line|_raw|textPayload|log|SyslogMessage|[bB]ody|event|stringValue|stdout|Output)\") ?:|MESSAGE=)")
_VERBOSE = re.compile(rb"([^\s=][^\n=]{8,60}) \[s=[^\n]{0,400}\n")
_OUTDENTED = re.compile(rb"\n(?! {4})")
_FIELD = re.compile(rb"^ {0,4}([A-Z_0-9]{1,64})=(.*)$", re.MULTILINE)
_LONGEST = 1 << 13
"""How many bytes of an entry are read before its message, and after it."""
_LONGEST_CONSOLE = 1 << 18
"""Bytes of a console as JSON: Amazon keeps 64 KiB of it."""
_MOST_BRACES = 6
_FIELD_BEGINS = re.compile(rb"( {4})?[A-Z_0-9]{1,64}=")
_HEADS = re.compile(rb"\n(?=\S)")
"""Before an entry of `-o verbose`."""
_OBJECT_ENDS = re.compile(rb"\n([ \t]{0,16})\},?(?=\n)")
_FARTHEST_END = 1 << 16
"""How far back in bytes an object's end is searched for."""

_object = lru_cache(_MOST_BRACES)(object_at_begin)
"""Cached, because each such line of an object asks for it."""


def entry_at(data: bytes, at: int, dates: Dates) -> Line | None:
    """Return the entry whose message is the line at `at`; None if that isn't a message line."""
    found = _MESSAGE.match(data, at)
    if found is None:
        return None
    if found[1] == b'"Output"':
        return _of_console(data, found.end())
    earliest, latest = max(at - _LONGEST, 0), at + _LONGEST
    if found[1]:
        return _within_objects(data, at, dates)
    time = None
    if data[at : at + 1] == b" ":
        begin = data.rfind(b"\n", earliest, max(data.rfind(b" [s=", earliest, at), earliest)) + 1 or earliest
        head = _VERBOSE.match(data, begin, at)
        if head is None:
            return None
        time = dates.of(decoded(head[1]))
        next_one = _OUTDENTED.search(data, at, latest)
        end_at = latest if next_one is None else next_one.start()
    else:
        begin, end_at = data.rfind(b"\n\n", earliest, at), data.find(b"\n\n", at, latest)
        end_at = len(data) if end_at < 0 and latest >= len(data) else end_at
        if begin < 0 < earliest or end_at < 0:
            return None
    entry: dict[str, Any] = {decoded(name): decoded(value) for name, value in _FIELD.findall(data, max(begin, 0), end_at)}
    line = of_entry(entry)
    return line if line is None or line.time is not None else line._replace(time=time)


def whole_until(data: bytes, end: int) -> int:
    """Return where the last whole entry ends, if the line before `end` is one of an entry with a line per field; else `end`.

    What tells whose a message is may follow it.
    """
    line, earliest = data.rfind(b"\n", 0, end - 1) + 1, max(end - _FARTHEST_END, 0)
    field = _FIELD_BEGINS.match(data, line)
    if field is not None:
        last = max((found.start() for found in _HEADS.finditer(data, earliest, end)), default=0) if field[1] else data.rfind(b"\n\n", earliest, end) + 1
        return last + 1 if last > 0 else end
    if data[line : line + 1] not in {b" ", b"\t"}:
        return end
    ends = [*_OBJECT_ENDS.finditer(data, earliest, end)]
    if not ends and data.startswith(b"{"):
        return 0  # its last line may have no end
    outer = min((len(found[1]) for found in ends), default=0)
    return next((found.end() + 1 for found in reversed(ends) if len(found[1]) == outer), end)


def _of_console(data: bytes, at: int) -> Line | None:
    """Parse a virtual machine's console, the text at `at`; its object has only the date of the copy."""
    end = data.find(b"\n", at, at + _LONGEST_CONSOLE)
    text, _ = object_at_begin(data[at : end if end >= 0 else at + _LONGEST_CONSOLE].strip())
    return Line(text, None, None, None, None, None, prefixed=True) if isinstance(text, str) else None


def _within_objects(data: bytes, at: int, dates: Dates) -> Line | None:
    """Parse the JSON object around this line, or an enclosing one if it has no timestamp."""
    line, begin, earliest = None, at, max(at - _LONGEST, 0)
    for _ in range(_MOST_BRACES):
        begin = data.rfind(b"{\n", earliest, begin)
        if begin < 0:
            break
        entry, length = _object(data[begin : begin + 2 * _LONGEST])
        found = of_fields(entry, dates) if isinstance(entry, dict) and begin + length > at else None
        if found is not None:
            line = found
            if line.time is not None or line.uptime is not None:
                break
    return line
