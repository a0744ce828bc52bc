"""Checks of the desktop session: its bus, tray, notifications, autostart and settings.

What needs jeepney is imported by the check that uses it, so that the others run without.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from oomtray.config import default_file, load
from oomtray.desktop.autostart import Autostart
from oomtray.desktop.current_desktop import panel
from oomtray.doctor.checks import Finding, Place, Probe, found

if TYPE_CHECKING:
    from oomtray.dbus.session import SessionBus

START_TIMEOUT = 5.0
"""Seconds; the bus may have to start the daemon first."""


def session_bus(place: Place) -> Finding:
    from oomtray.dbus.connection import session_address

    if not desktop(place) and session_address(place.environ) is None:
        return found(None, "no-desktop")
    with _bus(place) as bus:
        if bus.connected:
            return found(True, "bus-responds")
        return found(False, "bus-silent" if bus.exists else "bus-missing")


def tray_host(place: Place) -> Finding:
    if not desktop(place):
        return found(None, "no-desktop")
    from jeepney import DBusAddress, message_bus

    from oomtray.desktop import tray_host as watcher_names

    with _bus(place) as bus:
        watcher = bus.call(message_bus, "NameHasOwner", "s", (watcher_names.WATCHER,), expect="b")
        if watcher.body and watcher.body[0]:
            hosts = bus.call(
                DBusAddress(watcher_names.PATH, watcher_names.WATCHER, "org.freedesktop.DBus.Properties"),
                "Get", "ss", (watcher_names.WATCHER, "IsStatusNotifierHostRegistered"), expect="v",
            )  # fmt: skip
            if hosts.body is None or hosts.body[0][1]:
                return found(True, "tray-shown", protocol="StatusNotifierItem")
            return found(False, "tray-no-panel", panel=panel(place.environ))
    if on_x11(place):
        embeds = xembed_host(place.environ["DISPLAY"])
        if embeds:
            return found(True, "tray-shown", protocol="XEmbed")
        if embeds is None:
            return found(None, "tray-unknown")
    return found(False, "tray-none", panel=panel(place.environ))


def notifications(place: Place) -> Finding:
    if not desktop(place):
        return found(None, "no-desktop")
    from oomtray.desktop import notifications as daemon

    with _bus(place) as bus:
        if not bus.connected:
            return found(None, "notifications-unknown")
        answer = bus.call(daemon.DAEMON, "GetCapabilities", expect="as", timeout=START_TIMEOUT)
        server = bus.call(daemon.DAEMON, "GetServerInformation", expect="ssss")
    if answer.body is None:
        return found(False, "notifications-missing")
    name = server.body[0] if server.body else daemon.NAME
    if "actions" not in answer.body[0]:
        return found(True, "notifications-plain", daemon=name)
    drawn = daemon.QUIRKS.get(name.lower(), daemon.Quirks()).shows_buttons
    return found(True, "notifications-buttons" if drawn else "notifications-no-buttons", daemon=name)


def autostart(place: Place) -> Finding:
    entry = Autostart(environ=place.environ)
    if entry.stale():
        return found(False, "autostart-stale", path=entry.path)
    if (own := entry.own_list) is not None:
        return found(None, "autostart-unread", **own)
    return found(True, "autostart-on") if entry.enabled() else found(None, "autostart-off")


def settings(_place: Place) -> Finding:
    path = default_file()
    _settings, problems = load(path)
    if problems:
        return found(False, "settings-wrong", path=path, problems=problems)
    return found(True, "settings-right", path=path) if os.path.exists(path) else found(True, "settings-none")


PROBES: tuple[Probe, ...] = (
    ("session-bus", session_bus),
    ("tray-host", tray_host),
    ("notifications", notifications),
    ("autostart", autostart),
    ("settings", settings),
)


def desktop(place: Place) -> bool:
    return bool(place.environ.get("DISPLAY") or place.environ.get("WAYLAND_DISPLAY"))


def on_x11(place: Place) -> bool:
    """Whether Qt uses X11 here; on Wayland it has no XEmbed."""
    if not place.environ.get("DISPLAY"):
        return False
    platform = place.environ.get("QT_QPA_PLATFORM", "")
    return platform.startswith("xcb") or not place.environ.get("WAYLAND_DISPLAY")


def xembed_host(display: str) -> bool | None:
    """Whether a window owns _NET_SYSTEM_TRAY_Sn (System Tray Protocol); None if X can't be asked."""
    try:
        import ctypes  # which a Python built without libffi lacks

        x11 = ctypes.CDLL("libX11.so.6")
    except (OSError, ImportError):
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    x11.XGetSelectionOwner.restype = ctypes.c_ulong
    x11.XGetSelectionOwner.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
    for function in (x11.XDefaultScreen, x11.XCloseDisplay):
        function.argtypes = [ctypes.c_void_p]
    connection = x11.XOpenDisplay(display.encode())
    if not connection:
        return None
    try:
        selection = f"_NET_SYSTEM_TRAY_S{x11.XDefaultScreen(connection)}"
        return bool(x11.XGetSelectionOwner(connection, x11.XInternAtom(connection, selection.encode(), 0)))
    finally:
        x11.XCloseDisplay(connection)


def _bus(place: Place) -> closing[SessionBus]:
    from oomtray.dbus.connection import session_address
    from oomtray.dbus.session import SessionBus

    bus = SessionBus(session_address(place.environ))
    bus.connect()
    return closing(bus)
