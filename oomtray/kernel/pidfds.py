"""Notice how followed processes end: a pidfd wakes at the exit, and from Linux 6.15 tells the signal.

Any user may open a pidfd on any process (pidfd_open(2), Linux 5.3). It costs no wake-up while nothing ends.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import time
from typing import TYPE_CHECKING, Literal

from oomtray.kernel.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Collection

_GET_INFO = 0xC040FF0B
"""PIDFD_GET_INFO, for 64 bytes of struct pidfd_info (include/uapi/linux/pidfd.h)."""
_INFO = struct.Struct("=QQ11Ii")
_EXIT = 1 << 3
_MOST = 64
"""How many descriptors are kept open at once."""


class Pidfds:
    """Pidfds of the processes that may be killed next. Not thread-safe.

    `fileno` becomes readable once one of them has ended.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._fds: dict[int, int] = {}
        """By PID."""
        self._pids: dict[int, int] = {}
        """By descriptor."""

    def fileno(self) -> int:
        return self._epoll.fileno()

    def follow(self, pids: Collection[int]) -> None:
        """Follow exactly these processes; ended ones not yet read stay until `read`."""
        wanted = set(list(pids)[:_MOST])
        for pid in self._fds.keys() - wanted:
            if not _ended(self._fds[pid]):
                self._drop(pid)
        for pid in wanted - self._fds.keys():
            try:
                fd = os.pidfd_open(pid)
            except OSError:  # the process is gone, no descriptor is left, or the kernel is older than 5.3
                continue
            self._fds[pid], self._pids[fd] = fd, pid
            self._epoll.register(fd, select.EPOLLIN)

    def read(self) -> list[Exit]:
        """Return the processes that have ended since, once each; never blocks.

        How a process ended is known once its parent has reaped it, so one with a slow parent comes later.
        """
        exits = []
        now = time.monotonic()
        for fd, events in self._epoll.poll(0):
            pid = self._pids[fd]
            told = _exit_code(fd)
            if told == "unfinished" and not events & select.EPOLLHUP:
                self._epoll.modify(fd, 0)  # EPOLLHUP, sent when it is reaped, is always reported
                continue
            signal = told & 0x7F or None if isinstance(told, int) else None
            exits.append(Exit(pid=pid, signal=signal, at=now, source="pidfd"))
            self._drop(pid)
        return exits

    def close(self) -> None:
        for pid in list(self._fds):
            self._drop(pid)
        self._epoll.close()

    def _drop(self, pid: int) -> None:
        fd = self._fds.pop(pid)
        del self._pids[fd]
        self._epoll.unregister(fd)
        os.close(fd)


def _ended(fd: int) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def _exit_code(fd: int) -> int | Literal["unfinished"] | None:
    """Return the exit code as in wait(2), or None if it will never be known."""
    answer = bytearray(_INFO.pack(_EXIT, *[0] * 13))
    try:
        fcntl.ioctl(fd, _GET_INFO, answer)
    except OSError:  # before Linux 6.13; before 6.15 also after it was reaped
        return None
    mask, *_ids, code = _INFO.unpack(answer)
    return int(code) if mask & _EXIT else "unfinished"
