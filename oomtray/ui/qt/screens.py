"""How much room the screen of a window has.

A widget is not asked for its screen: PySide makes the screen a child of the widget then, and deletes it with the widget's last
reference in the collector of garbage, after which the next window that opens crashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget


def free_size(widget: QWidget) -> QSize:
    """Without panels. Of a window that was not shown yet: that of the window which it belongs to."""
    return _screen(widget).availableSize()


def keep_on_screen(window: QWidget) -> None:
    """Move up one that has grown beyond the screen's lower edge; where windows aren't told their place it stays."""
    if not window.isVisible():
        return
    free, frame = _screen(window).availableGeometry(), window.frameGeometry()
    if frame.bottom() > free.bottom() and frame.top() > free.top():
        window.move(frame.left(), max(frame.top() - (frame.bottom() - free.bottom()), free.top()))


def _screen(widget: QWidget) -> QScreen:
    parent = widget.parentWidget()
    placed = widget if widget.isVisible() or parent is None else parent.window()
    return QGuiApplication.screenAt(placed.frameGeometry().center()) or QGuiApplication.primaryScreen()
