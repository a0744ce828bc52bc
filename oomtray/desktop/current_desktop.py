"""Which desktop this is, by its environment, and whose panel shows the icon."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Panel = Literal[
    "gnome", "kde", "xfce", "lxqt", "mate", "x-cinnamon", "unity", "pantheon", "budgie", "lxde", "sway", "hyprland", "i3",
    "wayland", "x11",
]  # fmt: skip
PANELS: tuple[Panel, ...] = get_args(Panel)
DARK_PANELS: frozenset[Panel] = frozenset(
    {"gnome", "xfce", "x-cinnamon", "unity", "pantheon", "budgie", "sway", "hyprland", "i3", "wayland"}
)
"""Those that are dark beside light windows, unless one has changed that; of "wayland" most bars, such as Waybar."""


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
