"""Read a large log with several processes, one part each, with the same result as a single process.

Each starts some way before its part, to know which reports are still open there. At the end of its part it
stops only if the next part was started in exactly the same state, as both would continue alike from there;
otherwise it goes on itself.
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

from oomtray.kernel.kill_log.copies import Copies, key_of
from oomtray.kernel.kill_log.log_reader import CHUNK
from oomtray.kernel.kill_log.loki import is_answer
from oomtray.kernel.kill_log.newest_first import is_newest_first
from oomtray.kernel.kill_log.packed import is_plain
from oomtray.kernel.kill_log.reading import Reading, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

    from oomtray.kernel.kill_log.facts import KillReport

    Tell = Callable[[Iterable[KillReport]], Iterator[str]]

_LEAST = 8 << 20
"""Least bytes per part."""
_MOST_PARTS = 16
_HEAD, _HEADS, _FARTHEST = b"invoked oom-killer", 24, 16
"""A process starts this many reports before its part, but at most this many chunks: more than a reading keeps open."""
_STATE = 16
"""Bytes per state digest."""
_TIMEOUT, _STEP = 2.0, 0.005
"""Seconds to wait until the next process reaches its part."""
_FAILED = 255
_KEY = 21
"""Characters of a key before each text."""
_END = "\0"
"""Ends each text; no text contains it."""


class Part(NamedTuple):
    warm: int
    """Offset in the file where its process starts to read."""
    begin: int


class _HandedOnError(Exception):
    """Another process reads the rest."""


class _Log(NamedTuple):
    """What all processes share."""

    file: int
    parts: list[Part]
    states: mmap.mmap
    """State digests of the processes at the beginning of their parts; zeros until then."""
    now: float
    most_tasks: int | None


class _PartReader:
    """Reads a part, and what follows until another process takes over. It is also the stream of its own reading."""

    def __init__(self, log: _Log, number: int) -> None:
        self._log, self._number = log, number
        self._at = log.parts[number].warm
        self._begun = number == 0
        self._reading = Reading(cast("BinaryIO", self), log.now, log.most_tasks)
        self.successor = len(log.parts)
        """Number of the part that another process took over; the number of parts if the log has ended."""

    def reports(self) -> Iterator[KillReport]:
        """Yield the reports from its part on."""
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
        from hashlib import blake2b  # not needed for small logs

        states = self._log.states
        place = slice(number * _STATE, (number + 1) * _STATE)
        state = blake2b(self._reading.state().encode("utf-8", "replace"), digest_size=_STATE).digest()
        if number == self._number:
            states[place] = state
            self._begun = True
            return
        end = time.monotonic() + _TIMEOUT
        while not any(states[place]) and time.monotonic() < end:
            time.sleep(_STEP)
        if states[place] == state:
            self.successor = number
            raise _HandedOnError


class _Helper:
    """A process that reads a part and writes its texts to a file."""

    def __init__(self, reader: _PartReader, tell: Tell) -> None:
        from tempfile import TemporaryFile

        self._file: IO[str] = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="")  # noqa: SIM115
        self._pid = os.fork()
        if self._pid:
            return
        code = _FAILED
        try:
            for key, text in _with_keys(reader.reports(), tell):
                self._file.write(f"{key:+{_KEY}d}{text}{_END}")
            self._file.flush()
            code = reader.successor
        finally:
            os._exit(code)  # without the parent's cleanup at exit

    def successor(self) -> int:
        """Wait for the process to end; return its reader's `successor`, or an invalid number if it failed."""
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield each text with the key of its report."""
        self._file.seek(0)
        rest = ""
        while part := self._file.read(CHUNK):
            *texts, rest = (rest + part).split(_END)
            yield from ((int(text[:_KEY]), text[_KEY:]) for text in texts)

    def close(self) -> None:
        if self._pid:
            os.kill(self._pid, SIGKILL)
            os.waitpid(self._pid, 0)
        self._file.close()


def tell_in_parts(  # noqa: PLR0917 - as for `read`, and how
    stream: BinaryIO, now: float, most_tasks: int | None, tell: Tell, processes: int, largest: int | None = None
) -> Iterator[str]:
    """Yield what `tell` makes of the reports of `read`: one text each, without NUL.

    A log of more than `largest` bytes is read by a single process, because the others keep their texts in
    files.
    """
    parts = _parts(stream, processes, now, largest)
    if len(parts) < 2:
        yield from tell(read(stream, now, most_tasks))
        return
    log = _Log(stream.fileno(), parts, mmap.mmap(-1, len(parts) * _STATE), now, most_tasks)
    readers = [_PartReader(log, number) for number in range(len(parts))]
    helpers: list[_Helper] = []
    copies, told = Copies(), 0
    try:
        helpers.extend(_Helper(reader, tell) for reader in readers[1:])
        # here, unlike in the others, copies are known before a text is made of them
        for text in tell(report for report in readers[0].reports() if not copies.has(key_of(report))):
            told += 1
            yield text
        number = readers[0].successor
        while number < len(parts):
            helper = helpers[number - 1]
            number = helper.successor()
            if not 0 < number <= len(parts):  # it was killed, or had no space for its texts
                yield from islice(tell(read(stream, now, most_tasks)), told, None)
                return
            for key, text in helper.texts():
                if not copies.has(key):
                    told += 1
                    yield text
    finally:
        for helper in helpers:
            helper.close()


def _with_keys(reports: Iterable[KillReport], tell: Tell) -> Iterator[tuple[int, str]]:
    key = 0

    def noted() -> Iterator[KillReport]:
        nonlocal key
        for report in reports:
            key = key_of(report)
            yield report

    for text in tell(noted()):
        yield key, text


def _parts(stream: BinaryIO, processes: int, now: float, largest: int | None) -> list[Part]:
    """Split the log; empty if a single process is as fast, or none can start in the middle."""
    try:
        file = stream.fileno()
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or stream.tell() or (largest is not None and about.st_size > largest):
            return []
        first = os.pread(file, CHUNK, 0)
        if not is_plain(first) or is_answer(first) or is_newest_first(first, now):
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
    """Return where enough reports begin before `begin`; None if they are too far away."""
    heads = 0
    for at in range(begin - CHUNK, max(begin - _FARTHEST * CHUNK, 0), -CHUNK):
        heads += os.pread(file, CHUNK, at).count(_HEAD)
        if heads >= _HEADS:
            return at
    return None
