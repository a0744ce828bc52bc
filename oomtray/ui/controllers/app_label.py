"""The name and icon under which the window shows an app or a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from oomtray.risk.judged import App


@dataclass(frozen=True, slots=True)
class AppLabel:
    """Name, detail and icon, ready to draw: control characters are already escaped."""

    name: str
    detail: str
    """A detail that distinguishes apps of the same name, such as `python3 · ~/lab`; empty if not needed."""
    icon: QIcon | None
    """None until it is known; its place is left empty."""


_SHELLS = {"org.gnome.Shell": "GNOME Shell", "plasma-plasmashell": "Plasma", "plasma-kwin_wayland": "KWin", "plasma-kwin_x11": "KWin"}
"""Display names of desktop components that run as user services, by unit name without `@` and what follows."""


def plain_name(app: App) -> str:
    """Return the name of an app for which no installed desktop entry is known."""
    return _SHELLS.get(app.name.partition("@")[0], app.name)
