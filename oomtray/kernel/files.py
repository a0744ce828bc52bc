"""Read small kernel files whole: procfs and cgroupfs generate their text at the moment of the read.

Most return all of it in the first read. Lists (cgroup.procs, vmstat, maps) are generated record by record
into a buffer of one page, and a read ends with that buffer however much was asked for (fs/seq_file.c,
seq_read_iter).
"""

from __future__ import annotations

import os

PROC = "/proc"
"""Mount point of procfs; code that acts on processes takes it as a parameter."""
CHUNK = 1 << 13
"""Bytes per read: more than almost all of these files have, and few enough to be allocated at no cost."""
_ALL = min(os.sysconf("SC_PAGE_SIZE"), CHUNK) // 2
"""A shorter read has reached the end: no record of these files is half a page, so another one would have fit."""
READ = os.O_RDONLY | os.O_CLOEXEC
"""Flags for open(2): programs started from here don't inherit the descriptor."""


def read_bytes(path: str) -> bytes:
    """Return the file's content. Raises OSError as open(2) and read(2) do (ESRCH if the process is gone)."""
    fd = os.open(path, READ)
    try:
        data = os.read(fd, CHUNK)
        if len(data) < _ALL:
            return data
        pieces = [data]
        while piece := os.read(fd, CHUNK):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)


def read_or_empty(path: str) -> bytes:
    """Return the file's content, or nothing if it is missing or unreadable."""
    try:
        return read_bytes(path)
    except OSError:
        return b""


def read_at_most(path: str, most: int) -> bytes:
    """Return the first `most` bytes of a file whose length a process controls (cmdline, environ).

    Raises OSError as `read_bytes` does.
    """
    fd = os.open(path, READ)
    try:
        pieces = []
        while most > 0 and (piece := os.read(fd, most)):
            pieces.append(piece)
            most -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)


def boot_id(proc: str = PROC) -> str | None:
    """ID of this boot, which start times count from; None if the kernel has none."""
    return read_or_empty(f"{proc}/sys/kernel/random/boot_id").decode("ascii", "replace").strip() or None


def oom_kills(proc: str = PROC) -> int | None:
    """How many processes the kernel has OOM-killed since boot, read once; None if it doesn't tell."""
    count = read_or_empty(f"{proc}/vmstat").partition(b"\noom_kill ")[2].partition(b"\n")[0]
    return int(count) if count.isdigit() else None


def read_in_time(descriptor: int, most: int, patience: float) -> bytes | None:
    """Read up to `most` bytes of a file that may block; None after `patience` seconds. Closes the descriptor.

    A thread that waits in the kernel can't be cancelled: it ends with its read, or with the program. Raises
    OSError.
    """
    import threading

    answer: list[bytes | OSError] = []
    reading = (descriptor, most, answer)
    thread = threading.Thread(target=_read_to_the_end, args=reading, name="read-in-time", daemon=True)
    thread.start()
    thread.join(patience)
    if not answer:
        return None
    if isinstance(answer[0], OSError):
        raise answer[0]
    return answer[0]


def _read_to_the_end(descriptor: int, most: int, answer: list[bytes | OSError]) -> None:
    pieces = []
    try:
        while most > 0 and (piece := os.read(descriptor, most)):
            pieces.append(piece)
            most -= len(piece)
        answer.append(b"".join(pieces))
    except OSError as error:
        answer.append(error)
    finally:
        os.close(descriptor)


def read_int(path: str) -> int | None:
    """The number in a file; None if it is missing, unreadable or something else (`max`)."""
    try:
        return number(read_bytes(path))
    except OSError:
        return None


def number(text: bytes) -> int | None:
    """Parse a file with one number; None if it is something else."""
    try:
        return int(text)
    except ValueError:
        return None


class RereadFile:
    """A file reread through one open descriptor, at a third of the cost of opening it each time."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None

    def read(self, offset: int = 0) -> bytes:
        """Return the content (of a list the first page), or nothing if the file is missing. Reopens after a failure."""
        try:
            if self._fd is None:
                self._fd = os.open(self._path, READ)
            return os.pread(self._fd, CHUNK, offset)
        except OSError:
            self.close()
            return b""

    def read_int(self) -> int | None:
        """The number in the file; None if it is missing, unreadable or something else."""
        return number(self.read())

    def count(self, name: bytes) -> int | None:
        """Return the number in the line `name NUMBER`, however long the list; None if there is none.

        Reading stops there. It searches bytes, as a regular expression takes longer after seconds of sleep.
        """
        begin, offset = b"\n" + name + b" ", 0
        while piece := self.read(offset):
            _, found, rest = (b"\n" + piece).partition(begin)
            if found:
                text = rest.partition(b"\n")[0]
                return int(text) if text.isdigit() else None
            if len(piece) < _ALL:
                return None
            offset += len(piece)
        return None

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
