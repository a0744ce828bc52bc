"""Find kills in this machine's own log, as far as this user may read it: the journal, else the kernel's ring buffer."""

from __future__ import annotations

import io
import os
import re
import select
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.kernel.kill_log.facts import KillReport

_PATIENCE = 10.0
"""Timeout for journalctl in seconds."""
_BETWEEN = 5.0
"""Least seconds between two readings of the log."""
_AT_CLOSE = 0.5
"""Seconds that closing waits for a reading under way."""
_MOST = 64 << 20
"""How many bytes of a log are read."""
_LEAST_SLEEP = 1.0
"""Seconds; the two clocks are read one after the other."""
_WOKE = re.compile(
    rb"^[0-7],\d+,(\d+),[^;\n]*;(?:PM: (?:suspend|(?:hibernation: )?hibernation) exit|OOM killer enabled\.)$", re.MULTILINE
)
"""What the kernel itself says at the end of a suspend (kernel/power: suspend.c, hibernate.c, process.c)."""
_FIRST = re.compile(rb"\d+,0,")
"""The record with which the log begins, which is overwritten once the buffer is full."""
_FIELDS = "MESSAGE,SYSLOG_IDENTIFIER,_COMM,_TRANSPORT,_HOSTNAME,_SOURCE_MONOTONIC_TIMESTAMP"
_KILLERS = ("systemd", "systemd-oomd", "earlyoom", "nohang")
_SYSTEMS = ("_SYSTEMD_SLICE=system.slice", "_UID=0")
"""Trusted fields that the journal sets for system services: any other user could call a program earlyoom."""


class LogLookup:
    """Reads the log in its own thread; `fileno` becomes readable once there is an answer."""

    def __init__(self, read: Callable[[float], list[KillReport]] | None = None) -> None:
        self._recent = read or recent
        self._answered = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._answer: list[KillReport] = []
        self._thread: threading.Thread | None = None
        self._now = threading.Event()
        """Set once a reading that was asked for need not wait any longer."""
        self._closed = False
        self._since: float | None = None
        """Earliest time requested while a reading was under way."""

    def fileno(self) -> int:
        return self._answered

    def ask(self, since: float, delay: float) -> None:
        """Read the kills since `since` (seconds since 1970), `delay` seconds from now."""
        if self._thread is not None:
            self._since = since if self._since is None else min(since, self._since)
            return
        self._now.clear()
        self._thread = threading.Thread(target=self._read, args=(since, delay), name="kill-log", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> bool:
        """Whether there is something asked for that `take` hasn't returned."""
        return self._thread is not None

    def hurry(self) -> None:
        """Read what was asked for without its delay."""
        self._now.set()

    def take(self) -> list[KillReport] | None:
        """Return the kills found, or None while there is no answer."""
        try:
            os.eventfd_read(self._answered)
        except BlockingIOError:
            return None
        assert self._thread is not None
        self._thread.join()
        self._thread = None
        found = self._answer
        if self._since is not None:
            since, self._since = self._since, None
            self.ask(since, _BETWEEN)
        return found

    def close(self) -> None:
        if self._thread is not None:
            self._closed = True
            self._now.set()
            self._thread.join(_AT_CLOSE)
            if self._thread.is_alive():
                return  # it still has the descriptor, and ends with the program
        os.close(self._answered)

    def _read(self, since: float, delay: float) -> None:
        self._now.wait(delay)
        if self._closed:
            return
        self._answer = self._recent(since)
        os.eventfd_write(self._answered, 1)


def recent(
    since: float,
    *,
    journal: str = "journalctl",
    kmsg: str = "/dev/kmsg",
    clock: Callable[[int], float] = time.clock_gettime,
) -> list[KillReport]:
    """Return the kills since `since` (seconds since 1970) in the log's order; none if it may not be read.

    It may take some seconds, and more memory than a tick should: don't call it in the loop's own thread.
    """
    from oomtray.kernel.kill_log.reading import read  # not needed by a tray that never notices a kill

    reports = list(read(io.BytesIO(_journal(journal, since)), time.time()))
    if not any(report.killer == "kernel" and not report.from_unit for report in reports):
        log = _ring_buffer(kmsg)
        now, awake = time.time(), clock(time.CLOCK_MONOTONIC)  # at one moment: reading the reports takes a while
        suspends = _Suspends(log, clock(time.CLOCK_BOOTTIME) - awake)
        reports += [_dated(report, now - awake, suspends) for report in read(io.BytesIO(log), now)]
    # a failed unit reports a kill that may be minutes old, and a slice one of any age, once its manager is reloaded
    late = [
        report for report in reports if report.from_unit and (report.killer == "unknown" or report.victims[0].name.endswith(".slice"))
    ]
    return [report for report in reports if report.time is not None and report.time >= since and report not in late]


def _dated(report: KillReport, began: float, suspends: _Suspends) -> KillReport:
    """Date a report from the ring buffer; `began` is when the machine would have started if it had never slept."""
    if report.time is not None or report.uptime is None:
        return report
    least, most = suspends.since(report.uptime)
    latest = began + report.uptime - least
    return report._replace(time=latest, not_before=None if most == least else latest - (most - least))


class _Suspends:
    """How long the machine has slept since a moment in the ring buffer, whose stamps stand still while it does.

    The buffer tells when it woke up, and the clocks how long it has slept in all, but nothing how long each time.
    """

    def __init__(self, log: bytes, slept: float) -> None:
        """`slept`: seconds in all since boot."""
        self._slept = slept if slept >= _LEAST_SLEEP else 0.0
        self._woke = [int(stamp) / 1e6 for stamp in _WOKE.findall(log)]
        self._whole = _FIRST.match(log) is not None

    def since(self, uptime: float) -> tuple[float, float]:
        """Seconds of sleep after this stamp: at least, and at most."""
        later = [uptime < stamp for stamp in self._woke]
        if not any(later):  # a whole buffer without any tells that this kernel words it otherwise
            return 0.0, self._slept if self._whole and not later else 0.0
        return (self._slept if self._whole and all(later) else 0.0), self._slept


def _journal(program: str, since: float) -> bytes:
    matches = ["_TRANSPORT=kernel"]
    for name in _KILLERS:
        for whose in (*_SYSTEMS, f"_UID={os.geteuid()}"):
            matches += ["+", f"SYSLOG_IDENTIFIER={name}", whose]
    options = ["--quiet", "--no-pager", "--output=json", f"--output-fields={_FIELDS}", f"--since=@{since:.0f}"]
    import subprocess

    with suppress(OSError):
        command = [program, *options, *matches]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as running:
            try:
                assert running.stdout is not None
                return _read_in_time(running.stdout.fileno())
            finally:
                running.kill()
    return b""


def _read_in_time(pipe: int) -> bytes:
    """Read a bounded amount, as any program can log in a killer's name; nothing if it takes too long."""
    until = time.monotonic() + _PATIENCE
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    pieces = []
    size = 0
    while size < _MOST:
        if not poll.poll(max(until - time.monotonic(), 0) * 1000):
            return b""
        piece = os.read(pipe, min(_MOST - size, 1 << 16))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _ring_buffer(path: str) -> bytes:
    """Read records as in Documentation/ABI/testing/dev-kmsg, one per read."""
    try:
        log = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    records = []
    size = 0
    try:
        while size < _MOST:
            try:
                record = os.read(log, 8192)
            except BrokenPipeError:  # it was overwritten meanwhile
                continue
            except OSError:
                break
            if not record:
                break
            records.append(record)
            size += len(record)
    finally:
        os.close(log)
    return b"".join(records)
