"""How the processes that are followed end: a pidfd wakes at the exit, and from Linux 6.15 says what ended it.

Anybody may open a pidfd on anybody's process (pidfd_open(2), Linux 5.3). While nothing dies it costs no wake-up.
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
"""Descriptors that are kept open at once."""


class Pidfds:
    """The pidfds of the processes that may be killed next. Not thread-safe.

    `fileno` is readable once one of them has ended.
    """

    EVENTS = select.POLLIN

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._fds: dict[int, int] = {}
        """By pid."""
        self._pids: dict[int, int] = {}
        """By descriptor."""

    def fileno(self) -> int:
        return self._epoll.fileno()

    def follow(self, pids: Collection[int]) -> None:
        """Follow these processes, and no others; those that have ended unread stay until `read`."""
        wanted = set(list(pids)[:_MOST])
        for pid in self._fds.keys() - wanted:
            if not _ended(self._fds[pid]):
                self._drop(pid)
        for pid in wanted - self._fds.keys():
            try:
                fd = os.pidfd_open(pid)
            except OSError:  # it has gone, no descriptor is left, or the kernel is older than 5.3
                continue
            self._fds[pid], self._pids[fd] = fd, pid
            self._epoll.register(fd, select.EPOLLIN)

    def read(self) -> list[Exit]:
        """Those that have ended since, once each; never blocks.

        How a process ended is told once its parent has asked for it, so one whose parent is slow comes later.
        """
        exits = []
        now = time.monotonic()
        for fd, events in self._epoll.poll(0):
            pid = self._pids[fd]
            told = _exit_code(fd)
            if told == "unfinished" and not events & select.EPOLLHUP:
                self._epoll.modify(fd, 0)  # the hang-up, at which it is reaped, is reported always
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
    """As wait(2) has it; None where it is never told."""
    answer = bytearray(_INFO.pack(_EXIT, *[0] * 13))
    try:
        fcntl.ioctl(fd, _GET_INFO, answer)
    except OSError:  # before Linux 6.13; before 6.15 also once it was reaped
        return None
    mask, *_ids, code = _INFO.unpack(answer)
    return int(code) if mask & _EXIT else "unfinished"
