"""Whole small kernel files: procfs and cgroupfs make their text at the moment of the read.

Most give all of it to the first read. Lists (cgroup.procs, vmstat, maps) are made record by record into a buffer of one
page, and a read ends with that buffer however much was asked for (fs/seq_file.c, seq_read_iter).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

PROC = "/proc"
"""Where procfs is mounted; whoever acts on processes takes it as a parameter."""
_CHUNK = 1 << 13
"""More than any of these files gives at once, and small enough that Python takes it from its own heap at no cost."""
_ALL = os.sysconf("SC_PAGE_SIZE") // 2
"""A read of less than this has reached the end: no record of these files is half a page, so one more had room."""
_FLAGS = os.O_RDONLY | os.O_CLOEXEC


def read_bytes(path: str) -> bytes:
    """The file's content. Raises OSError as open(2) and read(2) do (ESRCH where the process has gone)."""
    fd = os.open(path, _FLAGS)
    try:
        data = os.read(fd, _CHUNK)
        if len(data) < _ALL:
            return data
        pieces = [data]
        while piece := os.read(fd, _CHUNK):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)


def read_int(path: str) -> int | None:
    """The file's one number; None where it is missing, unreadable or something else (`max`)."""
    try:
        return int(read_bytes(path))
    except (OSError, ValueError):
        return None


class RereadFile:
    """A file that is read again and again through one descriptor: a third of the cost of opening it each time."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None

    def read(self, offset: int = 0) -> bytes:
        """The content now, of a list its first page; empty where the kernel has no such file. Opens again after a failure."""
        try:
            if self._fd is None:
                self._fd = os.open(self._path, _FLAGS)
            return os.pread(self._fd, _CHUNK, offset)
        except OSError:
            self.close()
            return b""

    def search(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The first match of a pattern within one line, however long the list: no further is read than that."""
        offset = 0
        while piece := self.read(offset):
            if (match := pattern.search(piece)) or len(piece) < _ALL:
                return match
            offset += len(piece)
        return None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
