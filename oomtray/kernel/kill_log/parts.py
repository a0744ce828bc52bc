"""A large log read by several processes, each a part of it, with what one alone would find.

Each begins some way before its part, so that it knows what is still open there. At the end of its part it hands on only to
one whose reading began in the very same state, as from there on both would find the same; else it goes on itself.
"""

from __future__ import annotations

import mmap
import os
import stat
import time
from io import UnsupportedOperation
from itertools import islice
from signal import SIGKILL
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from oomtray.kernel.kill_log.log_reader import CHUNK
from oomtray.kernel.kill_log.newest_first import is_newest_first
from oomtray.kernel.kill_log.packed import is_plain
from oomtray.kernel.kill_log.reading import Reading, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

    from oomtray.kernel.kill_log.facts import KillReport

    Tell = Callable[[Iterable[KillReport]], Iterator[str]]

_LEAST = 16 << 20
"""Bytes of a part."""
_MOST_PARTS = 16
_HEAD, _HEADS, _FARTHEST = b"invoked oom-killer", 24, 16
"""So many reports before its part a process begins, and at most so many chunks: more than a reading holds."""
_STATE = 16
"""Bytes of a digest of a state."""
_PATIENCE, _STEP = 2.0, 0.005
"""Seconds to wait for the next part's process to come to its part."""
_FAILED = 255
_END = "\0"
"""Of a text, none of which has it."""


class Part(NamedTuple):
    warm: int
    """Where in the file its process begins to read."""
    begin: int


class _HandedOnError(Exception):
    """The rest is another process's."""


class _Log(NamedTuple):
    """What all processes have in common."""

    file: int
    parts: list[Part]
    states: mmap.mmap
    """Of the readings where their parts begin; zeros before that."""
    now: float
    most_tasks: int | None


class _PartReader:
    """Reads a part, and what follows until there is one to hand on to. It is the stream of its own reading."""

    def __init__(self, log: _Log, number: int) -> None:
        self._log, self._number = log, number
        self._at = log.parts[number].warm
        self._begun = number == 0
        self._reading = Reading(cast("BinaryIO", self), log.now, log.most_tasks)
        self.successor = len(log.parts)
        """The number of the part that was handed on; as many as there are where the log has come to its end."""

    def reports(self) -> Iterator[KillReport]:
        """Those that are told from its part on."""
        try:
            for report in self._reading.reports():
                if self._begun:
                    yield report
        except _HandedOnError:
            pass

    def read(self, size: int) -> bytes:
        for number in range(self._number, len(self._log.parts)):
            if number and self._log.parts[number].begin == self._at:
                self._at_part(number)
        data = b""
        while len(data) < size and (more := os.pread(self._log.file, size - len(data), self._at)):
            data += more
            self._at += len(more)
        return data

    def _at_part(self, number: int) -> None:
        from hashlib import blake2b  # small logs need neither

        states = self._log.states
        place = slice(number * _STATE, (number + 1) * _STATE)
        state = blake2b(self._reading.state().encode("utf-8", "replace"), digest_size=_STATE).digest()
        if number == self._number:
            states[place] = state
            self._begun = True
            return
        end = time.monotonic() + _PATIENCE
        while not any(states[place]) and time.monotonic() < end:
            time.sleep(_STEP)
        if states[place] == state:
            self.successor = number
            raise _HandedOnError


class _Helper:
    """A process that reads a part, and whose texts are in a file."""

    def __init__(self, reader: _PartReader, tell: Tell) -> None:
        from tempfile import TemporaryFile

        self._file: IO[str] = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="")  # noqa: SIM115
        self._pid = os.fork()
        if self._pid:
            return
        code = _FAILED
        try:
            for text in tell(reader.reports()):
                self._file.write(text + _END)
            self._file.flush()
            code = reader.successor
        finally:
            os._exit(code)  # without what the other one would do when it ends

    def successor(self) -> int:
        """Wait for its end."""
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def texts(self) -> Iterator[str]:
        self._file.seek(0)
        rest = ""
        while part := self._file.read(CHUNK):
            *texts, rest = (rest + part).split(_END)
            yield from texts

    def close(self) -> None:
        if self._pid:
            os.kill(self._pid, SIGKILL)
            os.waitpid(self._pid, 0)
        self._file.close()


def tell_in_parts(  # noqa: PLR0917 - as of `read`, and how
    stream: BinaryIO, now: float, most_tasks: int | None, tell: Tell, processes: int, largest: int | None = None
) -> Iterator[str]:
    """What `tell` makes of the reports of `read`: a text of each, without a NUL.

    A log of more than `largest` bytes is read by one process, as the texts of the others are kept in files.
    """
    parts = _parts(stream, processes, now, largest)
    if len(parts) < 2:
        yield from tell(read(stream, now, most_tasks))
        return
    log = _Log(stream.fileno(), parts, mmap.mmap(-1, len(parts) * _STATE), now, most_tasks)
    readers = [_PartReader(log, number) for number in range(len(parts))]
    helpers: list[_Helper] = []
    told = 0
    try:
        helpers.extend(_Helper(reader, tell) for reader in readers[1:])
        for text in tell(readers[0].reports()):
            told += 1
            yield text
        number = readers[0].successor
        while number < len(parts):
            helper = helpers[number - 1]
            number = helper.successor()
            if not 0 < number <= len(parts):  # it was killed, or found no room for its texts
                yield from islice(tell(read(stream, now, most_tasks)), told, None)
                return
            for text in helper.texts():
                told += 1
                yield text
    finally:
        for helper in helpers:
            helper.close()


def _parts(stream: BinaryIO, processes: int, now: float, largest: int | None) -> list[Part]:
    """None where one process is as fast, or no other could begin in the middle."""
    try:
        file = stream.fileno()
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or stream.tell() or (largest is not None and about.st_size > largest):
            return []
        first = os.pread(file, CHUNK, 0)
        if not is_plain(first) or is_newest_first(first, now):
            return []
    except (AttributeError, UnsupportedOperation, OSError):
        return []
    count = min(processes, _MOST_PARTS, about.st_size // _LEAST)
    parts = [Part(0, 0)]
    for number in range(1, count):
        begin = about.st_size * number // count // CHUNK * CHUNK
        warm = _warm(file, begin)
        if warm is not None:
            parts.append(Part(warm, begin))
    return parts


def _warm(file: int, begin: int) -> int | None:
    """Where enough reports begin before a place; None where they are too far away."""
    heads = 0
    for at in range(begin - CHUNK, max(begin - _FARTHEST * CHUNK, 0), -CHUNK):
        heads += os.pread(file, CHUNK, at).count(_HEAD)
        if heads >= _HEADS:
            return at
    return None
