"""Find where a report begins that had begun before the log did, as in the last lines of dmesg."""

from __future__ import annotations

import re

_ENDS = re.compile(rb"[Kk]ill(?:ed)? process \d|,pid=\d")
_COLUMNS = b" total_vm "
_ROW = re.compile(rb"\[ {0,12}\d{1,10}\] {1,12}\d[\d -]{10,}")
_BEFORE_TABLE = (b" killed as a result of limit of ", b"memory: usage ", b"Memory cgroup stats for ", b"Mem-Info:", b" free:", b"hugepages_total=", b"Free swap ", b"Total swap ", b" pages RAM")
_ASKED, _TRACE = b" Comm: ", (b"oom_kill_process+", b"out_of_memory+", b"dump_header+")
"""Of the line that names who asked for memory, and of the calls below it: other warnings have such lines too."""
_FARTHEST_ROW, _FARTHEST = 1 << 20, 1 << 14
"""Most bytes between the table's columns and the end of the report, and before them."""


def is_row(data: bytes, at: int) -> bool:
    """Whether the line at `at` is a row of a table, and not an object that holds a whole report."""
    stop = data.find(b"\n", at)
    stop = len(data) if stop < 0 else stop
    return _ROW.search(data, at, stop) is not None and data.find(rb"\n", at, stop) < 0


def follows_part(data: bytes, at: int, earliest: int) -> bool:
    """Whether the line before the one at `at` is a row of a table or names a cgroup's limit, and isn't before `earliest`."""
    before = data.rfind(b"\n", earliest, max(at - 1, earliest)) + 1 or earliest
    return before < at and (_ROW.search(data, before, at) is not None or data.find(_BEFORE_TABLE[0], before, at) >= 0)


def begin_of_report(data: bytes, end: int, begin: int = 0) -> int | None:
    """Return where the report begins that the line with `end` ends; None if nothing between `begin` and the line is of a report."""
    stop = data.find(b"\n", end)
    if _ENDS.search(data, data.rfind(b"\n", 0, end) + 1, len(data) if stop < 0 else stop) is None:
        return None
    table = data.rfind(_COLUMNS, max(end - _FARTHEST_ROW, begin), end)
    if table >= 0 and _ROW.search(data, table, end) is None:
        return None
    last = end if table < 0 else table
    earliest = max(last - _FARTHEST, begin)
    places = [place for text in _BEFORE_TABLE if (place := data.find(text, earliest, last)) >= 0]
    if table < 0 and not places:
        return None
    first = min([*places, last])
    asked = data.rfind(_ASKED, earliest, first)
    if asked >= 0 and any(data.find(text, asked, first) >= 0 for text in _TRACE):
        first = asked
    return data.rfind(b"\n", 0, first) + 1
