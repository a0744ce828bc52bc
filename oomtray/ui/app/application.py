"""The tray app put together: one instance, an icon as soon as somebody shows icons, a worker, notifications, a popup.

What only a click needs is loaded by the click.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
from functools import cached_property, partial
from typing import TYPE_CHECKING

from jeepney import message_bus
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from oomtray.actions.rules.service import RulesService
from oomtray.desktop.tray_host import TrayHost, remedy
from oomtray.ui.app.event_loop import BusPump, Signals
from oomtray.ui.app.worker import Unreadable, Update, Worker
from oomtray.ui.tray.login_switch import LoginSwitch
from oomtray.ui.tray.position import anchor, on_x11
from oomtray.ui.tray.tray_icon import Tray

if TYPE_CHECKING:
    from oomtray.actions.rules.engine import RulesStatus
    from oomtray.config import Actions, Watcher
    from oomtray.dbus.session import SessionBus
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.app.dialogs import Dialogs
    from oomtray.ui.app.level_notifications import Alerts
    from oomtray.ui.controllers.changes import ChangeController
    from oomtray.ui.controllers.row_actions import ActionId, Subject
    from oomtray.ui.popup.popup import Popup

log = logging.getLogger(__name__)

PATIENCE_MS = 6000
"""How long a panel may take to come up before a window takes the icon's place."""
_LOOK_MS = 1000
_WARM_MS = 4000
"""After the start, when the session has other things behind it, the popup's code is read for the first click."""
_LOOK_SECONDS = 0.06
"""As long as a click may stay without an answer for the sake of one that is whole."""
_AFTER_ICON_MS = 60
ROOT = (
    "OOM Tray runs as root: what you end or change here reaches every user's programs. Start it as yourself; it asks"
    " for permission where it needs it."
)


