"""How GTK programs look on this desktop, by the sources that GTK reads: its file, XSETTINGS or GNOME's settings, GTK_THEME.

Sources: GTK 3.24, GtkSettings, gdk/x11/gdksettings.c (the names in XSETTINGS), gdk/wayland/gdkscreen-wayland.c (those in
GSettings), gtk/gtksettings.c (settings.ini, GTK_THEME); org.freedesktop.portal.Settings, version 2.
"""

from __future__ import annotations

import os
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from oomtray.file_access import FileError, read_whosoever
from oomtray.paths import config_dirs, config_home
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

APPEARANCE = "org.freedesktop.appearance"
INTERFACE = "org.gnome.desktop.interface"
MOUSE = ("org.gnome.desktop.peripherals.mouse", "org.gnome.settings-daemon.peripherals.mouse")
NAMESPACES = (APPEARANCE, INTERFACE, *MOUSE)

Portal = dict[tuple[str, str], Any]
"""Values by namespace and key."""

_DEFAULTS: Final[dict[str, Any]] = {
    "theme": "Adwaita",
    "icons": "Adwaita",
    "icons_else": "hicolor",
    "font": "Sans 10",
    "text_scale": 1.0,
    "double_click": 400,
    "blinks": 1,
    "blink_time": 1200,
    "prefer_dark": 0,
    "cursor": "",
    "cursor_size": 0,
}
_XSETTINGS = {
    "Net/ThemeName": "theme",
    "Net/IconThemeName": "icons",
    "Net/FallbackIconTheme": "icons_else",
    "Gtk/FontName": "font",
    "Net/DoubleClickTime": "double_click",
    "Net/CursorBlink": "blinks",
    "Net/CursorBlinkTime": "blink_time",
}
_PORTAL = {
    (INTERFACE, "gtk-theme"): "theme",
    (INTERFACE, "icon-theme"): "icons",
    (INTERFACE, "font-name"): "font",
    (INTERFACE, "text-scaling-factor"): "text_scale",
    (INTERFACE, "cursor-blink"): "blinks",
    (INTERFACE, "cursor-blink-time"): "blink_time",
    (INTERFACE, "cursor-theme"): "cursor",
    (INTERFACE, "cursor-size"): "cursor_size",
    **{(mouse, "double-click"): "double_click" for mouse in MOUSE},
}
_FILE = {
    "gtk-theme-name": "theme",
    "gtk-icon-theme-name": "icons",
    "gtk-fallback-icon-theme": "icons_else",
    "gtk-font-name": "font",
    "gtk-double-click-time": "double_click",
    "gtk-cursor-blink": "blinks",
    "gtk-cursor-blink-time": "blink_time",
    "gtk-application-prefer-dark-theme": "prefer_dark",
}
_LONGEST_NAME, _LARGEST_FILE = 255, 1 << 16
_MOST_TIME = 10_000
_TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True, slots=True)
class Look:
    theme: str
    dark: bool
    """Whether the dark variant is requested; a theme may be dark by itself."""
    forced: bool
    """Set by GTK_THEME, which overrides every other choice of colors."""
    icons: str
    icons_else: str
    font: str
    """Pango font description, such as `Cantarell Bold 11`."""
    text_scale: float
    double_click: int
    """Milliseconds."""
    blink: int
    """Milliseconds of a text cursor's full cycle; 0 if it doesn't blink."""
    high_contrast: bool
    accent: tuple[float, float, float] | None = None
    """Red, green and blue from 0 to 1."""
    cursor: tuple[str, int] = field(default=("", 0))
    """Theme and size in pixels of the pointer; empty and 0 if unknown."""


def look_of(
    xsettings: Mapping[str, int | str] | None, portal: Portal, file: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> Look:
    """Combine the sources; `xsettings` is None without a settings daemon.

    With one, GNOME's settings in the portal are ignored, because they aren't those of this desktop.
    """
    found = dict(_DEFAULTS)
    _take(found, {name: _as_default(found, _FILE[name], value) for name, value in file.items() if name in _FILE}, _FILE)
    if xsettings is None:
        _take(found, portal, _PORTAL)
    else:
        _take(found, xsettings, _XSETTINGS)
    scheme, contrast = portal.get((APPEARANCE, "color-scheme")), portal.get((APPEARANCE, "contrast"))
    forced, _, variant = environ.get("GTK_THEME", "").partition(":")
    return Look(
        theme=forced or found["theme"],
        dark=variant == "dark" if forced else bool(found["prefer_dark"]) or scheme == 1,
        forced=bool(forced),
        icons=found["icons"],
        icons_else=found["icons_else"],
        font=found["font"],
        text_scale=min(max(found["text_scale"], 0.5), 3.0),
        double_click=found["double_click"] or _DEFAULTS["double_click"],
        blink=found["blink_time"] if found["blinks"] else 0,
        high_contrast=contrast == 1,
        accent=_color(portal.get((APPEARANCE, "accent-color"))),
        cursor=(found["cursor"], found["cursor_size"]),
    )


def read_file(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the settings in GTK's settings.ini files; the user's override the system's."""
    found: dict[str, str] = {}
    for folder in [*reversed(config_dirs(environ)), config_home(environ)]:
        try:
            content = read_whosoever(os.path.join(folder, "gtk-3.0", "settings.ini"), links=True, limit=_LARGEST_FILE)
        except FileError:
            continue
        inside = False
        for line in (content or b"").decode(errors="replace").splitlines():
            key, equals, value = (part.strip() for part in line.partition("="))
            if line.lstrip().startswith("["):
                inside = line.strip() == "[Settings]"
            elif inside and equals and not key.startswith("#"):
                found[key] = value
    return found


def _take(found: dict[str, Any], values: Mapping[Any, Any], names: Mapping[Any, str]) -> None:
    """Take over values of the right type and a plausible size."""
    for name, ours in names.items():
        value = values.get(name)
        if isinstance(_DEFAULTS[ours], str):
            if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME:
                found[ours] = value
        elif isinstance(value, int | float) and 0 <= value <= _MOST_TIME:
            found[ours] = type(_DEFAULTS[ours])(value)


def _as_default(found: Mapping[str, Any], name: str, value: str) -> int | str | None:
    if isinstance(found[name], str):
        return value
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else int(value.lower() in _TRUE)


def _color(value: Any) -> tuple[float, float, float] | None:
    """Return None also for parts out of range, which stand for no accent color."""
    if not isinstance(value, tuple | list) or len(value) != 3:
        return None
    red, green, blue = value
    return (red, green, blue) if all(isinstance(part, float) and 0 <= part <= 1 for part in value) else None
