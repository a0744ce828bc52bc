"""Track whether a panel shows tray icons.

Qt chooses between StatusNotifierItem and XEmbed once, when the first icon is created, so at login the icon
waits for the watcher. Qt itself detects XEmbed hosts, which only exist on X11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jeepney import DBusAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from oomtray.dbus.session import Reply, SessionBus

WATCHER = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"


class TrayHost:
    """Tracks the StatusNotifierWatcher; `on_change` is called whenever `ready` changes."""

    def __init__(self, bus: SessionBus, on_change: Callable[[], None] | None = None) -> None:
        self.ready: bool | None = False if not bus.exists else None
        """Whether there is a watcher with a host that shows its icons; None until known."""
        self._bus = bus
        self._on_change = on_change
        bus.watch_name(WATCHER, self._owner_changed)
        bus.listen(WATCHER, PATH, WATCHER, "StatusNotifierHostRegistered", "", handler=self._ask)
        bus.listen(WATCHER, PATH, WATCHER, "StatusNotifierHostUnregistered", "", handler=self._ask)

    def _owner_changed(self, owner: str | None) -> None:
        if owner is None:
            self._set(ready=False)
        else:
            self._ask()

    def _ask(self) -> None:
        self._bus.ask_property(DBusAddress(PATH, WATCHER, WATCHER), "IsStatusNotifierHostRegistered", self._answered)

    def _answered(self, reply: Reply) -> None:
        # a watcher that doesn't answer properly may still show icons: Qt only checks its presence
        self._set(ready=True if reply.body is None else bool(reply.body[0][1]))

    def _set(self, *, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            if self._on_change is not None:
                self._on_change()
