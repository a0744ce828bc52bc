"""Reads the facts of one process, when a person asks: in some milliseconds, and never on the thread of a window.

What goes through the process's own directory can't be another's. psutil asks by number, so the process is looked at
again afterwards. And the process may be hostile: each list ends at a limit, and the one read that it can hold up ends in
time.

Three things are not left to psutil. It takes the whole of a command line, which may be gigabytes. It guesses the
executable by that where it may not be read. And it looks an open file up by its path, which hangs on a file system that
doesn't answer, and which is another file where the process has a root of its own.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from oomtray.kernel.connections import read_connections
from oomtray.kernel.descriptors import read_descriptors
from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.process import decode
from oomtray.kernel.process_facts import MOST_LISTED, Command, Listing, ProcessFacts, Relative, Unread, Value
from oomtray.kernel.process_handle import ProcessGone, ProcessHandle, open_process
from oomtray.kernel.shared_memory import one_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

    from oomtray.kernel.descriptors import Descriptors
    from oomtray.kernel.process_facts import Connection

T = TypeVar("T")

MOST_COMMAND = 64 * 1024
"""Bytes of a command line. The kernel takes 128 KiB an argument, and megabytes in all."""
PATIENCE = 1.0
"""Seconds for the command line. It lies in the process's own memory: a read waits until that is swapped in and unlocked."""


def read_facts(pid: int, start_time: int | None = None) -> ProcessFacts:
    """What may be read of process `pid` that began at `start_time` (None: whichever has the pid now).

    Takes up to `PATIENCE` seconds where the command line is held up. Raises ProcessGone where the process has ended,
    PermissionError where hidepid hides all of it. No root can be handed over: psutil knows only /proc.
    """
    with open_process(pid, start_time, PROC) as handle:
        return _Reader(handle).read()


class _Reader:
    """Of one process, while its directory is open."""

    def __init__(self, handle: ProcessHandle) -> None:
        self._handle = handle
        self._directory = handle.fileno()
        self._asked: psutil.Process | None = None

    def read(self) -> ProcessFacts:
        import psutil

        handle = self._handle
        name = handle.name
        with suppress(psutil.Error):
            self._asked = psutil.Process(handle.pid)
        opened = self._direct(lambda: read_descriptors(self._directory))
        io = self._by_number(lambda process: process.io_counters())
        return ProcessFacts(
            pid=handle.pid,
            start_time=handle.start_time,
            name=name,
            executable=self._direct(lambda: self._link("exe")),
            directory=self._direct(lambda: self._link("cwd")),
            uid=self._direct(lambda: handle.uids()[1]),
            started=self._by_number(lambda process: process.create_time()),
            parent=self._direct(self._parent),
            children=self._by_number(_children),
            shares_memory=self._direct(self._sharers),
            threads=self._by_number(lambda process: process.num_threads()),
            descriptors=opened if isinstance(opened, Unread) else Unread.MANY if opened.count is None else opened.count,
            files=_files(opened),
            connections=self._connections(opened),
            cpu_seconds=self._by_number(lambda process: sum(process.cpu_times()[:2])),
            bytes_read=io if isinstance(io, Unread) else io.read_bytes,
            bytes_written=io if isinstance(io, Unread) else io.write_bytes,
            command=self._direct(self._command),
        )

    def _direct(self, read: Callable[[], Value[T]]) -> Value[T]:
        """Through the process's directory: never another's."""
        try:
            return read()
        except OSError as error:
            return self._why(error)

    def _by_number(self, read: Callable[[psutil.Process], Value[T]]) -> Value[T]:
        """From psutil, and true of this process as it lives afterwards: its number was no other's meanwhile."""
        import psutil

        if self._asked is None:
            return Unread.GONE
        try:
            value = read(self._asked)
        except psutil.AccessDenied:
            return Unread.DENIED
        except psutil.NoSuchProcess:  # a zombie is none either: what it had is no more
            return Unread.NONE if self._alive() else Unread.GONE
        except OSError as error:
            return self._why(error)
        except (AttributeError, RuntimeError, ValueError):  # a file that this kernel lacks, or that psutil can't make out
            return Unread.FAILED
        return value if self._alive() else Unread.GONE

    def _alive(self) -> bool:
        try:
            self._handle.check()
        except OSError:
            return False
        return True

    def _why(self, error: OSError) -> Unread:
        if isinstance(error, PermissionError):
            return Unread.DENIED
        if not self._alive():
            return Unread.GONE
        absent = isinstance(error, ProcessGone) or error.errno in (errno.ENOENT, errno.ESRCH)
        return Unread.NONE if absent else Unread.FAILED

    def _link(self, name: str) -> str:
        return decode(os.fsencode(os.readlink(name, dir_fd=self._directory)))

    def _parent(self) -> Value[Relative]:
        self._handle.check()
        pid = self._handle.ppid
        if not pid:
            return Unread.NONE
        name = _name(pid)
        self._handle.check()
        # a parent that ended meanwhile may have given its pid to another
        return Relative(pid, name) if self._handle.ppid == pid else Relative(self._handle.ppid, None)

    def _sharers(self) -> Listing[Relative]:
        pids = one_memory([self._handle.pid]).get(self._handle.pid, ())
        self._handle.check()
        return Listing(len(pids), tuple(Relative(pid, _name(pid)) for pid in pids[:MOST_LISTED]))

    def _connections(self, opened: Value[Descriptors]) -> Value[Listing[Connection]]:
        """psutil looks through all descriptors, so not where there are too many."""
        if isinstance(opened, Unread):
            return opened
        if opened.sockets is None:
            return Unread.DENIED
        if not opened.looked_through:
            return Unread.MANY
        if not opened.sockets:
            return Listing(0)
        return self._by_number(lambda process: read_connections(self._directory, process))

    def _command(self) -> Value[Command]:
        raw = read_in_time(os.open("cmdline", READ, dir_fd=self._directory), MOST_COMMAND + 1, PATIENCE)
        if raw is None:
            return Unread.SLOW
        if not raw and not self._alive():
            return Unread.GONE
        whole = len(raw) <= MOST_COMMAND
        text = raw[:MOST_COMMAND].rstrip(b"\0")
        return Command(tuple(decode(one) for one in text.split(b"\0")), whole) if text else Unread.NONE


def _files(opened: Value[Descriptors]) -> Value[Listing[str]]:
    if isinstance(opened, Unread):
        return opened
    if opened.files is None:
        return Unread.DENIED
    return Listing(len(opened.files), opened.files[:MOST_LISTED], opened.looked_through)


def _children(process: psutil.Process) -> Listing[Relative]:
    pids = [child.pid for child in process.children()]
    return Listing(len(pids), tuple(Relative(pid, _name(pid, process.pid)) for pid in pids[:MOST_LISTED]))


def _name(pid: int, parent: int | None = None) -> str | None:
    """comm of the process, where `parent` is given only while it is that one's child; None where it may not be read."""
    with suppress(OSError), open_process(pid, proc=PROC) as handle:
        name = handle.name
        return name if parent is None or handle.ppid == parent else None
    return None
