"""Entries of the journal that have a line for each of their fields: its pretty JSON, `-o verbose` and `-o export`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from oomtray.kernel.kill_log.lines import decoded, from_json, of_entry

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.dates import Dates
    from oomtray.kernel.kill_log.lines import Line

_MESSAGE = re.compile(rb"[ \t]{0,16}(?:(\"MESSAGE\") ?:|MESSAGE=)")
_VERBOSE = re.compile(rb"([^\s=][^\n=]{8,60}) \[s=[^\n]{0,400}\n")
_OUTDENTED = re.compile(rb"\n(?! {4})")
_FIELD = re.compile(rb"^ {0,4}([A-Z_0-9]{1,64})=(.*)$", re.MULTILINE)
_LONGEST = 1 << 13
"""Bytes of an entry before its message, and after it."""
_MOST_BRACES = 16


def entry_at(data: bytes, at: int, dates: Dates) -> Line | None:
    """The entry whose message's line begins `at`; None where it is no such line."""
    found = _MESSAGE.match(data, at)
    if found is None:
        return None
    earliest, latest = max(at - _LONGEST, 0), at + _LONGEST
    if found[1]:
        begin, end_at = data.rfind(b"{\n", earliest, at), _end_of_object(data, at, latest)
        return None if begin < 0 or end_at < 0 else from_json(data[begin : end_at + 1])
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
        if begin < 0 < earliest or end_at < 0:
            return None
    entry: dict[str, Any] = {decoded(name): decoded(value) for name, value in _FIELD.findall(data, max(begin, 0), end_at)}
    line = of_entry(entry)
    return line if line is None or line.time is not None else line._replace(time=time)


def _end_of_object(data: bytes, at: int, latest: int) -> int:
    """Where the brace is that alone stands on its line; -1 where none is near."""
    for _ in range(_MOST_BRACES):
        at = data.find(b"}", at + 1, latest)
        if at < 0 or not data[data.rfind(b"\n", 0, at) + 1 : at].strip():
            return at
    return -1
