"""What the icon, the popup and the notifications share: settings, rules, the worker and its latest news, the changes."""

from __future__ import annotations

import logging
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from oomtray.actions.rules.service import RulesService
from oomtray.ui.app.worker import Unreadable, Update, Worker

if TYPE_CHECKING:
    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.config import Presets, Settings, Watcher
    from oomtray.monitor import Attention
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.controllers.changes import ChangeController

log = logging.getLogger(__name__)


class Background(QObject):
    """Each part is made when it is first needed, which for most of them is after the icon."""

    news = Signal(object)
    """An Assessment, or Unreadable where the system could not be read."""
    settings_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.latest: Assessment | Unreadable | None = None
        self.rules_status: RulesStatus | None = None
        self.paused = False
        self._worker: Worker | None = None
        self._changes: ChangeController | None = None
        self._stopped = False

    @cached_property
    def watcher(self) -> Watcher:
        """The settings file, and its mistakes."""
        from oomtray.config import Watcher, default_path

        return Watcher(default_path())

    @property
    def settings(self) -> Settings:
        return self.watcher.settings

    @property
    def assessment(self) -> Assessment | None:
        """The latest one; None where the last look failed."""
        return None if isinstance(self.latest, Unreadable) else self.latest

    @cached_property
    def rules(self) -> RulesService:
        return RulesService(self.settings.actions)

    @property
    def changes(self) -> ChangeController:
        if self._changes is None:
            from oomtray.ui.controllers.changes import ChangeController

            self._changes = ChangeController(self.settings.actions, self)
            self._changes.changed.connect(self.wake)
        return self._changes

    def presets(self) -> Presets:
        """What "protect" and the like mean, by the settings as they are now."""
        return self.settings.actions

    # the worker

    def start_worker(self) -> None:
        if self._stopped:
            return
        from oomtray.actions.journal import Journal
        from oomtray.monitor import Attention, Monitor
        from oomtray.systemd.units import UnitReader

        # a journal of the worker's own, as one is not for several threads
        by_hand = partial(self.rules.with_given, Journal().last_given)
        self._monitor = Monitor(
            self.settings, units=UnitReader(), by_hand=by_hand, scan_within=self._scan_within
        )
        self._worker = Worker(self._monitor, self, rules=self.rules)
        self._worker.told.connect(self._told)
        self._worker.attend(Attention(paused=self.paused))
        self._worker.start()

    @property
    def running(self) -> bool:
        return self._worker is not None

    def stop(self) -> bool:
        """False where the worker hangs, as `Worker.stop` says."""
        self._stopped = True
        return self._worker is None or self._worker.stop()

    def attend(self, attention: Attention) -> None:
        """Say what is looked at."""
        if self._worker is not None:
            self._worker.attend(attention)

    def attend_and_wait(self, attention: Attention, seconds: float) -> None:
        """Say what will be looked at, and wait at most `seconds` for a scan with it."""
        if self._worker is not None:
            self._worker.attend_and_wait(attention, seconds)

    @Slot()
    def wake(self) -> None:
        """Scan now."""
        if self._worker is not None and not self.paused:
            self._worker.wake()

    def _scan_within(self) -> float:
        """The worker asks this: seconds that its last scan may be old at most."""
        return 0.0 if self.watcher.changed() else self.rules.scan_within()

    @Slot(object)
    def _told(self, told: Update | Unreadable) -> None:
        if self._stopped:
            return
        if isinstance(told, Update):
            self.latest, self.rules_status = told.assessment, told.rules
        else:
            self.latest = told
        if self.watcher.refresh():
            self._take_settings()
        self.news.emit(self.latest)

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
