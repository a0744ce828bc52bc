"""The notifications: levels, limits, kills, and what is about to be ended; each part created when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus
    from oomtray.history.kills import RecordedKill
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.app.background import Background
    from oomtray.ui.app.do_not_disturb import DoNotDisturb
    from oomtray.ui.app.kill_notifications import KillNotifications
    from oomtray.ui.app.level_notifications import LevelNotifications
    from oomtray.ui.app.limit_notifications import LimitNotifications
    from oomtray.ui.app.step_in import StepInController
    from oomtray.ui.controllers.report import Report
    from oomtray.ui.popup.popup import Popup


class NotificationCenter(QObject):
    """Sends all notifications.

    `show_wanted` and `kill_wanted` carry an activation token for a window, or ""; before it `kill_wanted` has
    the id of the kill, 0 for none. `why_wanted` asks the popup, once shown, to say what caused the level.
    """

    show_wanted = Signal(str)
    why_wanted = Signal()
    kill_wanted = Signal(int, str)

    def __init__(self, bus: SessionBus, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._background = background
        self._levels: LevelNotifications | None = None
        self._limits: LimitNotifications | None = None
        self._kills: KillNotifications | None = None
        self._step_in: StepInController | None = None
        self._popup: Popup | None = None
        self._last_kill: RecordedKill | None = None
        self._do_not_disturb: DoNotDisturb | None = None
        background.killed.connect(self._tell_kills)

    def consider(self, news: Assessment) -> None:
        self._consider_level(news)
        self._consider_limits(news)
        self._consider_step_in(news)
        if self._kills is not None:
            self._kills.tell_held()

    def attach(self, popup: Popup) -> None:
        """Let the popup, now that there is one, also ask before an app is ended."""
        self._popup = popup
        if self._last_kill is not None:
            popup.card.tell_kill(self._last_kill)
        if self._step_in is not None:
            self._step_in.attach(popup)

    def take_settings(self) -> None:
        settings = self._background.settings
        for told in (self._levels, self._limits, self._kills):
            if told is not None:
                told.settings = settings.notifications
        if self._step_in is not None:
            self._step_in.settings = settings

    def pause(self) -> None:
        """Withdraw notifications about the current state, which is unknown from now on; those about kills stay."""
        for told in (self._levels, self._limits, self._step_in):
            if told is not None:
                told.withdraw()

    def withdraw(self, *, restarts: bool) -> list[int]:
        """Withdraw all, and return the ids of the kills that nobody was shown, as `KillNotifications.withdraw` does."""
        self.pause()
        return [] if self._kills is None else self._kills.withdraw(restarts=restarts)

    def offer_to_know(self, assessment: Assessment) -> Report | None:
        """Return the popup's message when it is opened from a warning."""
        return None if self._levels is None else self._levels.offer_to_know(assessment)

    def _quiet(self) -> bool:
        """Whether the settings hold notifications back now."""
        if not self._background.settings.notifications.quiet:
            return False
        if self._do_not_disturb is None:
            from oomtray.ui.app.do_not_disturb import DoNotDisturb

            self._do_not_disturb = DoNotDisturb(self._bus)
        return self._do_not_disturb.on()

    def _consider_level(self, news: Assessment) -> None:
        if self._levels is None:
            if news.level.name == "normal":
                return
            from oomtray.ui.app.level_notifications import LevelNotifications

            changes, settings = self._background.changes, self._background.settings
            self._levels = LevelNotifications(self._bus, changes, settings.notifications, self)
            self._levels.quiet = self._quiet
            self._levels.show_wanted.connect(self.show_wanted)
            self._levels.why_wanted.connect(self.why_wanted)
            self._levels.told.connect(self._background.note)
        self._levels.consider(news)

    def _consider_limits(self, news: Assessment) -> None:
        if self._limits is None:
            if not news.limits:
                return
            from oomtray.ui.app.limit_notifications import LimitNotifications

            self._limits = LimitNotifications(self._bus, self._background.settings.notifications, self)
            self._limits.quiet = self._quiet
            self._limits.show_wanted.connect(self.show_wanted)
        self._limits.consider(news)

    def _consider_step_in(self, news: Assessment) -> None:
        if self._step_in is None:
            settings = self._background.settings
            if news.level.name == "normal" or not (settings.step_in.enabled and settings.step_in.expendable):
                return
            from oomtray.ui.app.step_in import StepInController

            self._step_in = StepInController(self._bus, settings, self)
            self._step_in.show_wanted.connect(self.show_wanted)
            self._step_in.changed.connect(self._background.wake)
            self._step_in.told.connect(self._background.note)
            if self._popup is not None:
                self._step_in.attach(self._popup)
        self._step_in.consider(news)

    @Slot(tuple)
    def _tell_kills(self, kills: tuple[RecordedKill, ...]) -> None:
        if kills:
            self._last_kill = kills[-1]
            if self._popup is not None:
                self._popup.card.tell_kill(kills[-1])
        if self._kills is None:
            from oomtray.ui.app.kill_notifications import KillNotifications

            self._kills = KillNotifications(self._bus, self._background.settings.notifications, self)
            self._kills.quiet = self._quiet
            self._kills.wanted.connect(self.kill_wanted)
        self._kills.tell(kills)
        if self._levels is not None:
            self._levels.take_kills(kills)
