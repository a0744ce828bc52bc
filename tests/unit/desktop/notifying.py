"""A notifier that keeps what it was told of clicks and closings, and an alert for it to show."""

from __future__ import annotations

from oomtray.dbus.session import SessionBus
from oomtray.desktop.notifications import Notification, Notifier
from tests.rigs.bus.notification_daemon import Daemon
from tests.rigs.bus.peers import settle

ALERT = Notification(
    "level",
    "Memory is tight",
    "mysqld <would> die & so on",
    "normal",
    (("default", "Show"), ("snooze", "Snooze")),
)


class Us:
    def __init__(self, bus: SessionBus) -> None:
        self.bus = bus
        self.clicks: list[tuple[str, str, str | None]] = []
        self.closed: list[str] = []
        self.notifier = Notifier(
            bus,
            lambda alert, action, token: self.clicks.append((alert.summary, action, token)),
            self.closed.append,
        )

    def settle(self, *daemons: Daemon) -> None:
        """Twice as often as a question can follow from an answer."""
        for _ in range(4):
            settle(self.bus, *(daemon.peer for daemon in daemons))
