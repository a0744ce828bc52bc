"""End a process through a pidfd, so that the signal can't hit another one that has reused the PID."""

from __future__ import annotations

import errno
import os
import signal
from typing import Literal

from oomtray.kernel.files import PROC
from oomtray.kernel.process_handle import ProcessGone, open_process
from oomtray.records import dataclass

Trouble = Literal[
    "gone",
    "pid-reused",
    "pid-1",
    "kernel-thread",
    "zombie",
    "is-thread",
    "hidden",  # hidepid: nothing about the process can be read
    "not-yours",
    "no-pidfd",  # kernel before 5.3, or a filter: a plain kill could hit another process, so none is sent
    "failed",
]


@dataclass(frozen=True, slots=True)
class Ending:
    """The result of one signal; `done` means sent: the process may take its time or ignore SIGTERM."""

    pid: int
    start_time: int
    name: str
    signal: signal.Signals
    done: bool
    error: Trouble | None = None


def send_and_hold(
    pid: int, start_time: int, number: signal.Signals, *, proc: str = PROC
) -> tuple[Ending, int | None]:
    """Send a signal; return the result and, if sent, a pidfd for the caller to wait on and close."""
    name, result = _try(pid, start_time, number, proc)
    if isinstance(result, int):
        return Ending(pid, start_time, name, number, True), result
    return Ending(pid, start_time, name, number, False, result), None


def refusal(pid: int, start_time: int, number: signal.Signals, *, proc: str = PROC) -> Ending | None:
    """Return why the signal could not be sent now, without sending it; None if it could (kill(2): signal 0)."""
    name, result = _try(pid, start_time, 0, proc)
    if isinstance(result, int):
        os.close(result)
        return None
    return Ending(pid, start_time, name, number, False, result)


def _try(pid: int, start_time: int, number: int, proc: str) -> tuple[str, Trouble | int]:
    """Send the signal; return the process's name, and its pidfd or the error."""
    if pid <= 1:
        return "", "pid-1"
    if not hasattr(os, "pidfd_open") or not hasattr(signal, "pidfd_send_signal"):
        return "", "no-pidfd"
    try:
        descriptor = os.pidfd_open(pid)
    except OSError as error:
        return "", _named(error)
    name, trouble = _through(descriptor, pid, start_time, number, proc)
    if trouble is None:
        return name, descriptor
    os.close(descriptor)
    return name, trouble


def _through(
    descriptor: int, pid: int, start_time: int, number: int, proc: str
) -> tuple[str, Trouble | None]:
    name = ""
    try:
        # The pidfd was opened first. If its process has been reaped since, open_process may read the start
        # time of another, but the signal then reaches nobody.
        with open_process(pid, start_time, proc) as process:
            name = process.name
            if process.kernel_thread:
                return name, "kernel-thread"
            if process.zombie:
                return name, "zombie"
        signal.pidfd_send_signal(descriptor, number)
    except ProcessGone as gone:
        return name, "pid-reused" if gone.reused else "gone"
    except PermissionError:
        return name, "not-yours" if name else "hidden"
    except OSError as error:
        return name, _named(error)
    return name, None


def _named(error: OSError) -> Trouble:
    if error.errno == errno.ESRCH:
        return "gone"
    if error.errno in (errno.ENOSYS, errno.EPERM):
        return "no-pidfd"
    # pidfd_open(2) with the ID of a thread: EINVAL, ENOENT since 6.15
    return "is-thread" if error.errno in (errno.EINVAL, errno.ENOENT) else "failed"
