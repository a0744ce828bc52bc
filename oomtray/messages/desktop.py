"""What the tray app says about itself and the desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr

if TYPE_CHECKING:
    from oomtray.desktop.current_desktop import Panel


def already_running(pid: int | None) -> str:
    if pid is None:
        return tr("OOM Tray is already running.")
    return tr("OOM Tray is already running as process {pid}.", pid=pid)


def does_not_respond(pid: int | None) -> str:
    if pid is None:
        return tr("OOM Tray is already running, but it does not respond.")
    return tr("OOM Tray is already running as process {pid}, but it does not respond.", pid=pid)


def runs_as_root() -> str:
    return tr(
        "OOM Tray is running as root, so what you end or change here affects every user's apps. Start it as"
        " yourself instead: it asks for permission when it needs it."
    )


def replaced() -> str:
    """Say that an update has replaced the program's files while it runs."""
    return tr("OOM Tray was updated. It restarts once its windows are closed; until then, not everything works.")


def removed() -> str:
    """Say that the program's files are gone while it runs."""
    return tr("OOM Tray was removed from this computer. It quits once its windows are closed.")


def unreadable(error: str) -> str:
    """Return the icon's tooltip if /proc could not be read; `error` is the operating system's message."""
    return tr("The system can't be read, so nothing is known right now. {error}", error=error)


def no_rule(name: str) -> str:
    """Say that no rule can be created; `name` must be printable, as for the next function."""
    return tr("A rule can't be created for {name}.", name=name)


def no_service(name: str) -> str:
    return tr("{name} doesn't belong to a service.", name=name)


def no_panel(panel: Panel) -> str:
    return tr("No panel here shows tray icons, so this is a window. {remedy}", remedy=tray_remedy(panel))


def tray_remedy(panel: Panel) -> str:
    """Say how to get a tray on this desktop."""
    return tr(_TRAY_REMEDIES[panel])


_BAR = mark("Use a bar with a tray, such as Waybar with its tray module.")
_TRAY_REMEDIES: dict[Panel, str] = {
    "gnome": mark(
        "GNOME has no tray of its own. Install the extension AppIndicator and KStatusNotifierItem Support (package"
        " gnome-shell-extension-appindicator), turn it on, and log in again."
    ),
    "kde": mark("Add the System Tray widget to a Plasma panel."),
    "xfce": mark("Add the Status Tray Plugin to the Xfce panel."),
    "lxqt": mark("Add the Status Notifier Plugin to the LXQt panel."),
    "mate": mark("Add the Notification Area to a MATE panel."),
    "x-cinnamon": mark("Add the XApp Status or System Tray applet to a Cinnamon panel."),
    "unity": mark("Install the package indicator-application."),
    "pantheon": mark("elementary OS shows no tray icons. Install a Wingpanel indicator for Ayatana AppIndicators."),
    "budgie": mark("Add the System Tray applet to a Budgie panel."),
    "lxde": mark("Add the System Tray to the LXDE panel."),
    "sway": _BAR,
    "hyprland": _BAR,
    "i3": mark("Set tray_output in the bar section of the i3 configuration."),
    "wayland": mark("Run a panel that shows StatusNotifierItem icons, such as Waybar with its tray module."),
    "x11": mark("Run a panel with a notification area, such as xfce4-panel, lxqt-panel, tint2 or trayer."),
}
