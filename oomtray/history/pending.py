"""Readings and events that wait beside the record, one per line, so that the tray needs no SQLite to store them.

SQLite and what it loads take 3 MB, and each of its transactions 4 to 8 ms; appending a line to a file costs
neither. The next program that opens the record merges them first.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from oomtray.file_access import FileError, FileProblem, as_file_error, check_owner, directories_of, facts_of
from oomtray.history.events import Event, event_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oomtray.history.samples import Row

LOCK_SECONDS = 2.0
"""How long another program may hold the file, which it does for one batch."""
MOST_BYTES = 16 << 20
"""The tray has pending lines merged long before there are so many."""
_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def pending_path(database: str) -> str:
    return f"{database}-pending"


class Waiting(NamedTuple):
    """The lines of a file, sorted by kind."""

    rows: list[list[object]]
    events: list[Event]


class Pending:
    """The pending file. The first line creates it (0600); it is empty once all lines are merged."""

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def waits(self) -> bool:
        """Whether the file may have lines."""
        try:
            return os.stat(self.path, follow_symlinks=False).st_size > 0
        except OSError:
            return False

    def append(self, lines: Iterable[Row | Event]) -> int:
        """Append readings, as from `samples.row_of`, and events; return the file's size in bytes, once it is synced.

        Raises FileError: unwritable (no space, no permission), too-large, locked, not-own, not-regular.
        Nothing is added then.
        """
        plain = (line if isinstance(line, tuple) else asdict(line) for line in lines)
        data = "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in plain).encode()
        with as_file_error("unwritable", self.path), self._opened(make=True) as fd:
            size = os.lseek(fd, 0, os.SEEK_END)
            if size and os.pread(fd, 1, size - 1) != b"\n":  # power was lost while the last line was written
                data = b"\n" + data
            if size + len(data) > MOST_BYTES:
                raise FileError(FileProblem("too-large", self.path, limit=MOST_BYTES))
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(fd, rest) :]
                os.fdatasync(fd)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(fd, size)
                raise
            return size + len(data)

    @contextmanager
    def taken(self) -> Iterator[Waiting]:
        """Yield the pending lines, and empty the file if the block succeeds. Unreadable lines are skipped.

        Raises FileError as `append` does.
        """
        if not self.waits:
            yield Waiting([], [])
            return
        with as_file_error("unwritable", self.path), self._opened(make=False) as fd:
            data = b""
            while len(data) < MOST_BYTES and (more := os.read(fd, MOST_BYTES - len(data))):
                data += more
            lines = [_parsed(line) for line in data.splitlines()]
            yield Waiting(
                [line for line in lines if isinstance(line, list)],
                [event for line in lines if isinstance(line, dict) and (event := event_of(line)) is not None],
            )
            os.ftruncate(fd, 0)

    @contextmanager
    def _opened(self, *, make: bool) -> Iterator[int]:
        """Open and lock the file; yield its descriptor."""
        flags = _FLAGS | (os.O_CREAT if make else 0)
        with directories_of(self.path, links=False, make=make) as (_, directory, name):
            facts = facts_of(directory, name)
            if facts is not None and not stat.S_ISREG(facts.st_mode):  # opening a device may have side effects
                raise FileError(FileProblem("not-regular", self.path))
            fd = os.open(name, flags, 0o600, dir_fd=directory)
        try:
            facts = os.fstat(fd)
            if not stat.S_ISREG(facts.st_mode):
                raise FileError(FileProblem("not-regular", self.path))
            check_owner(facts, self.path)
            self._lock(fd)
            yield fd
        finally:
            os.close(fd)

    def _lock(self, fd: int) -> None:
        end = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise FileError(FileProblem("locked", self.path)) from None
                time.sleep(0.005)
            else:
                return


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
