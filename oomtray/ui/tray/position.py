"""The position of the tray icon, which X11 reveals and Wayland doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QCursor, QGuiApplication

if TYPE_CHECKING:
    from oomtray.ui.tray.tray_icon import TrayIcon


def on_x11() -> bool:
    return QGuiApplication.platformName() == "xcb"


def anchor(tray: TrayIcon | None) -> QRect | None:
    """Return where the icon is, or where it was clicked; None if unknowable, as on Wayland."""
    if not on_x11():
        return None
    if tray is not None and not tray.geometry().isEmpty():
        return tray.geometry()
    return QRect(QCursor.pos(), QCursor.pos())
