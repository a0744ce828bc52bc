"""The monitor's part for kills: create the watch once everything is shown, check it when due, and hand on its findings.

Like `monitor.Monitor`, it is for one thread.
"""

from __future__ import annotations

import math
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.history.kills import RecordedKill
    from oomtray.kernel.reader import SystemReader
    from oomtray.kills.watch import KillWatch
    from oomtray.risk.assessment import Assessment

    MakeKillWatch = Callable[[SystemReader, int | None], KillWatch]
    """Creates the watch, given the count of earlier kills, None if nothing counts them."""

_BEGINS_AFTER = 4.0
"""Seconds after the start: the watch is loaded once the icon is shown, and learns of earlier kills by their count."""


class KillMonitor:
    def __init__(self, reader: SystemReader, make: MakeKillWatch | None, clock: Callable[[], float]) -> None:
        """`make` None: kills are not watched."""
        self._reader = reader
        self._make = make
        self._clock = clock
        self._begins_at = clock() + _BEGINS_AFTER
        self._watch: KillWatch | None = None
        self._poll: select.poll | None = None
        self._killed: list[RecordedKill] = []
        self._latest: Assessment | None = None
        """The last assessment, until the watch exists."""
        self.count: int | None = None
        """vmstat's `oom_kill` as read by the last tick."""
        self._first_count: int | None = None
        """vmstat's `oom_kill` at the first scan: later kills have still to be noticed."""

    @property
    def due(self) -> float:
        """Monotonic time at which the next `look` is due."""
        if self._watch is not None:
            return self._watch.due
        return math.inf if self._make is None else self._begins_at

    def begin(self) -> None:
        """Start the watch now, without waiting for anything to be shown."""
        self._begins_at = 0.0
        self.look()

    def wake(self, poll: select.poll) -> None:
        """Make this poll, the only one, return when a process was killed, also if the watch is created later."""
        self._poll = poll
        if self._watch is not None:
            poll.register(self._watch.fileno(), select.POLLIN)

    def is_woken_by(self, descriptor: int) -> bool:
        return self._watch is not None and descriptor == self._watch.fileno()

    def take(self, assessment: Assessment) -> None:
        if self._watch is not None:
            self._watch.take(assessment)
        elif self._make is not None:
            self._latest = assessment
            if self._first_count is None:
                self._first_count = assessment.snapshot.memory.oom_kills

    def look(self) -> bool:
        """Check for kills; return whether there were any."""
        if self._make is not None and self._clock() >= self._begins_at:
            self._watch = self._make(self._reader, self._first_count)
            self._make = None
            if self._poll is not None:
                self.wake(self._poll)
            if self._latest is not None:
                self._watch.take(self._latest)
                self._latest = None
        found = [] if self._watch is None else self._watch.check()
        self._killed += found
        return bool(found)

    def rest(self, seconds: float) -> None:
        """Wait for so many seconds and check for kills meanwhile: for callers that ask for each reading."""
        until = self._clock() + seconds
        if self._watch is None:
            self.begin()
        poll = select.poll()
        if self._watch is not None:
            poll.register(self._watch.fileno(), select.POLLIN)
        while True:  # once at least: a caller that is always late asks for no rest
            if poll.poll(max(min(until, self.due) - self._clock(), 0.0) * 1000) or self._clock() >= self.due:
                self.look()
            if self._clock() >= until:
                return

    def take_killed(self) -> tuple[RecordedKill, ...]:
        """Return the kills noticed since the last call."""
        killed = tuple(self._killed)
        self._killed.clear()
        return killed

    def close(self, patience: float = 0.0) -> None:
        """Close the watch, after at most so many seconds in which it completes what it has noticed."""
        if self._watch is None:
            return
        try:
            if patience:
                self._watch.finish(patience)
        finally:
            self._watch.close()
