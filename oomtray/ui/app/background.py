"""The state shared by icon, popup and notifications: settings, rules, the worker and its latest news, changes."""

from __future__ import annotations

import logging
import math
import sys
import time
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from oomtray.actions.rules.service import RulesService
from oomtray.records import dataclass
from oomtray.risk.interval import scan_interval
from oomtray.risk.thresholds import marks
from oomtray.ui.app.own_files import was_paused
from oomtray.ui.app.watchdog import Watchdog
from oomtray.ui.app.worker import RETRY_SECONDS, Killed, Unreadable, Update, Worker, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.config import Presets, Settings, Watcher
    from oomtray.config.settings import Pace
    from oomtray.file_access import FileProblem
    from oomtray.history.events import Event
    from oomtray.history.recorder import Recorder
    from oomtray.kernel.reader import SystemReader
    from oomtray.kills.watch import KillWatch
    from oomtray.monitor import Attention
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.outlook import LevelName
    from oomtray.risk.set_here import SetHere
    from oomtray.systemd.units import UnitReader
    from oomtray.ui.controllers.changes import ChangeController

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0
"""How long the worker's step may take, or its news may be late."""
_LOOK_SECONDS = 60.0
"""Longest interval in seconds at which the worker is checked, even if scans are rarer; each check is a wake-up."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Replaces the worker's news when none has come for longer than its scan interval allows."""

    age: float | None
    """Seconds since the last reading; None if there was none."""


