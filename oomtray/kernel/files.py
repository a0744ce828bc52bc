"""Whole small kernel files, read in one go: procfs and cgroupfs make their text at the moment of the read."""

from __future__ import annotations

import os

PROC = "/proc"
"""Where procfs is mounted; whoever acts on processes takes it as a parameter."""
_CHUNK = 1 << 16
_FLAGS = os.O_RDONLY | os.O_CLOEXEC


def read_bytes(path: str) -> bytes:
    """The file's content. Raises OSError as open(2) and read(2) do (ESRCH where the process has gone)."""
    fd = os.open(path, _FLAGS)
    try:
        data = os.read(fd, _CHUNK)
        if len(data) < _CHUNK:
            return data
        rest = [data]
        while chunk := os.read(fd, _CHUNK):
            rest.append(chunk)
        return b"".join(rest)
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

    def read(self) -> bytes | None:
        """The content now; None where the kernel has no such file. Opens again after a failure."""
        try:
            if self._fd is None:
                self._fd = os.open(self._path, _FLAGS)
            return os.pread(self._fd, _CHUNK, 0)
        except OSError:
            self.close()
            return None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
