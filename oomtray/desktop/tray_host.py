"""Track whether a panel shows tray icons, and find out whose panel would on this desktop.

Qt chooses between StatusNotifierItem and XEmbed once, when the first icon is created, so at login the icon
waits for the watcher. Qt itself detects XEmbed hosts, which only exist on X11.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, get_args

from jeepney import DBusAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.dbus.session import Reply, SessionBus

Panel = Literal[
    "gnome", "kde", "xfce", "lxqt", "mate", "x-cinnamon", "unity", "pantheon", "budgie", "lxde", "sway", "hyprland", "i3",
    "wayland", "x11",
]  # fmt: skip
PANELS: tuple[Panel, ...] = get_args(Panel)
DARK_PANELS: frozenset[Panel] = frozenset(
    {"gnome", "xfce", "x-cinnamon", "unity", "pantheon", "budgie", "sway", "hyprland", "i3", "wayland"}
)
"""Those that are dark beside light windows, unless one has changed that; of "wayland" most bars, such as Waybar."""
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


def desktops(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """XDG_CURRENT_DESKTOP, most specific first, in lower case; sway, started in a console, doesn't set it."""
    named = environ.get("XDG_CURRENT_DESKTOP") or ("sway" if "SWAYSOCK" in environ else "")
    return tuple(part for part in named.lower().split(":") if part)


def panel(environ: Mapping[str, str] = os.environ) -> Panel:
    """Return whose panel would show the icon here; if unknown, which kind of panel could."""
    for desktop in desktops(environ):
        if desktop in PANELS:
            return desktop
    return "wayland" if environ.get("WAYLAND_DISPLAY") else "x11"
