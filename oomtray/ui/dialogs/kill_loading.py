"""Loads kills for the window of past kills from the record, the log, a log file or the kernel's reports, in threads."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import replace
from functools import partial
from time import time
from typing import TYPE_CHECKING, BinaryIO, cast

from oomtray.file_access import as_file_error
from oomtray.history.database import Database
from oomtray.history.events import put_events
from oomtray.history.kill_cause import moments
from oomtray.history.kills import put_kills, read_kills, read_steps_in, told_events
from oomtray.kernel.kill_log.packed import PackedError, Packing, check_brotli
from oomtray.kernel.kill_log.reading import read as read_log
from oomtray.kills.unrecorded import unrecorded
from oomtray.records import dataclass
from oomtray.risk.report_event import from_report
from oomtray.risk.unseen_kills import LOGS, as_one, gathered, span_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from threading import Event

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.risk.before_kill import Moment
    from oomtray.risk.kill_event import KillEvent

MOST = 500
"""Limit of listed kills, the newest ones."""
MOST_BYTES = 2 << 30
"""Limit of a log that is read, after decompression."""
_MOST_RANKED, _FEW_RANKED = 200_000, 100
"""Limit of all ranked processes in a log's kills, and of each old kill's if exceeded, as in the record."""


class NoLog(Exception):
    """The dropped file can't be read as a log; `packing` names its format if it is a compressed one."""

    def __init__(self, path: str, packing: Packing | None = None) -> None:
        super().__init__(path)
        self.path, self.packing = path, packing


@dataclass(frozen=True, slots=True)
class Entry:
    """A kill, or several unnoticed ones, with their ids in the record; none if only in a log."""

    event: KillEvent
    numbers: tuple[int, ...] = ()

    @property
    def number(self) -> int | None:
        """Its id in the record, of several the newest."""
        return self.numbers[-1] if self.numbers else None

    @property
    def kills(self) -> int:
        return self.event.kills


def recorded() -> list[Entry]:
    """Return the recorded kills, newest first, including what OOM Tray itself ended, and what the log adds. Raises FileError."""
    with Database().reading() as connection:
        kills = deque([] if connection is None else read_kills(connection, 0.0), maxlen=MOST)
        ours = deque([] if connection is None else read_steps_in(connection, 0.0), maxlen=MOST)
        lacking = unrecorded(connection, None, [one.event for one in kills]).kills
    logged = [(0, event) for _, event in lacking if LOGS & set(event.sources)]  # what is only counted is recorded by the tray
    found = [*((one.id, one.event) for one in (*kills, *ours)), *logged]
    newest = sorted(found, key=lambda one: (one[1].time or 0.0, one[0]))[-MOST:]
    groups = gathered(newest, lambda one: span_of(one[1]))
    return [
        Entry(as_one([event for _, event in group]), tuple(number for number, _ in group if number)) for group in reversed(groups)
    ]


def before(event: KillEvent) -> list[Moment]:
    """Return the recorded readings before a kill, oldest first. Raises FileError."""
    with Database().reading() as connection:
        return [] if connection is None else moments(connection, event)


def logged(path: str, stop: Event) -> list[Entry]:
    """Return a log's kills, newest first; stops early once `stop` is set. Raises FileError, NoLog."""
    with as_file_error("unreadable", path):
        return _logged(path, stop)


def _logged(path: str, stop: Event) -> list[Entry]:
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NoLog(path)
    # don't block on a pipe that replaced the file meanwhile
    with open(path, "rb", buffering=0, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as stream:
        bounded = cast("Callable[[BinaryIO], BinaryIO]", partial(_Bounded, stop))
        try:
            check_brotli(path)
            return [*map(Entry, reversed(_newest(read_log(bounded(cast("BinaryIO", stream)), time(), within=bounded))))]
        except PackedError as error:
            raise NoLog(path, error.packing) from error


def _newest(reports: Iterable[KillReport]) -> deque[KillEvent]:
    """Convert reports as they are read, because each one's task table is then dropped."""
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
    """Merge kernel reports into the record and return all entries. Raises FileError."""
    now = time()
    with Database().writing() as connection:
        put_events(connection, told_events(put_kills(connection, events, now), now))  # who sees them here needs no notification
    return recorded()


def save(number: int, path: str) -> bool:
    """Write a kill for a bug report, and return False if it is no longer recorded. Raises FileError."""
    from oomtray.cli.kill_bundle import bundle

    told = bundle(number)
    if told is None:
        return False
    with as_file_error("unwritable", path), open(path, "w", encoding="utf-8") as file:
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
