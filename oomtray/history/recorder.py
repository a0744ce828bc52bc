"""Collect the monitor's readings and write them in batches; used by the tray and `watch` alike.

Nothing here raises or waits long: if the record can't be written, the last minutes of readings are kept and
retried, and `problem` has the reason.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, TypeVar

from oomtray.history import own_database
from oomtray.history.schema import TIERS, default_path, record_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from sqlite3 import Connection

    from oomtray.file_access import FileProblem
    from oomtray.history.database import Database
    from oomtray.history.events import Event
    from oomtray.history.kills import RecordedKill
    from oomtray.history.pending import Pending
    from oomtray.history.samples import AppMemory, Sample
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.judged import App
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.outlook import Forecast, Level

    T = TypeVar("T")

_BATCH_SECONDS = 60.0
_RAISED_SECONDS = 10.0
"""Between two batches, while all is well and while the level is raised, when the latest readings matter most."""
_APPS_SECONDS, _APPS_RAISED_SECONDS = 300.0, 30.0
"""Between two readings that include apps, which takes a sum over all processes."""
_RETRY_SECONDS = 60.0
_MOST_PENDING = 1 << 20
"""Most bytes pending for the record: several days on a calm machine."""
_MOST_WAITING = 900
"""Most readings waiting for disk space; the oldest are dropped first."""
_APPS = 8
"""Number of the largest apps in a reading."""


class Recorder:
    """Collects readings and events. Not thread-safe: for the thread that drives the monitor."""

    def __init__(
        self, database: Callable[[], Database], wall: Callable[[], float], pending: Pending | None = None
    ) -> None:
        """`database` is called for the first batch, because it loads SQLite; `wall` returns seconds since 1970.

        `pending` takes readings and events, which wait there for the next program that opens the record; a
        kill gets its number at once.
        """
        self._pending = pending
        self._make = database
        self._database: Database | None = None
        self._record: int | None = None
        """ID of the record that the last batch went to; None before the first."""
        self._wall = wall
        self._samples: list[Sample] = []
        self._events: list[Event] = []
        self._kills: list[KillEvent] = []
        self._slot = -1
        self._level = "normal"
        self._apps_at = -math.inf
        self._due = wall() + _RAISED_SECONDS
        self.cleared_at = -math.inf
        """When the record was cleared, as `wall`: earlier readings are dropped too. May be set from any thread."""
        self._all_told = False
        """Whether the record had no kill that the user wasn't told of, when another process last looked."""
        self._written = -math.inf
        self.watched = False
        """Whether somebody is looking at the record: then batches are as frequent as at a raised level.

        May be set from any thread.
        """
        self.problem: FileProblem | None = None
        """Why the last batch was not written; None if it was."""

    @property
    def aside(self) -> str | None:
        """Path to which an unusable file was moved, or None."""
        return None if self._database is None else self._database.aside

    @property
    def wants_apps(self) -> bool:
        """Whether the last reading with apps is so old that the next one should have them."""
        return abs(self._wall() - self._apps_at) >= (_APPS_SECONDS if self._level == "normal" else _APPS_RAISED_SECONDS)

    def add(self, memory: Memory, level: Level, forecast: Forecast, apps: tuple[App, ...] = ()) -> None:
        """Take a reading, one per slot, and write the collected ones if that is due."""
        from oomtray.history.samples import Sample

        now = self._wall()
        if abs(self._due - now) > 2 * _BATCH_SECONDS:  # the clock was set
            self._due = now
        before = self._samples[-1] if self._samples else None
        at = before.time if before is not None and before.memory is memory else now  # read once, but judged twice
        slot = int(at // TIERS[0].slot)
        rose = level.name != self._level
        if slot != self._slot or apps or rose:
            self._slot = slot
            if apps:
                self._apps_at = now
            sample = Sample(
                time=at, memory=memory, level=level.name, cause=level.cause, forecast=forecast, apps=_largest(apps)
            )
            if before is not None and int(before.time // TIERS[0].slot) == slot:
                self._samples[-1] = sample
            else:
                self._samples.append(sample)
        self._level = level.name
        due = min(self._due, self._written + _RAISED_SECONDS) if self.watched else self._due
        if now >= due or rose:
            self.flush()

    def add_event(self, event: Event) -> None:
        """Take an event and write it at once."""
        self._events.append(event)
        self.flush()

    def add_kills(self, kills: list[KillEvent]) -> list[RecordedKill]:
        """Write kills at once and return them with their numbers, or with 0 if that fails now: these are retried."""
        from oomtray.file_access import FileError
        from oomtray.history.kills import RecordedKill, put_kills

        if not (kills or self._kills):
            return []
        try:
            with self._opened().writing() as connection:
                told = put_kills(connection, [*self._kills, *kills], self._wall())[len(self._kills) :]
            self._kills.clear()
            if self._samples:
                self.flush()  # readings just before belong to the kill, and the user will soon ask for the reason
            return told
        except FileError as error:
            self.problem = error.problem
            self._kills = [*self._kills, *kills][-_MOST_WAITING:]
            return [RecordedKill(0, kill) for kill in kills]

    def counted_kills(self, boot: str, untold_since: float) -> tuple[int | None, float | None]:
        """Return the kernel's count of kills up to which this boot's are recorded, and the time of the last record.

        The count is None if nothing of this boot is recorded, the time None if nothing at all is.
        `untold_since` is the `since` with which `untold_kills` will be called.
        """
        began = self._wall() - time.clock_gettime(time.CLOCK_BOOTTIME)
        if self._is_lazy:
            from oomtray.history import separate_process

            before = separate_process.look_back(boot, began, untold_since)
            if before is not None:
                self._all_told = not before.untold
                return before.kills, before.last
        from oomtray.history.kills import counted

        return self._queried(lambda record: counted(record, boot, began)) or (None, None)

    def killed(self, since: float) -> frozenset[tuple[int | None, int | None]]:
        """Return pid and start time of processes recorded as killed."""
        from oomtray.history.kills import read_kills

        kills = self._queried(lambda record: list(read_kills(record, since))) or []
        return frozenset((one.pid, one.start_time) for kill in kills for one in kill.event.victims)

    def untold_kills(self, since: float) -> list[RecordedKill]:
        """Return recorded kills that the user was not told of, by whichever program."""
        if self._is_lazy and self._all_told:
            return []
        from oomtray.history.kills import untold

        return self._queried(lambda record: untold(record, since)) or []

    def add_told(self, kills: Iterable[RecordedKill]) -> None:
        """Note that the user is told of these kills."""
        from oomtray.history.kills import told_events

        self._events += told_events(kills, self._wall())
        self.flush()

    def take_told_back(self, ids: Iterable[int]) -> None:
        """Note that the user can't have seen what was told of these kills, so that the next start tells of them."""
        from oomtray.history.kills import unseen_events

        self._events += unseen_events(ids, self._wall())
        self.flush()

    @property
    def _is_lazy(self) -> bool:
        """Whether a query should avoid loading SQLite, because nothing has needed it yet."""
        return self._pending is not None and self._database is None

    def _queried(self, query: Callable[[Connection], T]) -> T | None:
        """Return the answer of a query, or None if there is no record or it can't be read."""
        from oomtray.file_access import FileError

        try:
            with self._opened().reading() as connection:
                return None if connection is None else query(connection)
        except FileError:
            return None

    def _opened(self) -> Database:
        if self._database is None:
            self._database = self._make()
        return self._database

    def flush(self) -> None:
        from oomtray.file_access import FileError

        now = self._wall()
        if self.problem is not None and now < self._due:
            return
        self._samples = [sample for sample in self._samples if sample.time > self.cleared_at]
        self._events = [event for event in self._events if event.time > self.cleared_at]
        self._kills = [kill for kill in self._kills if kill.time is None or kill.time > self.cleared_at]
        if self._kills:
            self.add_kills([])
        try:
            if self._pending is None:
                self._write(now)
            elif self._samples or self._events:
                self._append_pending(self._pending)
        except FileError as error:
            self.problem = error.problem
            self._due = now + _RETRY_SECONDS
            del self._samples[:-_MOST_WAITING], self._events[:-_MOST_WAITING]
            return
        self._samples.clear()
        self._events.clear()
        self.problem = None
        self._written = now
        self._due = now + (_BATCH_SECONDS if self._level == "normal" else _RAISED_SECONDS)

    def _write(self, now: float) -> None:
        from oomtray.history.events import drop_old, put_events
        from oomtray.history.samples import put, thin

        with self._opened().writing() as connection:
            record = record_id(connection)
            if self._record not in (None, record):  # cleared meanwhile: readings from before must not come back
                del self._samples[:-1]
            put(connection, self._samples)
            put_events(connection, self._events)
            thin(connection, now)
            drop_old(connection, now)
        self._record = record

    def _append_pending(self, pending: Pending) -> None:
        from oomtray.history.samples import row_of

        if pending.append([*map(row_of, self._samples), *self._events]) > _MOST_PENDING and self._level == "normal":
            from oomtray.history import separate_process

            separate_process.merge()


def user_recorder(*, lazy: bool = False) -> Recorder:
    """Create a recorder for the user's own record.

    `lazy`: additions stay pending until somebody opens it, or there is a kill.
    """
    from oomtray.history.pending import Pending, pending_path

    return Recorder(own_database, time.time, Pending(pending_path(default_path())) if lazy else None)


def _largest(apps: tuple[App, ...]) -> tuple[AppMemory, ...]:
    from oomtray.history.samples import AppMemory

    known = [(app.memory, app) for app in apps if app.memory is not None]
    known.sort(key=lambda pair: -pair[0])
    return tuple(AppMemory(app.key, app.name, memory) for memory, app in known[:_APPS])
