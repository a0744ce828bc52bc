"""The tray app: icon, notifications, popup and windows, each created when first needed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jeepney import message_bus
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from oomtray.desktop.current_desktop import panel
from oomtray.messages.desktop import no_panel
from oomtray.ui.app.background import Background, Stale
from oomtray.ui.app.event_loop import BusDispatcher, GarbageCollector, UnixSignals
from oomtray.ui.app.menu_apps import MenuApps
from oomtray.ui.app.notices import mark_outdated, notices, show_latest
from oomtray.ui.app.notification_center import NotificationCenter
from oomtray.ui.app.own_files import OwnFiles, is_calm
from oomtray.ui.app.pixmap_cache import keep_pixmaps
from oomtray.ui.app.side_windows import SideWindows
from oomtray.ui.app.tray_presence import TrayPresence
from oomtray.ui.app.worker import Unreadable
from oomtray.ui.tray.login_switch import LoginSwitch
from oomtray.ui.tray.tray_icon import TrayIcon

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus
    from oomtray.file_access import FileProblem
    from oomtray.risk.assessment import Assessment
    from oomtray.ui.app.dialogs import Dialogs
    from oomtray.ui.controllers.row_actions import ActionId, Subject
    from oomtray.ui.controllers.shortcut import ShortcutController
    from oomtray.ui.popup.popup import Popup

WARM_MS = 4000
"""Milliseconds after the start until the popup's code is imported for the first click, in an idle session."""
_FILL_SECONDS = 0.06
"""How long the first click may wait for a scan, so that the popup is filled when it shows."""
_AFTER_ICON_MS = 60
_PREPARE_MS = 500
"""Milliseconds after the level rose until the popup is prepared.

By then the notification daemon has reported its capabilities and the notification has been sent; creating the
popup earlier would delay both by seconds on a thrashing machine.
"""
_DRAW_AHEAD_MS = 200
"""Milliseconds after the popup was prepared: by then its first scan has arrived."""


