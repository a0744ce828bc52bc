"""Follows the look of GTK desktops without loading GTK: Qt's plugin for it would take 21 MiB as long as the tray runs."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from oomtray.desktop.current_desktop import desktops

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping, Sequence

    from oomtray.dbus.session import SessionBus
    from oomtray.desktop.look import Look
    from oomtray.desktop.portal_settings import PortalSettings
    from oomtray.ui.qt.x11_settings import XSettings

_GTK_DESKTOPS = frozenset({"gnome", "x-cinnamon", "pantheon", "unity", "mate", "xfce", "lxde"})
"""Desktops on which Qt would load GTK (6.11, qgenericunixtheme.cpp, themeNames)."""
_SCALE = "QT_SCALE_FACTOR"
_OTHER_SCALES = (_SCALE, "QT_SCREEN_SCALE_FACTORS", "QT_ENABLE_HIGHDPI_SCALING", "WAYLAND_DISPLAY")
_AFTER_ICON_MS = 80
"""After the start: the icon is out by then and follows the color scheme."""
_OPTION = "platformtheme"


def theme_options(argv: Sequence[str], environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return Qt options that select its theme without GTK, if Qt would load GTK and the user has chosen none.

    These are options because child programs would inherit an environment variable.
    """
    asked = any(one.lstrip("-").partition("=")[0] == _OPTION for one in argv if one.startswith("-"))
    if asked or environ.get("QT_QPA_PLATFORMTHEME") or _GTK_DESKTOPS.isdisjoint(desktops(environ)):
        return []
    return [f"-{_OPTION}", "gnome"]


@contextmanager
def scaled_as_gtk(environ: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Let Qt start at the scale of Xfce's windows, which only GTK programs are told; others double the resolution with it.

    It is a variable of the environment for as long as Qt starts, because child programs would inherit it.
    """
    scale = _windows_scale() if "xfce" in desktops(environ) and not any(map(environ.get, _OTHER_SCALES)) else 1
    if scale > 1:
        environ[_SCALE] = f"{scale}"
    try:
        yield
    finally:
        if scale > 1:
            del environ[_SCALE]


def _windows_scale() -> int:
    from oomtray.ui.qt.x11_settings import read_once

    told = read_once()
    scale = told.get("Gdk/WindowScalingFactor")
    return scale if isinstance(scale, int) and scale in (2, 3) and "Gdk/UnscaledDPI" not in told else 1


class DesktopLook(QObject):
    """Follows the desktop's look from shortly after the start, without blocking on anything."""

    changed = Signal()

    def __init__(self, bus: SessionBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._look: Look | None = None
        self._file: dict[str, str] = {}
        self._portal: PortalSettings | None = None
        self._x11: XSettings | None = None
        QTimer.singleShot(_AFTER_ICON_MS, self.start)

    @Slot()
    def start(self) -> None:
        from oomtray.desktop import look
        from oomtray.desktop.portal_settings import PortalSettings

        self._file = look.read_file()
        if QGuiApplication.platformName() == "xcb":
            from oomtray.ui.qt.x11_settings import XSettings

            self._x11 = XSettings(self)
            self._x11.changed.connect(self._follow)
            self._x11.start()
        self._portal = PortalSettings(self._bus, look.NAMESPACES, self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        from oomtray.desktop.look import look_of

        told = {} if self._portal is None else self._portal.values
        look = look_of(None if self._x11 is None else self._x11.values, told, self._file)
        if look != self._look:
            self._look = look
            self._apply(look)
            self.changed.emit()

    def _apply(self, look: Look) -> None:
        from oomtray.desktop.theme_colors import colors_of
        from oomtray.ui.qt import gtk_look

        # desktops that ask for high contrast by the portal leave the theme as it is
        theme = "HighContrast" if look.high_contrast and not look.forced and look.theme == "Adwaita" else look.theme
        gtk_look.apply(look, colors_of(theme, dark=look.dark))
        name, size = look.cursor
        if QGuiApplication.platformName() != "xcb":  # on X11 Qt asks the server
            if name:
                os.environ.setdefault("XCURSOR_THEME", name)
            if size:
                os.environ.setdefault("XCURSOR_SIZE", str(size))
