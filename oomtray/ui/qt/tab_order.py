"""Where the Tab key leads: on in the order of the layouts, which is what is seen, whenever each part was made.

Qt's own chain has parts in the order in which they were made, so that a page that is built late, or a row that was added, would come
after the foot of its window. That chain isn't followed here: Python would hold on to Qt's own parts that are in it, which then crashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QScrollArea

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout, QWidget


def stops(root: QWidget) -> list[QWidget]:
    """What the Tab key reaches in a window or a part of it, first to last."""
    return list(_below(root))


def move_on(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to the next stop, or the one before, around the ends; it is scrolled into view. Whether there is one."""
    found = stops(window)
    current = window.focusWidget()
    if not found:
        return False
    place = found.index(current) if current in found else -1 if forward else 0
    following = found[(place + (1 if forward else -1)) % len(found)]
    following.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    show(following)
    return True


def show(widget: QWidget) -> None:
    """Scroll whatever it lies in until it is seen."""
    parent = widget.parentWidget()
    while parent is not None and not widget.isWindow():
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, 24)
        parent = parent.parentWidget()


def _below(widget: QWidget) -> Iterator[QWidget]:
    if not widget.isVisible() or not widget.isEnabled():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    if isinstance(widget, (QAbstractSpinBox, QComboBox)):  # the line in it is a part of it
        return
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        if inside is not None:
            yield from _below(inside)
    layout = widget.layout()
    if layout is not None:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _below(widget)
        elif inner is not None:
            yield from _laid_out(inner)