class Background(QObject):
    """Creates each part when it is first needed, which for most is after the icon."""

    news = Signal(object)
    """An Assessment, an Unreadable if the system could not be read, or a Stale if the worker is silent."""
    killed = Signal(tuple)
    """A tuple of RecordedKill: processes killed because memory ran out."""
    settings_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.latest: Assessment | Unreadable | Stale | None = None
        self.last_read: Assessment | None = None
        """The latest assessment, however old."""
        self.rules_status: RulesStatus | None = None
        self.paused = was_paused()
        self.recorder: Recorder | None = None
        """Belongs to the worker's thread: while that runs, other threads may only ask why it can't write."""
        self._worker: Worker | None = None
        self._changes: ChangeController | None = None
        self._stopped = False
        self._woken_at = -math.inf
        """When a scan was last requested, in monotonic seconds."""
        self._attention: Attention | None = None
        """What is being looked at, as last set, possibly before the worker exists."""
        self._watchdog = Watchdog(PATIENCE_SECONDS, self)
        self._watchdog.overdue.connect(self._look_after_worker)

    @cached_property
    def watcher(self) -> Watcher:
        """Reads the settings file, and knows its mistakes."""
        from oomtray.config import Watcher, default_file

        return Watcher(default_file())

    @property
    def settings(self) -> Settings:
        return self.watcher.settings

    @property
    def assessment(self) -> Assessment | None:
        """The latest assessment; None if the last scan failed or is overdue."""
        return None if isinstance(self.latest, Unreadable | Stale) else self.latest

    @cached_property
    def rules(self) -> RulesService:
        return RulesService(self.settings.actions)

    @property
    def changes(self) -> ChangeController:
        if self._changes is None:
            from oomtray.ui.controllers.changes import ChangeController

            self._changes = ChangeController(self.settings.actions, self, newest=lambda: self.assessment)
            self._changes.changed.connect(self.wake)
        return self._changes

    def presets(self) -> Presets:
        """Return the current presets, such as the value that "protect" sets."""
        return self.settings.actions

    # worker

    @Slot()
    def start_worker(self) -> None:
        """Start to read. If that fails, as while an update replaces files, say so and try it again."""
        if self._stopped:
            return
        try:
            self._start_worker()
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            self.latest = Unreadable(reason(error))
            self.news.emit(self.latest)
            QTimer.singleShot(round(RETRY_SECONDS * 1000), self.start_worker)

    def _start_worker(self) -> None:
        from oomtray.actions.change_record import ChangeRecord
        from oomtray.actions.journal import Journal
        from oomtray.history.recorder import user_recorder
        from oomtray.kernel.scripts import ScriptNames
        from oomtray.monitor import Attention, Monitor
        from oomtray.systemd.units import UnitReader

        # the worker needs its own journal, because one isn't thread-safe
        self.recorder = recorder = user_recorder(lazy=True)
        changes = ChangeRecord(Journal(), self.rules, self.note, wall=time.time)
        set_here = partial(self.rules.with_given, changes.last_given)
        units = UnitReader()
        self._monitor = Monitor(
            self.settings,
            units=units,
            set_here=set_here,
            scan_within=self._scan_within,
            recorder=recorder,
            scripts=ScriptNames(),
            kill_watch=partial(self._kill_watch, recorder, set_here, units),
        )
        self._worker = Worker(self._monitor, self, rules=changes, killed=self._monitor.take_killed)
        self._worker.told.connect(self._told)
        self._worker.attend(self._attention or Attention(paused=self.paused))
        self._worker.start()
        if not self.paused:
            self._watchdog.expect_within(PATIENCE_SECONDS)

    @property
    def _is_open(self) -> bool:
        return self._attention is not None and self._attention.open

    @property
    def running(self) -> bool:
        return self._worker is not None

    def stop(self, unseen: Sequence[int] = ()) -> bool:
        """Stop the worker, and return False if it hangs, like `Worker.stop`; `unseen`: kills to tell of at the next start."""
        self._stopped = True
        self._watchdog.stop()
        ended = self._worker is None or self._worker.stop()
        if ended and unseen and self.recorder is not None:
            self.recorder.take_told_back(unseen)
        return ended

    def attend(self, attention: Attention, *, patience: float = 0.0) -> None:
        """Tell the worker what is being looked at, and wait for a scan of it, at most `patience` seconds."""
        before, self._attention = self._attention, attention
        if self._worker is not None:
            self._worker.attend(attention, patience=patience)
            self._expect_after(attention, before)

    @Slot()
    def wake(self) -> None:
        """Request a scan now."""
        if self._worker is not None and not self.paused:
            self._woken_at = time.monotonic()
            self._worker.wake()
            self._watchdog.expect_sooner(PATIENCE_SECONDS)

    @Slot(object)
    def note(self, event: Event) -> None:
        """Record an event if there is a record. Thread-safe."""
        if self._worker is not None:
            self._monitor.note(event)

    def _scan_within(self) -> float:
        """Return the maximum age in seconds of the worker's last scan; called by the worker."""
        return 0.0 if self.watcher.changed() else self.rules.scan_within()

    @Slot(object)
    def _told(self, told: Update | Unreadable | Killed) -> None:
        if self._stopped:
            return
        if isinstance(told, Killed):
            self.killed.emit(told.kills)
            return
        if isinstance(told, Update):
            self.latest = self.last_read = told.assessment
            self.rules_status = told.rules
        else:
            self.latest = told
        self._expect_next()  # still by the settings that the worker has used
        if self.watcher.refresh():
            self._take_settings()
        self.news.emit(self.latest)

    def _kill_watch(
        self,
        recorder: Recorder,
        set_here: Callable[[], SetHere],
        units: UnitReader,
        reader: SystemReader,
        counted: int | None,
    ) -> KillWatch:
        """Create the watch for kills; called by the worker some seconds after the start."""
        from oomtray.kills.watch import user_kill_watch

        return user_kill_watch(
            reader, recorder, counted, set_here, tells=True, keeps=lambda: self.settings.history.record, units=units
        )

    @property
    def history_problem(self) -> FileProblem | None:
        """Why nothing is recorded; None if recording works."""
        return None if self.recorder is None else self.recorder.problem

    def history_notice(self) -> str:
        """Return why nothing is recorded as a sentence, or ""."""
        from oomtray.messages import history

        if not self.settings.history.record:
            return history.not_recording()
        return "" if self.history_problem is None else history.not_written(self.history_problem)

    def level_marks(self) -> list[float]:
        """Return the percentages of used memory where the levels begin; empty before the first scan."""
        if self.last_read is None:
            return []
        return [mark.used for mark in marks(self.settings.levels, self.last_read.snapshot.memory).shown]

    @Slot(bool)
    def history_watched(self, watched: bool) -> None:
        """Note that the history was opened or closed.

        While it is open, samples are written more often; pending ones are written at once.
        """
        if self.recorder is not None:
            self.recorder.watched = watched
            if watched:
                self.wake()

    @Slot(float)
    def history_cleared(self, at: float) -> None:
        """Drop pending samples from before the history was cleared; `at` is in seconds since 1970."""
        if self.recorder is not None:
            self.recorder.cleared_at = at

    # overdue news

    def _expect_next(self) -> None:
        if not self.paused:
            level = "normal" if self.assessment is None else self.assessment.level.name
            silence = longest_silence(self.settings.pace, level, is_open=self._is_open)
            if self.assessment is not None and self.assessment.snapshot.at < self._woken_at:
                silence = min(silence, PATIENCE_SECONDS)  # this one came by chance: the requested scan is still to come
            self._watchdog.expect_within(silence)

    def _expect_after(self, attention: Attention, before: Attention | None) -> None:
        """Expect a scan right after somebody has begun to look, or after a pause."""
        if attention.paused:
            self._watchdog.stop()
        elif isinstance(self.latest, Stale) and attention.open and not (before and before.open):
            self._tell_stale()
        elif attention.open or not self._watchdog.runs:
            self._watchdog.expect_sooner(PATIENCE_SECONDS)

    @Slot()
    def _look_after_worker(self) -> None:
        now = time.monotonic()
        if self._worker is not None and now < self._worker.busy_since:
            self._expect_next()  # it waits, and has nothing to report yet
        elif self._worker is not None and now < self._worker.busy_since + PATIENCE_SECONDS:
            self._watchdog.expect_within(self._worker.busy_since + PATIENCE_SECONDS - now)
        else:
            self._tell_stale()

    def _tell_stale(self) -> None:
        age = None if self.last_read is None else time.monotonic() - self.last_read.snapshot.at
        self.latest = Stale(age)
        self._watchdog.expect_within(_until_older(age, is_open=self._is_open))
        self.news.emit(self.latest)

    @Slot()
    def take_settings(self) -> None:
        """Apply settings that the settings window has just read, and scan with them."""
        if self._worker is not None:
            self._take_settings()
            self.wake()

    def _take_settings(self) -> None:
        if self.watcher.problems:
            from oomtray.messages.settings import problem

            for wrong in self.watcher.problems:
                log.warning("%s", problem(str(self.watcher.path), wrong))
        self._monitor.settings = self.settings
        self.rules.presets = self.settings.actions
        if self._changes is not None:
            self._changes.presets = self.settings.actions
        self.settings_changed.emit()


def longest_silence(pace: Pace, level: LevelName, *, is_open: bool) -> float:
    """Return the seconds without news, at the current pace, after which the worker is checked."""
    return min(scan_interval(pace, level, is_open=is_open), _LOOK_SECONDS) + PATIENCE_SECONDS


def _until_older(age: float | None, *, is_open: bool) -> float:
    """Return the seconds until the age of stale numbers is updated, rarely for a panel, which redraws for it."""
    if is_open:
        return 1.0
    return 60.0 if age is None or age >= 60 else 10.0
