"""Tab order by layout, that is by what is seen, whenever each part was created.

Qt's own chain has widgets in order of creation, so a page built late or an added row would come after the
window's bottom. That chain isn't followed here: Python would keep references to Qt's internal widgets in it,
which then crashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLayout, QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator


def stops(root: QWidget) -> list[QWidget]:
    """Return what Tab reaches in a window or a part of it, in order."""
    return list(_below(root))


def move_on(window: QWidget, *, forward: bool) -> bool:
    """Focus the next or previous stop, wrapping around, and scroll it into view; return whether there is one."""
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
    """Scroll all enclosing scroll areas until the widget is visible."""
    parent = widget.parentWidget()
    while parent is not None and not widget.isWindow():
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, 0, 24)
        parent = parent.parentWidget()


def _below(widget: QWidget) -> Iterator[QWidget]:
    if not widget.isVisible() or not widget.isEnabled():
        return
    proxy = widget.focusProxy()
    if proxy is not None and proxy.parentWidget() is widget and widget.layout() is None:
        yield from _below(proxy)  # of parts that are placed by hand it is the one that takes keys
    elif proxy is None and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    if isinstance(widget, (QAbstractSpinBox, QComboBox)):  # the line edit in it is a part of it
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
