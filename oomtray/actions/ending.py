"""End an app: signal its processes and those they have started since, wait, and report which are still running.

A pidfd holds each process from before its signal until it has ended, so neither signal nor waiting can hit a
process that has reused the PID. Not for a window's thread: `wait` blocks.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.actions.signals import Ending, refusal, send_and_hold
from oomtray.kernel.files import PROC
from oomtray.kernel.process import SCORE_BYTES, Unreadable, read_process
from oomtray.records import dataclass
from oomtray.risk.apps import app_of

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Iterator, Sequence

    from oomtray.kernel.snapshot import Process

PATIENCE = 5.0
"""Seconds until a process that hasn't ended is reported as still running; saving open work takes some."""


@dataclass(frozen=True, slots=True)
class EndingResult:
    endings: tuple[Ending, ...]
    stayed: tuple[Ending, ...] = ()
    """Processes that got the signal and were still running after the wait."""

    @property
    def refused(self) -> tuple[Ending, ...]:
        """Signals that could not be sent; processes that had already ended don't count."""
        return tuple(one for one in self.endings if not one.done and one.error not in ("gone", "pid-reused", "zombie"))


class SentSignals:
    """One signal sent to some processes, which are held until `wait` returns or `close` is called."""

    def __init__(self, processes: Iterable[Process | Ending], number: signal.Signals, *, proc: str = PROC) -> None:
        """Send the signal to all processes; an Ending stands for its process."""
        self._running: dict[int, Ending] = {}
        endings = []
        for process in processes:
            ending, descriptor = send_and_hold(process.pid, process.start_time, number, proc=proc)
            endings.append(ending)
            if descriptor is not None:
                self._running[descriptor] = ending
        self.endings = tuple(endings)

    def wait(self, seconds: float) -> EndingResult:
        """Wait until all have ended, at most this many seconds."""
        until = time.monotonic() + seconds
        poll = select.poll()
        for descriptor in self._running:
            poll.register(descriptor, select.POLLIN)
        while self._running:
            left = until - time.monotonic()
            ended = poll.poll(max(left, 0) * 1000)
            for descriptor, _ in ended:
                poll.unregister(descriptor)
                os.close(descriptor)
                del self._running[descriptor]
            if left <= 0 and not ended:
                break
        stayed = tuple(self._running.values())
        self.close()
        return EndingResult(self.endings, stayed)

    def close(self) -> None:
        while self._running:
            descriptor, _ = self._running.popitem()
            os.close(descriptor)


def all_refused(processes: Iterable[Process], number: signal.Signals, *, proc: str = PROC) -> tuple[Ending, ...]:
    """Return why the signal would be refused for every one of the processes, without sending it; empty if not for all."""
    found = [refusal(process.pid, process.start_time, number, proc=proc) for process in processes]
    refusals = tuple(one for one in found if one is not None)
    return refusals if len(EndingResult(refusals).refused) == len(found) else ()


def with_newcomers(members: Sequence[Process], known: Sequence[Process]) -> tuple[Process, ...]:
    """Return an app's members, plus processes of the same app that they have started since `known` was read.

    `known` are all processes at that time; those that a member started but that are other apps stay separate.
    The children come from psutil, which only knows /proc.
    """
    table = {process.pid: process for process in known}
    apps = {app.key for process in members if (app := app_of(process, table)) is not None}
    found = []
    for pid in _descendants(members):
        if pid in table:
            continue
        process = _read(pid)
        if process is None:
            continue
        table[pid] = process
        app = app_of(process, table)
        if app is not None and app.key in apps and process.uid in {member.uid for member in members}:
            found.append(process)
    return (*members, *found)


def _descendants(members: Sequence[Process]) -> Iterator[int]:
    """Yield all descendants, parents before children, by asking the members whose parent isn't a member."""
    import psutil

    pids = {process.pid for process in members}
    seen = set(pids)
    for member in members:
        if member.ppid in pids:
            continue
        with suppress(psutil.Error):
            for child in psutil.Process(member.pid).children(recursive=True):
                if child.pid not in seen:
                    seen.add(child.pid)
                    yield child.pid


def _read(pid: int) -> Process | None:
    directory = f"{PROC}/{pid}"
    try:
        score = os.open(f"{directory}/oom_score", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        os.pread(score, SCORE_BYTES, 0)
        return read_process(directory, pid, score, time.monotonic())
    except (OSError, Unreadable):
        return None
    finally:
        os.close(score)
