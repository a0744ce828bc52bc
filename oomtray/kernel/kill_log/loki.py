"""Turn Loki's answer to a query, one JSON object however many lines it has, into an object per line.

Source: Loki's HTTP API, /loki/api/v1/query_range and /query with streams.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.kernel.kill_log.packed import Begun
from oomtray.kernel.kill_log.shipped import PROGRAMS, object_at_begin

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWER = re.compile(rb"\s{0,16}\{\s{0,16}(?:\x22status\x22\s{0,4}:\s{0,4}\x22success\x22\s{0,4},\s{0,16})?\x22data\x22\s{0,4}:\s{0,4}\{\s{0,16}\x22resultType\x22\s{0,4}:\s{0,4}\x22streams\x22")
_STRING = rb"\x22[^\x22\\]*+(?>\\.[^\x22\\]*+)*+\x22"
_PART = re.compile(
    rb"\x22stream\x22\s{0,4}:\s{0,4}(?P<labels>\{(?>[^{}\x22]++|" + _STRING + rb")*+\})"
    rb"|\[\s{0,64}\x22(?P<time>\d{16,19})\x22\s{0,4},\s{0,64}(?P<line>" + _STRING + rb")",
    re.DOTALL,
)
"""Labels of the lines that follow, or a line and its time in nanoseconds. Within a string the first quote of either would be escaped."""
_LOOKED_AT, _CHUNK = 1 << 12, 1 << 20
_LONGEST = 1 << 18
"""Bytes of a part; longer ones are left out."""


def by_lines(stream: BinaryIO) -> BinaryIO:
    """Return the stream, with a line per log line if it is such an answer."""
    first = stream.read(_LOOKED_AT)
    return cast("BinaryIO", (Answer if is_answer(first) else Begun)(first, stream))


def is_answer(first: bytes) -> bool:
    """Whether a log that begins with `first` is such an answer."""
    return _ANSWER.match(first) is not None


class Answer:
    """A stream of the lines, in their order."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._parts = self._objects(first, rest)
        self._ready = b""

    def read(self, size: int) -> bytes:
        ready = [self._ready]
        length = len(self._ready)
        while length < size and (part := next(self._parts, b"")):
            ready.append(part)
            length += len(part)
        whole = b"".join(ready)
        self._ready = whole[size:]
        return whole[:size]

    def _objects(self, data: bytes, rest: BinaryIO) -> Iterator[bytes]:
        begin = b"{"
        while True:
            at = 0
            for found in _PART.finditer(data):
                at = found.end()
                if found["labels"] is None:
                    yield b'%s"timestamp":"%s","line":%s}\n' % (begin, found["time"], found["line"])
                else:
                    begin = _begin(found["labels"])
            more = rest.read(_CHUNK)
            if not more:
                return
            data = data[at:][-_LONGEST:] + more


def _begin(labels: bytes) -> bytes:
    """Return the beginning of an object with the labels that name the program."""
    read, _ = object_at_begin(labels)
    named = {name: value for name, value in read.items() if name in PROGRAMS} if isinstance(read, dict) else {}
    return json.dumps(named).encode()[:-1] + (b"," if named else b"")
