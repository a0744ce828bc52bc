"""A process that can't be mistaken for another: a descriptor on its /proc/PID directory, checked by its start time.

The descriptor holds the kernel's `struct pid`, not the number: once the process is gone, every access through
it fails, even after the PID was given to another. So the directory is opened first, then the start time is
read through it, then changes are made through it. (pid, start time) has a resolution of one clock tick, 10
ms; an open directory is exact.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from oomtray.kernel.process import unescaped
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_PF_KTHREAD = 0x00200000  # include/linux/sched.h
_GONE = (errno.ENOENT, errno.ESRCH, errno.ENOTDIR)
_CHUNK = 1 << 16


class ProcessGone(ProcessLookupError):
    """The process has ended; `reused` if its PID now belongs to another."""

    def __init__(self, pid: int, *, reused: bool = False) -> None:
        super().__init__(
            errno.ESRCH, f"process {pid} has {'given its pid to another' if reused else 'ended'}"
        )
        self.reused = reused


@dataclass(frozen=True, slots=True)
class _Stat:
    state: str
    ppid: int
    flags: int
    threads: int
    start_time: int


class ProcessHandle:
    """One process, accessed through its directory. Use `open_process`, which also closes it.

    All reads and writes raise ProcessGone once the process has been reaped, PermissionError if the kernel
    refuses, and another OSError if its answer can't be parsed.
    """

    def __init__(self, pid: int, directory: int) -> None:
        """Take a descriptor on /proc/PID, which the caller closes."""
        self.pid = pid
        self._directory = directory
        self._stat = self._read_stat()

    def fileno(self) -> int:
        """Descriptor of the directory, for other reads through it; closed with the handle."""
        return self._directory

    @property
    def start_time(self) -> int:
        """Field 22 of stat: clock ticks after boot."""
        return self._stat.start_time

    @property
    def ppid(self) -> int:
        return self._stat.ppid

    @property
    def kernel_thread(self) -> bool:
        return bool(self._stat.flags & _PF_KTHREAD)

    @property
    def zombie(self) -> bool:
        """Whether it ended with all its threads, as of the last `check`. (A leader may end before its threads.)"""
        return self._stat.state in "ZX" and self._stat.threads <= 1

    @property
    def name(self) -> str:
        """comm as text, with its control characters still in it."""
        return unescaped(self._status(b"Name"))

    def check(self) -> None:
        """Reread the state; raise ProcessGone once the process has been reaped."""
        self._stat = self._read_stat()

    def uids(self) -> tuple[int, int, int, int]:
        """Real, effective, saved and file system uid (the `Uid:` line of status)."""
        with self._translated():
            real, effective, saved, filesystem = (int(word) for word in self._status(b"Uid").split())
            return real, effective, saved, filesystem

    def thread_of(self) -> int | None:
        """PID of the process that this ID is only a thread of; None for a process. /proc answers for thread IDs too."""
        with self._translated():
            leader = int(self._status(b"Tgid"))
            return None if leader == self.pid else leader

    def read_score(self) -> int:
        """oom_score: 0 for a process that the kernel never kills."""
        with self._translated():
            return int(self._read("oom_score"))

    def read_adj(self) -> int:
        """oom_score_adj, -1000..1000."""
        with self._translated():
            return int(self._read("oom_score_adj"))

    def write_adj(self, value: int) -> None:
        """Set oom_score_adj.

        Raise PermissionError: EACCES for another user's process and for a value below the process's floor
        (`oom_score_adj_min`, which only CAP_SYS_RESOURCE changes; fs/proc/base.c: __set_oom_adj).
        """
        with self._translated():
            # os.write reports the error itself; a buffered file raises it on close, or not at all
            fd = os.open("oom_score_adj", os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=self._directory)
            try:
                os.write(fd, b"%d" % value)
            finally:
                os.close(fd)

    def read_rollup(self) -> bytes:
        """Text of smaps_rollup. Raises OSError (EACCES for another user's process), ProcessGone."""
        if self._stat.state == "Z":  # a leader that ended before its threads: only they still show the memory
            for thread in self._threads():
                with suppress(ProcessGone):
                    return self._read(f"task/{thread}/smaps_rollup")
        return self._read("smaps_rollup")

    def _threads(self) -> list[str]:
        with self._translated():
            fd = os.open("task", os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY, dir_fd=self._directory)
            try:
                return os.listdir(fd)
            finally:
                os.close(fd)

    def _status(self, key: bytes) -> bytes:
        # The kernel escapes newlines in Name, so no name can add a line of its own.
        for line in self._read("status").split(b"\n"):
            if line.startswith(key + b":\t"):
                return line[len(key) + 2 :]
        raise OSError(errno.EIO, f"no {key.decode()} in the status of process {self.pid}")

    def _read_stat(self) -> _Stat:
        text = self._read("stat")
        with self._translated():
            # comm may contain any byte, even parentheses: count from the last one
            fields = text[text.rindex(b")") + 2 :].split()
            return _Stat(
                state=chr(fields[0][0]),
                ppid=int(fields[1]),
                flags=int(fields[6]),
                threads=int(fields[17]),
                start_time=int(fields[19]),
            )

    def _read(self, file: str) -> bytes:
        with self._translated():
            fd = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=self._directory)
            try:
                return os.read(fd, _CHUNK)
            finally:
                os.close(fd)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _GONE:
                raise ProcessGone(self.pid) from error
            raise
        except (ValueError, IndexError) as error:
            raise OSError(errno.EIO, f"the files of process {self.pid} in /proc can't be parsed") from error


@contextmanager
def open_process(pid: int, start_time: int | None = None, proc: str = "/proc") -> Iterator[ProcessHandle]:
    """Open process `pid` that started at `start_time` (clock ticks after boot; None takes whichever has the PID now).

    Raise ProcessGone if it has ended or its PID belongs to another, PermissionError if hidepid hides it.
    """
    try:
        directory = os.open(f"{proc}/{pid:d}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _GONE:
            raise ProcessGone(pid) from error
        raise
    try:
        handle = ProcessHandle(pid, directory)
        if start_time is not None and handle.start_time != start_time:
            raise ProcessGone(pid, reused=True)
        yield handle
    finally:
        os.close(directory)
