"""Is anybody there who shows tray icons? And where not, what would help on this desktop.

Qt chooses between StatusNotifierItem and XEmbed once, when the first icon is made, so at login the icon
waits for the watcher. XEmbed hosts are an affair of X11 that Qt sees by itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jeepney import DBusAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.dbus.session import Reply, SessionBus

WATCHER = "org.kde.StatusNotifierWatcher"
PATH = "/StatusNotifierWatcher"

_PROPERTIES = DBusAddress(PATH, WATCHER, "org.freedesktop.DBus.Properties")


class TrayHost:
    """Follows the StatusNotifierWatcher; `on_change` is called whenever `ready` changes."""

    def __init__(self, bus: SessionBus, on_change: Callable[[], None] | None = None) -> None:
        self.ready: bool | None = False if not bus.exists else None
        """A watcher with a host that shows its icons; None until known."""
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
        self._bus.ask(
            _PROPERTIES,
            "Get",
            "ss",
            (WATCHER, "IsStatusNotifierHostRegistered"),
            expect="v",
            then=self._answered,
        )

    def _answered(self, reply: Reply) -> None:
        # a watcher that doesn't answer properly may still show icons: Qt goes by its presence alone
        self._set(ready=True if reply.body is None else bool(reply.body[0][1]))

    def _set(self, *, ready: bool) -> None:
        if ready != self.ready:
            self.ready = ready
            if self._on_change is not None:
                self._on_change()


def desktops(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """XDG_CURRENT_DESKTOP, most specific first, in lower case."""
    return tuple(part for part in environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":") if part)


def remedy(environ: Mapping[str, str] = os.environ) -> str:
    """One sentence: how to get a tray on this desktop."""
    for desktop in desktops(environ):
        if desktop in _REMEDIES:
            return _REMEDIES[desktop]
    if environ.get("WAYLAND_DISPLAY"):
        return "Run a panel that shows StatusNotifierItem icons, such as waybar with its tray module."
    return "Run a panel with a notification area, such as xfce4-panel, lxqt-panel, tint2 or trayer."


_REMEDIES = {
    "gnome": "GNOME has no tray of its own: install and enable the extension AppIndicator and KStatusNotifierItem Support"
    " (package gnome-shell-extension-appindicator), then log in anew.",
    "kde": "Add the widget System Tray to a Plasma panel.",
    "xfce": "Add the item Status Tray Plugin to the Xfce panel.",
    "lxqt": "Add the widget Status Notifier Plugin to the LXQt panel.",
    "mate": "Add Notification Area to a MATE panel.",
    "x-cinnamon": "Add the applet XApp Status or System Tray to a Cinnamon panel.",
    "unity": "Install the package indicator-application.",
    "pantheon": "elementary OS shows no tray icons: install a Wingpanel indicator for Ayatana AppIndicators.",
    "budgie": "Add the applet System Tray to a Budgie panel.",
    "lxde": "Add the item System Tray to the LXDE panel.",
    "sway": "Give the bar a tray: waybar with its tray module shows the icon.",
    "hyprland": "Give the bar a tray: waybar with its tray module shows the icon.",
    "i3": "Set tray_output in the bar's section of the i3 configuration.",
}
