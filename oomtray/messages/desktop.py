"""What the tray app says of itself and of the desktop that it runs on."""

from __future__ import annotations

from oomtray.messages.i18n import tr


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
