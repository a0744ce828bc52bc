"""Collect what the monitor reads and write it in batches: the tray and `watch` record alike.

Nothing here raises or waits for long: where the record can't be written, the readings of the last minutes are kept and tried
again, and `problem` says why.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from oomtray.history.schema import TIERS, default_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

_BATCH_SECONDS = 60.0
_RAISED_SECONDS = 10.0
"""Between two batches, while all is well and while the level is raised: what was read last matters most then."""
_APPS_SECONDS, _APPS_RAISED_SECONDS = 300.0, 30.0
"""Between two readings that name the apps, which takes a sum over all processes."""
_RETRY_SECONDS = 60.0
_MOST_PENDING = 1 << 20
"""Bytes that wait for the record: some days' of a calm machine."""
_MOST_WAITING = 900
"""Readings that wait for room on the disk; the oldest go first."""
_APPS = 8
"""How many of the largest apps a reading names."""


class Recorder:
    """Not thread-safe: the thread that drives the monitor drives it."""

    def __init__(
        self, database: Callable[[], Database], wall: Callable[[], float], pending: Pending | None = None
    ) -> None:
        """`database` is asked for when the first batch is written, as SQLite is loaded for it; `wall`: seconds since 1970.

        `pending` takes readings and events, where they wait for whoever opens the record next; a kill gets its number at once.
        """
        self._pending = pending
        self._make = database
        self._database: Database | None = None
        self._record: int | None = None
        """Which record the last batch went to; None before the first."""
        self._wall = wall
        self._samples: list[Sample] = []
        self._events: list[Event] = []
        self._kills: list[KillEvent] = []
        self._slot = -1
        self._level = "normal"
        self._apps_at = -math.inf
        self._due = wall() + _RAISED_SECONDS
        self.cleared_at = -math.inf
        """When the record was cleared, as `wall`: what was read before is dropped too. Any thread may say so."""
        self._all_told = False
        """Whether the record had no kill of which the user was not told, when it was last looked into elsewhere."""
        self._written = -math.inf
        self.watched = False
        """Whether somebody looks at the record: then batches are as frequent as at a raised level. Any thread may set it."""
        self.problem: FileProblem | None = None
        """Why the last batch was not written; None where it was."""

    @property
    def aside(self) -> str | None:
        """Where a file that could not be used lies now."""
        return None if self._database is None else self._database.aside

    @property
    def wants_apps(self) -> bool:
        """Whether the apps were last told so long ago that the next reading should name them."""
        return abs(self._wall() - self._apps_at) >= (_APPS_SECONDS if self._level == "normal" else _APPS_RAISED_SECONDS)

    def add(self, memory: Memory, level: Level, forecast: Forecast, apps: tuple[App, ...] = ()) -> None:
        """Take in a reading, where its slot has none yet, and write what has gathered when that is due."""
        from oomtray.history.samples import Sample

        now = self._wall()
        if abs(self._due - now) > 2 * _BATCH_SECONDS:  # the clock was set
            self._due = now
        before = self._samples[-1] if self._samples else None
        at = before.time if before is not None and before.memory is memory else now  # read once, and judged twice
        slot = int(at // TIERS[0].slot)
        if slot != self._slot or apps:
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
        rose = level.name != self._level
        self._level = level.name
        due = min(self._due, self._written + _RAISED_SECONDS) if self.watched else self._due
        if now >= due or rose:
            self.flush()

    def add_event(self, event: Event) -> None:
        """Take in what happened; it is written at once."""
        self._events.append(event)
        self.flush()

    def add_kills(self, kills: list[KillEvent]) -> list[RecordedKill]:
        """Write kills at once, and say under which numbers; under 0 where that is not possible now: they are tried again."""
        from oomtray.file_access import FileError
        from oomtray.history.kills import RecordedKill, put_kills

        if not (kills or self._kills):
            return []
        try:
            with self._opened().writing() as connection:
                told = put_kills(connection, [*self._kills, *kills], self._wall())[len(self._kills) :]
            self._kills.clear()
            if self._samples:
                self.flush()  # what was read just before belongs to the kill, and whoever asks why asks soon
            return told
        except FileError as error:
            self.problem = error.problem
            self._kills = [*self._kills, *kills][-_MOST_WAITING:]
            return [RecordedKill(0, kill) for kill in kills]

    def counted_kills(self, boot: str, untold_since: float) -> tuple[int | None, float | None]:
        """The kernel's count of kills up to which this boot's are recorded, and the time of what was recorded last.

        None where nothing was recorded: of this boot, or at all. `untold_since` is from when on `untold_kills` will be asked.
        """
        began = self._wall() - time.clock_gettime(time.CLOCK_BOOTTIME)
        if self._is_lazy:
            from oomtray.history import own_process

            before = own_process.look_back(boot, began, untold_since)
            if before is not None:
                self._all_told = not before.untold
                return before.kills, before.last
        from oomtray.file_access import FileError
        from oomtray.history.kills import counted

        try:
            with self._opened().reading() as connection:
                return (None, None) if connection is None else counted(connection, boot, began)
        except FileError:
            return None, None

    def killed(self, since: float) -> frozenset[tuple[int | None, int | None]]:
        """Pid and start time of those that are recorded as killed."""
        from oomtray.file_access import FileError
        from oomtray.history.kills import read_kills

        try:
            with self._opened().reading() as connection:
                kills = () if connection is None else read_kills(connection, since)
                return frozenset((one.pid, one.start_time) for kill in kills for one in kill.event.victims)
        except FileError:
            return frozenset()

    def untold_kills(self, since: float) -> list[RecordedKill]:
        """Recorded kills of which the user was not told, whoever recorded them."""
        if self._is_lazy and self._all_told:
            return []
        from oomtray.file_access import FileError
        from oomtray.history.kills import untold

        try:
            with self._opened().reading() as connection:
                return [] if connection is None else untold(connection, since)
        except FileError:
            return []

    def add_told(self, kills: Iterable[RecordedKill]) -> None:
        """Keep in mind that the user is told of these."""
        from oomtray.history.kills import told_events

        self._events += told_events(kills, self._wall())
        self.flush()

    @property
    def _is_lazy(self) -> bool:
        """Whether SQLite should not be loaded for a question, as nothing has needed it yet."""
        return self._pending is not None and self._database is None

    def _opened(self) -> Database:
        if self._database is None:
            self._database = self._make()
        return self._database

    def flush(self) -> None:
        """Write what has gathered."""
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
                self._let_wait(self._pending)
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
        from oomtray.history.schema import record_id

        with self._opened().writing() as connection:
            record = record_id(connection)
            if self._record not in (None, record):  # cleared meanwhile: what gathered before that must not come back
                del self._samples[:-1]
            put(connection, self._samples)
            put_events(connection, self._events)
            thin(connection, now)
            drop_old(connection, now)
        self._record = record

    def _let_wait(self, pending: Pending) -> None:
        from oomtray.history.samples import row_of

        if pending.append([*map(row_of, self._samples), *self._events]) > _MOST_PENDING and self._level == "normal":
            from oomtray.history import own_process

            own_process.merge()


def user_recorder(*, lazy: bool = False) -> Recorder:
    """One that writes to the user's own record; `lazy`: what is added waits until somebody opens it, or there is a kill."""
    from oomtray.history.pending import Pending, pending_path

    return Recorder(_database, time.time, Pending(pending_path(default_path())) if lazy else None)


def _database() -> Database:
    from oomtray.history.database import Database

    return Database(default_path())


def _largest(apps: tuple[App, ...]) -> tuple[AppMemory, ...]:
    from oomtray.history.samples import AppMemory

    known = [(app.memory, app) for app in apps if app.memory is not None]
    known.sort(key=lambda pair: -pair[0])
    return tuple(AppMemory(app.key, app.name, memory) for memory, app in known[:_APPS])
