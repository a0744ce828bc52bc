"""The desktop session: its bus, its tray, its notifications, the start at login, the settings."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jeepney import DBusAddress, message_bus

from oomtray.dbus.connection import session_address
from oomtray.dbus.session import SessionBus
from oomtray.desktop import notifications as notify
from oomtray.desktop import tray_host as trayhost
from oomtray.desktop.autostart import Autostart
from oomtray.doctor.checks import Check, Place, Probe, found

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT = 5.0
"""Seconds; the bus may have to start the daemon first."""


def session_bus(place: Place) -> Check:
    if not desktop(place) and session_address(place.environ) is None:
        return found(None, "this is no desktop session")
    with _bus(place) as bus:
        if bus.connected:
            return found(True, "answers")
        if not bus.exists:
            return found(
                False,
                "there is none: DBUS_SESSION_BUS_ADDRESS is not set",
                "Start the desktop session through dbus-run-session, or install the package dbus-user-session.",
            )
        return found(False, "does not answer", "Log out and in again.")


def tray_host(place: Place) -> Check:
    if not desktop(place):
        return found(None, "this is no desktop session")
    with _bus(place) as bus:
        watcher = bus.call(message_bus, "NameHasOwner", "s", (trayhost.WATCHER,), expect="b")
        if watcher.body and watcher.body[0]:
            hosts = bus.call(
                DBusAddress(trayhost.PATH, trayhost.WATCHER, "org.freedesktop.DBus.Properties"),
                "Get", "ss", (trayhost.WATCHER, "IsStatusNotifierHostRegistered"), expect="v",
            )  # fmt: skip
            if hosts.body is None or hosts.body[0][1]:
                return found(True, "StatusNotifierItem")
            return found(
                False,
                "a StatusNotifierWatcher runs, but no panel shows its icons",
                trayhost.remedy(place.environ),
            )
    if on_x11(place):
        embeds = xembed_host(place.environ["DISPLAY"])
        if embeds:
            return found(True, "XEmbed")
        if embeds is None:
            return found(
                None, "no StatusNotifierItem; whether there is an XEmbed tray can't be told without libX11"
            )
    return found(
        False, "nobody here shows tray icons: a window takes the icon's place", trayhost.remedy(place.environ)
    )


def notifications(place: Place) -> Check:
    if not desktop(place):
        return found(None, "this is no desktop session")
    with _bus(place) as bus:
        if not bus.connected:
            return found(None, "can't be told without the session bus")
        told = bus.call(notify.DAEMON, "GetCapabilities", expect="as", timeout=START_TIMEOUT)
        server = bus.call(notify.DAEMON, "GetServerInformation", expect="ssss")
    if told.body is None:
        return found(
            False,
            "nobody here shows them: warnings are on the icon and in the popup alone",
            "Install and start a notification daemon, such as xfce4-notifyd, dunst or mako.",
        )
    can = set(told.body[0])
    name = server.body[0] if server.body else "a daemon without a name"
    quirks = notify.QUIRKS.get(name.lower(), notify.Quirks())
    if "actions" not in can:
        return found(True, f"{name}, without buttons")
    return found(
        True,
        f"{name}, with buttons" if quirks.shows_buttons else f"{name}, its actions are not drawn as buttons",
    )


def autostart(place: Place) -> Check:
    entry = Autostart(environ=place.environ)
    if entry.enabled():
        return found(True, "starts at login")
    if entry.stale():
        return found(
            False,
            f"{entry.path} names a program that is gone",
            "Switch Start at login off and on again in the tray's menu.",
        )
    return found(None, "does not start at login; the tray's menu has the switch")


def settings(_place: Place) -> Check:
    from oomtray.config import default_path, load

    path = default_path()
    _settings, problems = load(path)
    if not problems:
        return found(True, str(path) if os.path.exists(path) else "no file: the defaults")
    from oomtray.messages.settings import problems as told

    return found(False, told(str(path), problems), f"Mend {path}; the tray reads it again by itself.")


PROBES: tuple[Probe, ...] = (
    ("session-bus", "Session bus", session_bus),
    ("tray-host", "Tray", tray_host),
    ("notifications", "Notifications", notifications),
    ("autostart", "Start at login", autostart),
    ("settings", "Settings", settings),
)


def desktop(place: Place) -> bool:
    return bool(place.environ.get("DISPLAY") or place.environ.get("WAYLAND_DISPLAY"))


def on_x11(place: Place) -> bool:
    """Will Qt speak X11 here? On Wayland it knows no XEmbed."""
    if not place.environ.get("DISPLAY"):
        return False
    platform = place.environ.get("QT_QPA_PLATFORM", "")
    return platform.startswith("xcb") or not place.environ.get("WAYLAND_DISPLAY")


def xembed_host(display: str) -> bool | None:
    """Does somebody own _NET_SYSTEM_TRAY_Sn (System Tray Protocol)? None where X can't be asked."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
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


@contextmanager
def _bus(place: Place) -> Iterator[SessionBus]:
    bus = SessionBus(session_address(place.environ))
    bus.connect()
    try:
        yield bus
    finally:
        bus.close()
