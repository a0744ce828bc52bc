"""Logs whose newest line comes first, as `journalctl -r` and what collects logs write them, turned round."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.kernel.kill_log.columns import columns
from oomtray.kernel.kill_log.log_reader import CHUNK, LogReader
from oomtray.kernel.kill_log.packed import EXPORTED, LIST, UTF_16

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.lines import Line

_LOOKED_AT = 64
"""Lines, from all over the beginning."""
_LEAST = 3
"""Steps back in time that are no chance."""
_BLOCK = 64 << 20
"""Bytes that are turned round at once: a report between two such blocks is torn."""
_HEAD, _ENDS = b"]   uid  tgid total_vm", (b"illed process ", b"oom-kill:")
_ROW = re.compile(rb"\[ {0,12}\d{1,10}\] {1,12}\d[\d -]{10,}")


def in_order(stream: BinaryIO, now: float) -> BinaryIO:
    """The stream, or its lines from the last one on. `now`: seconds since 1970."""
    first = stream.read(CHUNK)
    if is_newest_first(first, now):
        return cast("BinaryIO", _Reversed(first, stream))
    return cast("BinaryIO", _Begun(first, stream))


def is_newest_first(first: bytes, now: float) -> bool:
    """By how a log begins: its table's rows stand before their head, or time runs back."""
    lines = first.split(b"\n")[:-1]
    if len(lines) < _LEAST or first.startswith((*UTF_16, *EXPORTED)) or LIST.match(first):
        return False
    head = first.find(_HEAD)
    if head >= 0:
        begin, end = first.rfind(b"\n", 0, head), first.find(b"\n", head)
        if not any(word in first[:head] for word in _ENDS):
            return False
        before = first[first.rfind(b"\n", 0, max(begin, 0)) + 1 : max(begin, 0)]
        after = first[end + 1 : first.find(b"\n", end + 1)]
        return _ROW.search(before) is not None and _ROW.search(after) is None
    reader = LogReader(io.BytesIO(b"\n".join([*lines[:1], *lines[1 :: len(lines) // _LOOKED_AT + 1], b""])), now)
    reader.everything = True
    return _runs_back([*reader])


def _runs_back(lines: list[Line]) -> bool:
    for moments in ([line.uptime for line in lines], [line.time for line in lines]):
        told = [one for one in moments if one is not None]
        back = sum(other < one for one, other in pairwise(told))
        forth = sum(other > one for one, other in pairwise(told))
        if back or forth:
            return back >= _LEAST and back > 4 * forth
    return False


class _Begun:
    """A stream of which the first bytes have been read."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int) -> bytes:
        first, self._first = self._first[:size], self._first[size:]
        return first or self._rest.read(size)


class _Reversed:
    """Lines from the last one of each block on; the names of a table's columns stay in front."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        end = first.index(b"\n") + 1 if columns(first) is not None else 0
        self._ready, self._left, self._rest = first[:end], first[end:], rest

    def read(self, size: int) -> bytes:
        while not self._ready:
            block = [self._left]
            length = len(self._left)
            while length < _BLOCK and (part := self._rest.read(CHUNK)):
                block.append(part)
                length += len(part)
            whole = b"".join(block)
            if not whole:
                return b""
            end = whole.rfind(b"\n") + 1 if length >= _BLOCK else len(whole)
            end = end or len(whole)
            self._left = whole[end:]
            lines = whole[:end].removesuffix(b"\n").split(b"\n")
            lines.reverse()
            self._ready = b"\n".join([*lines, b""])
        ready, self._ready = self._ready[:size], self._ready[size:]
        return ready
