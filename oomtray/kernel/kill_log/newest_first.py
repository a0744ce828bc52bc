"""Put logs in order whose newest line or part comes first, as from `journalctl -r`, log shippers and pstore."""

from __future__ import annotations

import io
import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.kernel.kill_log.columns import columns
from oomtray.kernel.kill_log.log_reader import CHUNK, LogReader
from oomtray.kernel.kill_log.packed import EXPORTED, LIST, UTF_16, Begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.kill_log.lines import Line

_LOOKED_AT = 64
"""How many lines, from all over the beginning, are checked."""
_LEAST = 3
"""Least steps back in time that are no coincidence."""
_LONGEST = 2_000
"""How many bytes of a line are examined."""
_MARK = b"\xef\xbb\xbf"
"""Of UTF-8, before a text by an editor of Windows."""
_BLOCK = 64 << 20
"""Bytes reversed at once: a report across two such blocks is torn apart."""
_PARTS = 8 << 20
"""How many bytes of a log of parts are put in order: pstore keeps far less."""
_PART = re.compile(rb"^([A-Z]\w{2,16}#\d{1,9}) Part(\d{1,9})\r?\n", re.MULTILINE)
"""Header of a part that pstore kept of a panic; part 1 is the end of it (fs/pstore/platform.c)."""
_CHOICE = b"oom-kill:constraint="
_CHOSEN = re.compile(rb",pid=(\d{1,10}),uid=\d")
_CHOICES = 4
"""How many summaries of a choice are checked: the kill follows each at once."""
_HEAD, _ENDS = b"]   uid  tgid total_vm", (b"illed process ", b"oom-kill:")
_ROW = re.compile(rb"\[ {0,12}\d{1,10}\] {1,12}\d[\d -]{10,}")


def in_order(stream: BinaryIO, now: float) -> BinaryIO:
    """Return the stream, with its lines reversed if the newest comes first; `now` is in seconds since 1970."""
    first = stream.read(CHUNK).removeprefix(_MARK)
    if _has_parts(first):
        whole = first + stream.read(_PARTS)
        return cast("BinaryIO", Begun(_joined(whole), stream))
    if is_newest_first(first, now):
        return cast("BinaryIO", _Reversed(first, stream))
    return cast("BinaryIO", Begun(first, stream))


def is_newest_first(first: bytes, now: float) -> bool:
    """Whether a log begins with its newest line: table rows precede their header, or time runs backwards."""
    lines = first.split(b"\n")[:-1]
    if _has_parts(first):
        return True
    if len(lines) < _LEAST or first.startswith((*UTF_16, *EXPORTED)) or LIST.match(first):
        return False
    head = first.find(_HEAD)
    if head >= 0:
        begin, end = first.rfind(b"\n", 0, head), first.find(b"\n", head)
        if not any(word in first[:head] for word in _ENDS):
            return False
        before = first[first.rfind(b"\n", 0, max(begin, 0)) + 1 : max(begin, 0)]
        after = first[end + 1 : first.find(b"\n", end + 1)]
        rows = _ROW.search(before) is not None, _ROW.search(after) is not None
        if any(rows):
            return rows == (True, False)
    kills = [place for place in (_kill_beside(first, *choice) for choice in islice(_choices(first), _CHOICES)) if place]
    if kills:
        return all(place < 0 for place in kills)
    reader = LogReader(io.BytesIO(b"\n".join([*lines[:1], *lines[1 :: len(lines) // _LOOKED_AT + 1], b""])), now)
    reader.everything = True
    return _runs_back([*reader])


def _choices(first: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the chosen process's PID, and where its line begins and ends."""
    end = 0
    while (at := first.find(_CHOICE, end)) >= 0:
        end = first.find(b"\n", at)
        end = len(first) if end < 0 else end
        named = _CHOSEN.findall(first, at, min(end, at + _LONGEST))
        if named:
            yield named[-1], first.rfind(b"\n", 0, at) + 1, end  # a task may have any name


def _kill_beside(first: bytes, pid: bytes, begin: int, end: int) -> int:
    """Return where the kill of the chosen process is: -1 if in the line before, 1 in the one after, 0 if in neither or both."""
    kill = b"illed process %s (" % pid
    before = kill in first[first.rfind(b"\n", 0, max(begin - 1, 0)) + 1 : begin]
    after = kill in first[end + 1 : end + 1 + _LONGEST].partition(b"\n")[0]
    return after - before


def _has_parts(first: bytes) -> bool:
    return b" Part" in first and _PART.search(first) is not None


def _joined(whole: bytes) -> bytes:
    """Join the parts of each panic, the last one first."""
    begin, *pieces = _PART.split(whole)
    panics: dict[bytes, list[tuple[int, bytes]]] = {}
    for name, number, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        panics.setdefault(name, []).append((int(number), text if text.endswith(b"\n") else text + b"\n"))
    parts = [text for panic in panics.values() for _, text in sorted(panic, key=lambda part: -part[0])]
    return b"".join([begin, *parts])


def _runs_back(lines: list[Line]) -> bool:
    for moments in ([line.uptime for line in lines], [line.time for line in lines]):
        told = [one for one in moments if one is not None]
        back = sum(other < one for one, other in pairwise(told))
        forth = sum(other > one for one, other in pairwise(told))
        if back or forth:
            return back >= _LEAST and back > 4 * forth
    return False


class _Reversed:
    """Reverses the lines of each block; the names of a table's columns stay in front."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        end = first.index(b"\n") + 1 if columns(first) is not None else 0
        self._ready, self._left, self._rest = first[:end], first[end:], rest
        self._block, self._end = b"", 0
        """The block being reversed, and how much of it is left."""

    def read(self, size: int) -> bytes:
        if not self._ready:
            if not self._end:
                self._fill()
            # a piece at a time: all lines of a block at once, an object each, take many times its size
            begin = self._block.rfind(b"\n", 0, max(self._end - CHUNK, 0)) + 1
            lines = self._block[begin : self._end].removesuffix(b"\n").split(b"\n") if self._end else []
            self._end = begin
            lines.reverse()
            self._ready = b"\n".join([*lines, b""]) if lines else b""
        ready, self._ready = self._ready[:size], self._ready[size:]
        return ready

    def _fill(self) -> None:
        block, length = [self._left], len(self._left)
        self._block = self._left = b""
        while length < _BLOCK and (part := self._rest.read(CHUNK)):
            block.append(part)
            length += len(part)
        whole = b"".join(block)
        end = whole.rfind(b"\n") + 1 if length >= _BLOCK else len(whole)
        end = end or len(whole)
        self._block, self._end, self._left = whole[:end], end, whole[end:]
