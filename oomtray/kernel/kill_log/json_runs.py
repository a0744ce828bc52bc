"""The patterns of `runs` for the journal's JSON: one entry per line, of which only the message is needed."""

from __future__ import annotations

import re
from functools import cache

from oomtray.kernel.kill_log.runs import BODY, ROW, Patterns

_FROM = re.compile(rb'"(?:_HOSTNAME|_TRANSPORT|SYSLOG_IDENTIFIER|_COMM)" ?: ?"[^"\\\n]*"')
_KEY = b'"MESSAGE"'


@cache
def json_patterns() -> Patterns:
    """Return patterns of whole entries, with one message each."""
    rows, body = (re.compile(rb'\{(?>[^\n]*?"MESSAGE" ?: ?")(?:' + text + rb')"[^\n]*\}') for text in (ROW, BODY))
    return Patterns(rows, body)


def from_one(entry: bytes, block: bytes) -> bool:
    """Whether a block has only whole entries, all with the host and program of `entry`."""
    count = block.count(b"\n")
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return block.count(_KEY) == count and all(block.count(part) == count for part in _FROM.findall(entry))


def message(entry: bytes) -> bytes:
    """Return the message of an entry that the patterns match."""
    begin = entry.index(b'"', entry.index(_KEY) + len(_KEY)) + 1
    return entry[begin : entry.index(b'"', begin)]
