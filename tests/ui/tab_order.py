"""Whether Tab goes as one reads."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget


def is_in_order(page: QWidget, before: QWidget, after: QWidget) -> bool:
    """Whether one reads from the first on to the second: further right on one line, or below."""
    one, other = (QRect(widget.mapTo(page, QPoint(0, 0)), widget.size()) for widget in (before, after))
    if other.center().y() > one.bottom() or other.top() >= one.center().y():
        return True
    right = other.left() >= one.right()
    return right != (page.layoutDirection() == Qt.LayoutDirection.RightToLeft)
