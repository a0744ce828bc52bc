"""Where the icon is: X11 tells, Wayland does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QCursor, QGuiApplication

if TYPE_CHECKING:
    from oomtray.ui.tray.tray_icon import TrayIcon


def on_x11() -> bool:
    return QGuiApplication.platformName() == "xcb"


def anchor(tray: TrayIcon | None) -> QRect | None:
    """Where the icon is, or where it was clicked; None where nobody may know, as on Wayland."""
    if not on_x11():
        return None
    if tray is not None and not tray.geometry().isEmpty():
        return tray.geometry()
    return QRect(QCursor.pos(), QCursor.pos())
