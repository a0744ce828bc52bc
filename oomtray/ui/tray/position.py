"""The position of the tray icon, which X11 reveals and Wayland doesn't."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QCursor, QGuiApplication


def on_x11() -> bool:
    return QGuiApplication.platformName() == "xcb"


def anchor(geometry: QRect, clicked: QPoint | None) -> QRect | None:
    """Return where the icon is, was last clicked, or most likely is; None if unknowable, as on Wayland.

    `geometry` is empty and `clicked` is None if they aren't known.
    """
    if not on_x11():
        return None
    if not geometry.isEmpty():
        return geometry
    if clicked is None or QGuiApplication.screenAt(clicked) is None:
        screen = QGuiApplication.primaryScreen()
        clicked = likely_place(screen.geometry(), screen.availableGeometry(), QCursor.pos())
    return QRect(clicked, clicked)


def likely_place(screen: QRect, free: QRect, pointer: QPoint) -> QPoint:
    """Return the end of a panel at which most have their icons, right or below; the pointer if no panel is known.

    Of two, above and below, MATE and Xfce have them above.
    """
    if free == screen:
        return pointer
    if free.left() > screen.left() and free.height() == screen.height() and free.right() == screen.right():
        return screen.bottomLeft()
    return screen.topRight() if free.top() > screen.top() else screen.bottomRight()


def is_on_panel(place: QPoint) -> bool:
    """Whether it is on the part of a screen that windows leave free; never with several screens, where Qt doesn't know it."""
    screen = QGuiApplication.screenAt(place)
    return screen is not None and not screen.availableGeometry().contains(place)
