"""How much room the screen of a window has.

A widget is not asked for its screen: PySide makes the screen a child of the widget then, and deletes it with the widget's last
reference in the collector of garbage, after which the next window that opens crashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QWidget


def free_size(widget: QWidget) -> QSize:
    """Without panels. Of a window that was not shown yet: that of the window which it belongs to."""
    parent = widget.parentWidget()
    placed = widget if widget.isVisible() or parent is None else parent.window()
    screen = QGuiApplication.screenAt(placed.frameGeometry().center()) or QGuiApplication.primaryScreen()
    return screen.availableSize()