class App(QObject):
    def __init__(self, bus: SessionBus) -> None:
        super().__init__()
        self._bus = bus
        self._pump = BusPump(bus, self)
        self._pump.lost.connect(self._bus_lost)
        self._signals = Signals(self)
        self._signals.caught.connect(self._quit)
        self._tray: Tray | None = None
        self._tray_is_dead = False
        self._popup: Popup | None = None
        self._dialogs: Dialogs | None = None
        self._worker: Worker | None = None
        self._changes: ChangeController | None = None
        self._alerts: Alerts | None = None
        self._login = LoginSwitch(self)
        self._login.failed.connect(self._complain)
        self._latest: Assessment | Unreadable | None = None
        self._rules_status: RulesStatus | None = None
        self._paused = False
        self._stopped = False
        self._host = TrayHost(bus, self._host_changed)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._look_for_panel)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._no_panel)

    @cached_property
    def _settings(self) -> Watcher:
        """Read by whoever needs them first, which is after the icon."""
        from oomtray.config import Watcher, default_path

        return Watcher(default_path())

    @cached_property
    def _rules(self) -> RulesService:
        return RulesService(self._settings.settings.actions)

    # coming and going

    def start(self) -> None:
        if self._bus.connected:
            # a round trip: by now the bus has told whether there is a panel, and the panel is being asked about itself
            self._bus.call(message_bus, "GetId")
        if not self._make_tray():
            self._patience.start(PATIENCE_MS)
            if on_x11():
                self._look.start()
        QTimer.singleShot(_AFTER_ICON_MS, self._start_worker)
        QTimer.singleShot(_WARM_MS, self._warm)

    @Slot()
    def _warm(self) -> None:
        """Reading it takes as long as showing it, and keeps no more than two megabytes or three."""
        try:
            import oomtray.ui.app.dialogs
            import oomtray.ui.controllers.rules
            import oomtray.ui.popup.popup  # noqa: F401
        finally:
            gc.freeze()  # what is here by now stays: no collection looks at it again
            gc.enable()

    @Slot()
    def _start_worker(self) -> None:
        """After the icon has been sent on its way."""
        if self._stopped:
            return
        from oomtray.actions.journal import Journal
        from oomtray.monitor import Monitor
        from oomtray.systemd.units import UnitReader

        # a journal of the worker's own, as one is not for several threads
        standing = partial(self._rules.with_given, Journal().standing)
        self._monitor = Monitor(self._settings.settings, units=UnitReader(), by_hand=standing)
        self._worker = Worker(self._monitor, self, rules=self._rules)
        self._worker.told.connect(self._told)
        self._attend()
        self._worker.start()
        if self._tray is not None:
            self._tray.follow_colours()

    def stop(self) -> None:
        if self._stopped:
            return
        self._stopped = True
        if self._popup is not None:
            self._popup.put_away()
        if self._tray is not None:
            self._tray.remove()
        if self._alerts is not None:
            self._alerts.withdraw()
        if self._worker is not None:
            self._worker.stop()
        self._bus.close()
        self._signals.close()

    @Slot()
    def _quit(self) -> None:
        # quit() asks every window to close first, and the popup only hides, which Qt takes for a no
        QApplication.exit(0)

    # the icon

    def _make_tray(self) -> bool:
        """Qt settles for StatusNotifierItem or XEmbed with the first icon, so none is made before it is known which."""
        if self._tray is not None:
            return True
        exported = bool(self._host.ready)
        if not exported:
            unknown = self._host.ready is None and self._bus.connected
            if unknown or not on_x11():
                return False
            from oomtray.ui.qt.x11 import has_tray

            if not has_tray():
                return False
        self._look.stop()
        self._patience.stop()
        tray = self._tray = Tray(
            self._levels, exported=exported, autostarts=self._login.on, parent=self
        )
        tray.toggled.connect(self._toggle)
        tray.opened.connect(self._open)
        tray.paused.connect(self._pause)
        tray.profiles_wanted.connect(self._show_profiles)
        tray.start_at_login.connect(self._login.set)
        tray.quitting.connect(self._quit)
        tray.chosen.connect(self._chosen)
        tray.looked_at.connect(self._wake)
        tray.set_paused(self._paused)
        self._refresh_tray()
        if self._popup is not None:
            self._popup.set_homeless(None)
        if self._worker is not None:
            tray.follow_colours()
        return True

    def _host_changed(self) -> None:
        if self._host.ready and self._tray is not None and self._tray_is_dead:
            self._tray_is_dead = False
            self._tray.rebuild()
        elif self._host.ready:
            self._make_tray()

    @Slot()
    def _look_for_panel(self) -> None:
        self._make_tray()

    @Slot()
    def _no_panel(self) -> None:
        if self._make_tray():
            return
        says = f"No panel here shows tray icons, so this is a window. {remedy()}"
        print(f"oomtray: {says}", file=sys.stderr)
        self._shown_popup().set_homeless(says)
        self._open()

    @Slot()
    def _bus_lost(self) -> None:
        # the icon's own connection is gone as well; Qt brings it back after a panel's death, not after the bus's
        self._tray_is_dead = True

    def _refresh_tray(self) -> None:
        if self._tray is None:
            return
        if isinstance(self._latest, Unreadable):
            self._tray.cannot_read(self._latest.says)
        elif self._latest is not None:
            self._tray.show(self._latest)

    # what the worker tells

    @Slot(object)
    def _told(self, told: Update | Unreadable) -> None:
        if self._stopped:
            return
        news = self._latest = told.assessment if isinstance(told, Update) else told
        if isinstance(told, Update):
            self._rules_status = told.rules
        self._refresh_tray()
        if self._settings.refresh():
            self._take_settings()
        if isinstance(news, Unreadable):
            if self._popup is not None:
                self._popup.cannot_read(news.says)
            return
        if self._alerts is None and news.level.name != "normal":
            self._make_alerts()
        if self._alerts is not None:
            self._alerts.consider(news)
        if self._popup is not None:
            self._popup.show_assessment(news)
        if self._dialogs is not None:
            self._dialogs.take(self._rules_status)

    def _take_settings(self) -> None:
        settings = self._settings.settings
        for problem in self._settings.problems:
            log.warning("%s: %s", self._settings.path, problem)
        self._monitor.settings = settings
        self._rules.levels = settings.actions
        if self._changes is not None:
            self._changes.presets = settings.actions
        if self._alerts is not None:
            self._alerts.settings = settings.notifications
        if self._popup is not None:
            self._popup.settings = settings
            self._popup.set_notices(self._notices())

    @Slot()
    def _attend(self) -> None:
        if self._worker is None:
            return
        from oomtray.monitor import Attention

        if self._popup is not None and self._popup.isVisible():
            self._worker.attend(self._popup.attention(paused=self._paused))
        else:
            self._worker.attend(Attention(paused=self._paused))

    @Slot()
    def _wake(self) -> None:
        if self._worker is not None and not self._paused:
            self._worker.wake()

    # what a person does

    def activate(self, token: str | None) -> None:
        """A second start, or the desktop, asks to be shown something: that is all it can ask for."""
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self._open()

    @Slot()
    def _toggle(self) -> None:
        self._shown_popup().toggle(anchor(self._tray))

    @Slot()
    def _open(self) -> None:
        self._shown_popup().open(anchor(self._tray))

    @Slot(bool)
    def _pause(self, paused: bool) -> None:
        self._paused = paused
        if self._tray is not None:
            self._tray.set_paused(paused)
        if self._popup is not None:
            self._popup.set_paused(paused)
        if self._alerts is not None and paused:
            self._alerts.withdraw()
        self._attend()

    @Slot(str)
    def _complain(self, says: str) -> None:
        self._shown_popup().complain(says)
        self._open()

    @Slot(str, object)
    def _chosen(self, action: ActionId, subject: Subject) -> None:
        """From the tray's menu: done, and told in the popup, where it can be taken back."""
        latest = self._latest
        popup = self._shown_popup()
        popup.open(anchor(self._tray))
        popup.changes.do(action, subject, None if isinstance(latest, Unreadable) else latest)

    # parts made when first needed

    def _shown_popup(self) -> Popup:
        if self._popup is None:
            if self._worker is not None:
                from oomtray.monitor import Attention

                # before the window is made, so that it comes up filled
                by_app = self._settings.settings.rows.show == "apps"
                shown = Attention(open=True, apps=by_app, top=None, paused=self._paused)
                self._worker.attend_and_wait(shown, _LOOK_SECONDS)
            from oomtray.ui.app.dialogs import Dialogs
            from oomtray.ui.controllers.rules import RuleController
            from oomtray.ui.popup.popup import Popup

            popup = self._popup = Popup(self._change_controller(), self._settings.settings)
            popup.attention_changed.connect(self._attend)
            popup.pause_wanted.connect(self._pause)
            popup.set_notices(self._notices())
            popup.set_paused(self._paused)
            if isinstance(self._latest, Unreadable):
                popup.cannot_read(self._latest.says)
            elif self._latest is not None:
                popup.show_assessment(self._latest)
            self._dialogs = Dialogs(popup, RuleController(self._change_controller(), self._rules.path, self))
            self._dialogs.changed.connect(self._wake)
            self._dialogs.notices_changed.connect(self._notice)
            self._dialogs.take(self._rules_status)
        return self._popup

    @Slot()
    def _show_profiles(self) -> None:
        popup = self._shown_popup()
        popup.open(anchor(self._tray))
        popup.profiles_wanted.emit("all")

    @Slot()
    def _notice(self) -> None:
        if self._popup is not None:
            self._popup.set_notices(self._notices())

    def _change_controller(self) -> ChangeController:
        if self._changes is None:
            from oomtray.ui.controllers.changes import ChangeController

            self._changes = ChangeController(self._settings.settings.actions, self)
            self._changes.changed.connect(self._wake)
        return self._changes

    def _make_alerts(self) -> None:
        from oomtray.ui.app.level_notifications import Alerts

        self._alerts = Alerts(self._bus, self._change_controller(), self._settings.settings.notifications, self)
        self._alerts.show_wanted.connect(self._show_from_alert)

    @Slot(str)
    def _show_from_alert(self, token: str) -> None:
        self.activate(token or None)

    def _levels(self) -> Actions:
        return self._settings.settings.actions

    def _notices(self) -> list[str]:
        notices = [ROOT] if os.geteuid() == 0 else []
        notices += [
            f"{self._settings.path.name}, {problem}"
            for problem in self._settings.problems
        ]
        if self._dialogs is not None:
            notices += self._dialogs.rules.mistakes
        return notices
