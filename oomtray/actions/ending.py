"""Ending an app: its processes with what they have started since, asked or forced, waited for, and those that stay named.

Each process is held by a pidfd from before its signal until it has ended, so neither the signal nor the waiting can be
meant for another that has its pid by now. Nothing here is for the thread of a window: `wait` waits.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.actions.signals import send_and_hold
from oomtray.kernel.files import PROC
from oomtray.kernel.process import SCORE_BYTES, Unreadable, read_process
from oomtray.records import dataclass
from oomtray.risk.apps import app_of

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Iterator, Sequence

    from oomtray.actions.signals import Ending
    from oomtray.kernel.snapshot import Process

PATIENCE = 5.0
"""Seconds that a process gets to end before it is called one that stays: saving what is open takes some."""


@dataclass(frozen=True, slots=True)
class EndingResult:
    """What became of the signals."""

    endings: tuple[Ending, ...]
    stayed: tuple[Ending, ...] = ()
    """Those that were sent it and still run, once it was waited for."""

    @property
    def refused(self) -> tuple[Ending, ...]:
        """Those that it could not be sent to; one that had ended by itself is none of them."""
        return tuple(one for one in self.endings if not one.done and one.error not in ("gone", "pid-reused", "zombie"))


class SentSignals:
    """One signal to some processes, which are held until `wait` has returned or `close` is called."""

    def __init__(self, processes: Iterable[Process | Ending], number: signal.Signals, *, proc: str = PROC) -> None:
        """Sends it, to all before any is waited for; an Ending stands for the process that it is of."""
        self._running: dict[int, Ending] = {}
        endings = []
        for process in processes:
            ending, descriptor = send_and_hold(process.pid, process.start_time, number, proc=proc)
            endings.append(ending)
            if descriptor is not None:
                self._running[descriptor] = ending
        self.endings = tuple(endings)

    def wait(self, seconds: float) -> EndingResult:
        """Until all have ended, and at most so long."""
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


def with_newcomers(members: Sequence[Process], known: Sequence[Process], *, proc: str = PROC) -> tuple[Process, ...]:
    """An app's members, and what they have started since `known` was read and is of the same app.

    `known` are all processes of that moment; those of them that are other apps, though a member has started them, stay
    others. psutil tells who is whose child, and knows only /proc.
    """
    table = {process.pid: process for process in known}
    apps = {app.key for process in members if (app := app_of(process, table)) is not None}
    found = []
    for pid in _descendants(members):
        if pid in table:
            continue
        process = _read(pid, proc)
        if process is None:
            continue
        table[pid] = process
        app = app_of(process, table)
        if app is not None and app.key in apps and process.uid in {member.uid for member in members}:
            found.append(process)
    return (*members, *found)


def _descendants(members: Sequence[Process]) -> Iterator[int]:
    """Children before their own, of those members that are no member's child: each is asked for all below it."""
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


def _read(pid: int, proc: str) -> Process | None:
    directory = f"{proc}/{pid}"
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