class Application(QObject):
    def __init__(self, bus: SessionBus) -> None:
        super().__init__()
        self._bus = bus
        self._garbage = GarbageCollector()
        self._signals = UnixSignals(self)
        self._signals.caught.connect(self._quit)
        self.files = OwnFiles(lambda: is_calm(self, self.background.assessment), self)
        self.files.said.connect(self._show_notices)
        self.files.refused.connect(self.show_popup)
        self.files.over.connect(QApplication.exit)
        self.background = Background(self)
        self.background.news.connect(self._take_news)
        self._windows = SideWindows(self.background, bus, self)
        self._windows.kill_report_requested.connect(self.show_kills)
        self.background.settings_changed.connect(self._take_settings)
        self.popup: Popup | None = None
        """None until first needed."""
        self._dialogs: Dialogs | None = None
        self._shortcut: ShortcutController | None = None
        self._history_problem: FileProblem | None = None
        self._notifications = NotificationCenter(bus, self.background, self)
        self._notifications.show_wanted.connect(self.activate)
        self._notifications.why_wanted.connect(self._say_why)
        self._notifications.kill_wanted.connect(self.show_kill)
        self._login = LoginSwitch(self)
        self._login.failed.connect(self._complain)
        self._stopped = False
        self._prepared = False
        # the dispatcher comes first: it connects to the loss of the bus before the tray host does
        self._dispatcher = BusDispatcher(bus, self)
        self._tray = TrayPresence(bus, self._make_icon, self)
        self._tray.appeared.connect(self._icon_appeared)
        self._tray.absent.connect(self._no_panel)
        self._dispatcher.lost.connect(self._tray.bus_lost)

    # start and end

    def start(self) -> None:
        if self._bus.connected:
            # a round trip, during which the bus says whether there is a panel, and the panel is queried
            self._bus.call(message_bus, "GetId")
        self._tray.start()
        QTimer.singleShot(_AFTER_ICON_MS, self._start_worker)
        QTimer.singleShot(WARM_MS, self.load_ahead)

    @Slot()
    def load_ahead(self) -> None:
        try:
            if not self.files.changed:  # else the failure would look like that of a click
                from oomtray.ui.app.preparation import load_ahead

                load_ahead()
            self._follow_shortcut()
        finally:
            self._garbage.begin()

    @Slot()
    def _start_worker(self) -> None:
        """Start what can wait until the icon was sent."""
        self.background.start_worker()
        if self._tray.icon is not None:
            self._tray.icon.follow_colors()

    def stop(self, *, restarts: bool = False) -> bool:
        """Stop everything, and return False if the worker hangs, like `Worker.stop`. Safe to call twice."""
        if self._stopped:
            return self.background.stop()
        self._stopped = True
        if self.popup is not None:
            self.popup.put_away()
        self._tray.remove()
        unseen = self._notifications.withdraw(restarts=restarts)
        ended = self.background.stop(unseen)
        self._dispatcher.close()
        self._bus.close()
        self._signals.close()
        return ended

    @Slot()
    def _quit(self) -> None:
        # quit() asks every window to close first; the popup only hides, which Qt takes for a refusal
        QApplication.exit(0)

    # icon

    def _make_icon(self, exported: bool) -> TrayIcon:
        icon = TrayIcon(
            self.background.presets, exported=exported, autostarts=self._login.on, grouped=MenuApps(), parent=self
        )
        icon.toggled.connect(self.toggle_popup)
        icon.opened.connect(self.show_popup)
        icon.paused.connect(self.set_paused)
        icon.profiles_wanted.connect(self._show_profiles)
        icon.kills_wanted.connect(self.show_kills)
        icon.history_wanted.connect(self._windows.show_history)
        icon.help_wanted.connect(self._windows.show_help)
        icon.settings_wanted.connect(self._show_settings)
        icon.start_at_login.connect(self._login.set)
        icon.quitting.connect(self._quit)
        icon.chosen.connect(self._chosen)
        icon.looked_at.connect(self.background.wake)
        icon.set_look(self.background.settings.icon)
        icon.set_paused(self.background.paused)
        return icon

    @Slot()
    def _icon_appeared(self) -> None:
        self._refresh_icon()
        if self.popup is not None:
            self.popup.show_as_window(None)
        if self.background.running and self._tray.icon is not None:
            self._tray.icon.follow_colors()

    @Slot()
    def _no_panel(self) -> None:
        says = no_panel(panel())
        print(f"oomtray: {says}", file=sys.stderr)
        self._ensure_popup().show_as_window(says)
        self.show_popup()

    @Slot()
    def recolor(self) -> None:
        if self._tray.icon is not None:
            self._tray.icon.recolor()

    def _refresh_icon(self) -> None:
        show_latest(self._tray.icon, self.background.latest)

    # news from the worker

    @Slot(object)
    def _take_news(self, news: Assessment | Unreadable | Stale) -> None:
        self._garbage.collect()
        self.files.look()
        keep_pixmaps(self.background.assessment)
        self._refresh_icon()
        if isinstance(news, Unreadable | Stale):
            if self.popup is not None:
                mark_outdated(self.popup, news)
            return
        self._notifications.consider(news)
        if self.background.history_problem != self._history_problem:
            self._history_problem = self.background.history_problem
            self._show_notices()
        if not self._prepared and news.level.name != "normal":
            self._prepared = True
            QTimer.singleShot(_PREPARE_MS, self.prepare_for_pressure)
        if self.popup is not None:
            self.popup.show_assessment(news, read_at=news.snapshot.at)
        if self._dialogs is not None:
            self._dialogs.take(self.background.rules_status)

    @Slot()
    def _take_settings(self) -> None:
        settings = self.background.settings
        self._notifications.take_settings()
        if self._tray.icon is not None:
            self._tray.icon.set_look(settings.icon)
        if self.popup is not None:
            self.popup.settings = settings
        self._follow_shortcut()
        self._windows.refresh()
        self._show_notices()

    @Slot()
    def _attend(self) -> None:
        """Tell the worker what is being looked at."""
        from oomtray.monitor import Attention

        self.files.look()
        paused = self.background.paused
        dialogs = self._dialogs
        self.background.attend(Attention(paused=paused) if dialogs is None else dialogs.attention(paused=paused))
        keep_pixmaps(self.background.assessment)
        if self._tray.icon is not None:
            self._tray.icon.set_popup_open(self.popup is not None and self.popup.isVisible())

    # user actions

    @Slot(str)
    def activate(self, token: str | None) -> None:
        """Show the popup for a second start or the desktop, which can request nothing else, or for a notification."""
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self.show_popup()

    @Slot(str)
    def _shortcut_pressed(self, token: str) -> None:
        popup = self._ensure_popup()
        if token and not popup.isVisible():
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        popup.show_or_hide(self._tray.anchor())

    @Slot()
    def toggle_popup(self) -> None:
        self._ensure_popup().toggle(self._tray.anchor())

    @Slot()
    def show_popup(self) -> Popup:
        popup = self._ensure_popup()
        popup.open(self._tray.anchor())
        return popup

    @Slot(bool)
    def set_paused(self, paused: bool) -> None:
        self.background.paused = paused
        if self._tray.icon is not None:
            self._tray.icon.set_paused(paused)
        if self.popup is not None:
            self.popup.set_paused(paused)
        if paused:
            self._notifications.pause()
        self._attend()

    @Slot(str)
    def _complain(self, says: str) -> None:
        self._ensure_popup().message.complain(says)
        self.show_popup()

    @Slot(str, object)
    def _chosen(self, action: ActionId, subject: Subject) -> None:
        """Run an action from the tray's menu and report it in the popup, where it can be undone."""
        assessment = self.background.assessment  # opening the popup may bring a newer one
        self.show_popup().changes.do(action, subject, assessment)

    @Slot()
    def _show_profiles(self) -> None:
        self.show_popup().profiles_wanted.emit("all")

    @Slot()
    @Slot(int)
    def show_kills(self, number: int | None = None) -> None:
        """Show past kills without the popup, starting with the kill of this `number` or else the newest."""
        self._ensure_popup()
        if self._dialogs is not None:
            self._dialogs.show_kills(number)
        self._attend()

    @Slot()
    def _show_settings(self) -> None:
        self._ensure_popup()  # creates the rules, which have a page
        if self._dialogs is not None:
            self._windows.show_settings(self._dialogs.rules, self.shortcut)

    @Slot()
    def _say_why(self) -> None:
        assessment = self.background.assessment
        if assessment is not None:
            offered = self._notifications.offer_to_know(assessment)
            if offered is not None:
                self._ensure_popup().message.tell(offered)

    # before memory is too short to read anything more from the disk

    @Slot()
    def prepare_for_pressure(self) -> None:
        """Create the popup while that is still fast, and paint it unseen so that its fonts are loaded too."""
        if not self._stopped and self.popup is None:
            self._make_popup()
            QTimer.singleShot(_DRAW_AHEAD_MS, self._draw_ahead)

    @Slot()
    def _draw_ahead(self) -> None:
        popup = self.popup
        if not self._stopped and popup is not None and not popup.isVisible():
            from oomtray.ui.app.preparation import draw_ahead

            draw_ahead(popup)
            self._attend()

    # parts created when first needed

    @property
    def shortcut(self) -> ShortcutController:
        """The controller of the global shortcut; its code is imported on first use."""
        if self._shortcut is None:
            from oomtray.ui.controllers.shortcut import ShortcutController

            self._shortcut = ShortcutController(self._bus, self)
            self._shortcut.pressed.connect(self._shortcut_pressed)
        return self._shortcut

    def _follow_shortcut(self) -> None:
        on = self.background.settings.popup.global_shortcut
        if on or self._shortcut is not None:
            self.shortcut.follow(on=on)

    def _ensure_popup(self) -> Popup:
        return self.popup or self._make_popup()

    def _make_popup(self) -> Popup:
        from oomtray.monitor import Attention

        background = self.background
        by_app = background.settings.rows.show == "apps"
        shown = Attention(open=True, apps=by_app, top=None, paused=background.paused)
        background.attend(shown, patience=_FILL_SECONDS)
        from oomtray.ui.app.dialogs import Dialogs
        from oomtray.ui.controllers.rules import RuleController
        from oomtray.ui.popup.popup import Popup

        popup = self.popup = Popup(background.changes, background.settings)
        popup.attention_changed.connect(self._attend)
        popup.pause_wanted.connect(self.set_paused)
        popup.history_wanted.connect(self._windows.show_history)
        popup.kill_wanted.connect(self.show_kills)
        popup.help_wanted.connect(self._windows.show_help)
        popup.settings_wanted.connect(self._show_settings)
        self._windows.opened.connect(popup.give_way)
        popup.set_notices(self._notices())
        popup.set_paused(background.paused)
        if background.last_read is not None:
            popup.show_assessment(background.last_read, read_at=background.last_read.snapshot.at)
        if isinstance(background.latest, Unreadable | Stale):
            mark_outdated(popup, background.latest)
        self._dialogs = Dialogs(popup, RuleController(background.changes, background.rules.path, self), bus=self._bus)
        self._dialogs.changed.connect(background.wake)
        self._dialogs.looked_at.connect(self._attend)
        self._dialogs.help_wanted.connect(self._windows.show_help)
        self._dialogs.notices_changed.connect(self._show_notices)
        self._dialogs.take(background.rules_status)
        self._notifications.attach(popup)
        return popup

    @Slot(int, str)
    def show_kill(self, number: int, token: str) -> None:
        if number:
            if token:
                os.environ["XDG_ACTIVATION_TOKEN"] = token
            self.show_kills(number)
        else:
            self.activate(token)

    # messages at the popup's bottom

    @Slot()
    def _show_notices(self) -> None:
        if self.popup is not None:
            self.popup.set_notices(self._notices())
        self._windows.show_notice()

    def _notices(self) -> list[str]:
        return [self.files.says] * bool(self.files.says) + notices(self.background, self._dialogs)
