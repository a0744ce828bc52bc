"""Whether the user would be disturbed now: an app is full-screen, or the notification daemon is inhibited.

The property Inhibited of org.freedesktop.Notifications is Plasma's (notifications/inhibition in its
libnotificationmanager); other daemons return an error. Full-screen windows are known only on X11: Wayland
doesn't reveal them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.desktop.notifications import DAEMON, NAME, PATH
from oomtray.ui.tray.position import on_x11

if TYPE_CHECKING:
    from oomtray.dbus.session import Reply, SessionBus


def never() -> bool:
    """Return False: the user may always be disturbed."""
    return False


class DoNotDisturb:
    def __init__(self, bus: SessionBus) -> None:
        self._inhibited = False
        bus.listen(NAME, PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", handler=self._changed)
        if bus.connected:  # changes that arrive before the reply are reported
            bus.ask_property(DAEMON, "Inhibited", self._told, start=False)

    def on(self) -> bool:
        return self._inhibited or _fills_screen()

    def _told(self, reply: Reply) -> None:
        self._inhibited = reply.body is not None and reply.body[0] == ("b", True)

    def _changed(self, interface: str, changed: dict[str, tuple[str, object]], _gone: list[str]) -> None:
        if interface == NAME and "Inhibited" in changed:
            self._inhibited = changed["Inhibited"] == ("b", True)


def _fills_screen() -> bool:
    if not on_x11():
        return False
    from oomtray.ui.qt.x11 import active_window_fills_screen

    return active_window_fills_screen()
