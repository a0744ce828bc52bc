"""What an app or a process is called in the window, with its icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

    from oomtray.risk.judged import App


@dataclass(frozen=True, slots=True)
class AppLabel:
    """Name, second line and icon, ready to be drawn: control characters are already written out."""

    name: str
    detail: str
    """What a name alone leaves open, such as `python3 · ~/lab` for a script; empty where there is nothing to add."""
    icon: QIcon | None
    """None while it isn't known yet: its place stays empty."""


_SHELLS = {"org.gnome.Shell": "GNOME Shell", "plasma-plasmashell": "Plasma", "plasma-kwin_wayland": "KWin", "plasma-kwin_x11": "KWin"}
"""The parts of a desktop that run as services of the user, by their units' names without `@` and what follows."""


def plain_name(app: App) -> str:
    """What an app is called that no installed one is known for."""
    return _SHELLS.get(app.name.partition("@")[0], app.name)
