"""What `runs` knows, in the journal's JSON: an entry a line, of which the message is all that is needed."""

from __future__ import annotations

import re
from functools import cache

from oomtray.kernel.kill_log.runs import BODY, ROW, Patterns

_FROM = re.compile(rb'"(?:_HOSTNAME|_TRANSPORT|SYSLOG_IDENTIFIER|_COMM)" ?: ?"[^"\\\n]*"')
_KEY = b'"MESSAGE"'


@cache
def json_patterns() -> Patterns:
    """Of a whole entry."""
    rows, body = (re.compile(rb'\{[^\n]*?"MESSAGE" ?: ?"(?:' + text + rb')"[^\n]*\}') for text in (ROW, BODY))
    return Patterns(rows, body)


def from_one(entry: bytes, block: bytes) -> bool:
    """Whether the entries of a block are whole, and all of the host and the program that this one is of."""
    count = block.count(b"\n")
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return block.count(_KEY) == count and all(block.count(part) == count for part in _FROM.findall(entry))


def message(entry: bytes) -> bytes:
    """That of an entry of a form that the patterns know."""
    begin = entry.index(b'"', entry.index(_KEY) + len(_KEY)) + 1
    return entry[begin : entry.index(b'"', begin)]
