"""Whether Tab goes as one reads, and is seen where it is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget


def is_in_order(page: QWidget, before: QWidget, after: QWidget) -> bool:
    """Whether one reads from the first on to the second: further right on one line, or below."""
    one, other = (QRect(widget.mapTo(page, QPoint(0, 0)), widget.size()) for widget in (before, after))
    if other.center().y() > one.bottom() or other.top() >= one.center().y():
        return True
    right = other.left() >= one.right()
    return right != (page.layoutDirection() == Qt.LayoutDirection.RightToLeft)


def looks_focused(widget: QWidget) -> bool:
    """Whether it is painted otherwise than without the focus."""
    with_focus = widget.grab().toImage()
    widget.blockSignals(True)
    widget.clearFocus()
    without = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    widget.blockSignals(False)
    return with_focus != without


def tour(qtbot: Any, dialog: QWidget, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Where the key leads until it is back at the beginning.

    Pressed, as PySide takes what `nextInFocusChain` returns for a child of the widget asked: a window that it returned is not
    Python's any more, and the garbage collector empties its objects while Qt still calls them.
    """
    found = [dialog.focusWidget()]
    while len(found) < 30:
        qtbot.keyClick(found[-1], key)
        if dialog.focusWidget() is found[0]:
            return found
        found.append(dialog.focusWidget())
    raise AssertionError(found)
