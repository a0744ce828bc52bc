"""The free space on a window's screen.

A widget is not asked for its screen: PySide then makes the screen a child of the widget and deletes it when
the garbage collector frees the widget's last reference, after which the next window that opens crashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget


def free_size(widget: QWidget) -> QSize:
    """Return the screen's size without panels; for a window not shown yet, that of its parent's screen."""
    return _screen(widget).availableSize()


def keep_on_screen(window: QWidget) -> None:
    """Move a window up that has grown beyond the screen's lower edge, where windows are told their place."""
    if not window.isVisible():
        return
    free, frame = _screen(window).availableGeometry(), window.frameGeometry()
    if frame.bottom() > free.bottom() and frame.top() > free.top():
        window.move(frame.left(), max(frame.top() - (frame.bottom() - free.bottom()), free.top()))


def place_above(window: QWidget, other: QWidget) -> None:
    """Have a window that isn't shown yet come up in the middle of another that isn't its parent, and stay in front of it."""
    window.winId()  # without it there is nothing yet that could stand above another
    window.windowHandle().setTransientParent(other.windowHandle())
    free, place = _screen(other).availableGeometry(), QRect(QPoint(), window.sizeHint())
    place.moveCenter(other.frameGeometry().center())
    window.move(max(place.left(), free.left()), max(place.top(), free.top()))


def _screen(widget: QWidget) -> QScreen:
    parent = widget.parentWidget()
    placed = widget if widget.isVisible() or parent is None else parent.window()
    return QGuiApplication.screenAt(placed.frameGeometry().center()) or QGuiApplication.primaryScreen()
