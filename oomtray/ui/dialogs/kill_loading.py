"""Where the window of past kills has them from: the record, a log's file, the kernel's reports. Run in threads."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import replace
from functools import partial
from time import time
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.history.before import moments
from oomtray.history.database import Database
from oomtray.history.kills import put_kills, read_kills
from oomtray.history.steps_in import read_steps_in
from oomtray.kernel.kill_log.packed import PackedError
from oomtray.kernel.kill_log.reading import read as read_log
from oomtray.records import dataclass
from oomtray.risk.report_event import from_report
from oomtray.risk.unseen_kills import as_one, gathered, span_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.risk.before_kill import Moment
    from oomtray.risk.kill_event import KillEvent

MOST = 500
"""Kills that are listed, the newest of them."""
MOST_BYTES = 2 << 30
"""Of a log that are read, as it is once it is unpacked."""
_MOST_RANKED, _FEW_RANKED = 200_000, 100
"""Processes in the rankings of a log's kills, and of each of the oldest where all of them are more: as many as the record keeps."""


class NoLog(Exception):
    """What was dropped is no file that can be read as a log."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kill, or several that nobody saw, and their numbers in the record; none: from a log alone."""

    event: KillEvent
    numbers: tuple[int, ...] = ()

    @property
    def number(self) -> int | None:
        """By which the record knows it, and of several the newest."""
        return self.numbers[-1] if self.numbers else None

    @property
    def kills(self) -> int:
        return self.event.kills


def recorded() -> list[Entry]:
    """Newest first, what OOM Tray ended itself among them. Raises FileError."""
    with Database().reading() as connection:
        if connection is None:
            return []
        newest = sorted(
            (*deque(read_kills(connection, 0.0), maxlen=MOST), *deque(read_steps_in(connection, 0.0), maxlen=MOST)),
            key=lambda one: (one.event.time or 0.0, one.id),
        )
    groups = gathered(newest[-MOST:], lambda one: span_of(one.event))
    return [Entry(as_one([one.event for one in group]), tuple(one.id for one in group)) for group in reversed(groups)]


def before(event: KillEvent) -> list[Moment]:
    """The recorded readings before a kill, oldest first. Raises FileError."""
    with Database().reading() as connection:
        return [] if connection is None else moments(connection, event)


def logged(path: str, stop: Event) -> list[Entry]:
    """The kills that a log tells of, newest first. Ends early once `stop` is set. Raises OSError, NoLog."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NoLog(path)
    # a pipe that came in its place meanwhile holds up nobody
    with open(path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as stream:
        bounded = cast("Callable[[BinaryIO], BinaryIO]", partial(_Bounded, stop))
        try:
            return [*map(Entry, reversed(_newest(read_log(bounded(cast("BinaryIO", stream)), time(), within=bounded))))]
        except PackedError as error:
            raise NoLog(path) from error


def _newest(reports: Iterable[KillReport]) -> deque[KillEvent]:
    """Each made as its report comes, whose table of tasks is gone then."""
    events: deque[KillEvent] = deque(maxlen=MOST)
    ranked = whole = 0
    for report in reports:
        if len(events) == MOST:
            ranked -= _ranked(events[0])
            whole = max(whole - 1, 0)
        events.append(from_report(report))
        ranked += _ranked(events[-1])
        while ranked > _MOST_RANKED and whole < len(events) - 1:
            old = events[whole]
            events[whole] = replace(old, ranking=None if old.ranking is None else old.ranking[:_FEW_RANKED])
            ranked -= _ranked(old) - _ranked(events[whole])
            whole += 1
    return events


def _ranked(event: KillEvent) -> int:
    return len(event.ranking or ())


def keep(events: Iterable[KillEvent]) -> list[Entry]:
    """Put the kernel's reports into the record, where each joins what was seen of the same kill. Raises FileError."""
    with Database().writing() as connection:
        put_kills(connection, events, time())
    return recorded()


def save(number: int, path: str) -> bool:
    """Write a kill for a bug report; False where it isn't recorded any more. Raises OSError, FileError."""
    from oomtray.cli.kill_bundle import bundle

    told = bundle(number)
    if told is None:
        return False
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{told}\n")
    return True


class _Bounded:
    """A stream that ends at a limit, or when nobody waits for it any more."""

    def __init__(self, stop: Event, stream: BinaryIO) -> None:
        self._stream, self._stop, self._left = stream, stop, MOST_BYTES

    def read(self, size: int) -> bytes:
        if self._stop.is_set() or self._left <= 0:
            return b""
        data = self._stream.read(min(size, self._left)) or b""
        self._left -= len(data)
        return data
