"""The state of the popup's shortcut, which the desktop grants or doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.desktop.global_shortcut import ShortcutStatus, State


def description() -> str:
    """Say what the shortcut does, for the desktop's dialog and settings."""
    return tr("Open or close the popup")


def status(now: ShortcutStatus, command: str) -> str:
    """Describe the state; `command` starts the app, or shows its popup if it runs, and has its own line."""
    if now.state == "bound":
        return tr("Keys that the desktop has set: {keys}", keys=printable(now.keys))
    return tr(_SAYS[now.state], command=printable(command))


_SAYS: dict[State, str] = {
    "off": mark("The desktop asks you for the keys."),
    "asking": mark("The desktop is asked for the keys…"),
    "without-keys": mark("The desktop has set no keys for it yet. Set them in its keyboard settings, under OOM Tray."),
    "declined": mark("You declined it when the desktop asked. Switch it off and on to be asked again."),
    "not-offered": mark(
        "This desktop gives apps no shortcuts. Set one in its own keyboard settings instead, for this command, which"
        " opens the popup:\n{command}"
    ),
    "unknown-app": mark(
        "The desktop doesn't know OOM Tray, because its menu entry isn't installed. Install it, or set a shortcut in the"
        " desktop's keyboard settings for this command, which opens the popup:\n{command}"
    ),
    "ended": mark("The desktop has taken the shortcut back. Switch it off and on to ask for it again."),
    "gone": mark("The part of the desktop that gives shortcuts isn't running. When it is back, so is the shortcut."),
    "failed": mark(
        "The desktop couldn't set a shortcut. Set one in its own keyboard settings instead, for this command, which"
        " opens the popup:\n{command}"
    ),
}
