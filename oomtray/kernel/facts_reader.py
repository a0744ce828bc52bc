"""Read the facts of one process when a person asks: takes some milliseconds, and never runs on a window's thread.

What is read through the process's own directory can't be another's. psutil reads by PID, so the process is
checked again afterwards. The process may be hostile: each list is bounded, and the one read that it can block
has a timeout.

Three things are not left to psutil. It reads all of a command line, which may be gigabytes. It guesses an
unreadable executable from the command line. And it looks up an open file by its path, which hangs on a file
system that doesn't respond, and is another file if the process has its own root.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from oomtray.kernel.descriptors import Descriptors, read_connections, read_descriptors
from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.process import decode
from oomtray.kernel.process_facts import MOST_LISTED, Command, Listing, ProcessFacts, Relative, Unread, Value
from oomtray.kernel.process_handle import ProcessGone, ProcessHandle, open_process
from oomtray.kernel.shared_memory import one_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

    from oomtray.kernel.process_facts import Connection

T = TypeVar("T")

MOST_COMMAND = 64 * 1024
"""How many bytes of a command line are read. The kernel allows 128 KiB per argument, and megabytes in all."""
PATIENCE = 1.0
"""Timeout for the command line: reading waits until the process's memory is swapped in and unlocked. Seconds."""


def read_facts(pid: int, start_time: int | None = None) -> ProcessFacts:
    """Read what this user may read of process `pid` that started at `start_time` (None: whichever has the PID now).

    Takes up to `PATIENCE` seconds if the command line blocks. Raises ProcessGone if the process has ended,
    PermissionError if hidepid hides it. There is no parameter for the root, as psutil knows only /proc.
    """
    with open_process(pid, start_time, PROC) as handle:
        return _Reader(handle).read()


class _Reader:
    """Reads one process while its directory is open."""

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
        """Read through the process's directory, which is never another's."""
        try:
            return read()
        except OSError as error:
            return self._why(error)

    def _by_number(self, read: Callable[[psutil.Process], Value[T]]) -> Value[T]:
        """Read with psutil; checking the process afterwards proves that its PID was not reused."""
        import psutil

        if self._asked is None:
            return Unread.GONE
        try:
            value = read(self._asked)
        except psutil.AccessDenied:
            return Unread.DENIED
        except psutil.NoSuchProcess:  # psutil raises it for zombies too, whose data is gone
            return Unread.NONE if self._alive() else Unread.GONE
        except OSError as error:
            return self._why(error)
        except (AttributeError, RuntimeError, ValueError):  # a file that this kernel lacks, or that psutil can't parse
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
        # a parent that ended meanwhile may have passed its PID to another process
        return Relative(pid, name) if self._handle.ppid == pid else Relative(self._handle.ppid, None)

    def _sharers(self) -> Listing[Relative]:
        pids = one_memory([self._handle.pid]).get(self._handle.pid, ())
        self._handle.check()
        return Listing(len(pids), tuple(Relative(pid, _name(pid)) for pid in pids[:MOST_LISTED]))

    def _connections(self, opened: Value[Descriptors]) -> Value[Listing[Connection]]:
        """Read the connections, unless there are too many descriptors, as psutil searches all of them."""
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
    """Return a process's comm, with `parent` only if it is still that one's child; None if unreadable."""
    with suppress(OSError), open_process(pid, proc=PROC) as handle:
        name = handle.name
        return name if parent is None or handle.ppid == parent else None
    return None
