"""Resizes a window step by step, and says what must not happen: what fits at a width depends on whence it came, or is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from oomtray.ui.qt.labels import Elided

_TURNS = 12
"""Of the event loop, in which nested layouts find their heights."""


class _Nested(QObject):
    """Counts resizes of a widget that come while the window is being resized: more than a few are a circle."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[int, int] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.counts[id(watched)] = self.counts.get(id(watched), 0) + 1
        return False


def faults(window: QWidget, widths: Iterable[int], height: int, arranged: Callable[[], object]) -> list[str]:
    """What is wrong at these widths, taken upwards and then downwards; none where all is well.

    `arranged` says how the window is arranged: the same at a width, from either side.
    """
    found: list[str] = []
    seen: dict[int, object] = {}
    nested = _Nested()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(nested)
    try:
        for width in (*sorted(widths), *sorted(widths, reverse=True)):
            nested.counts.clear()
            window.resize(width, height)
            for _ in range(_TURNS):
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
                QApplication.processEvents()
            if window.width() != width:
                found.append(f"{width}: became {window.width()} wide")
            if max(nested.counts.values(), default=0) > _TURNS:
                found.append(f"{width}: a widget was resized {max(nested.counts.values())} times")
            if seen.setdefault(width, arranged()) != arranged():
                found.append(f"{width}: {seen[width]} and {arranged()}")
            found += [f"{width}: {text}" for text in cut(window)]
    finally:
        app.removeEventFilter(nested)
    return found


def cut(window: QWidget) -> list[str]:
    """Labels and buttons whose text has no room, though they don't say so by an ellipsis."""
    found = []
    for part in window.findChildren(QWidget):
        if not part.isVisible() or part.window() is not window or isinstance(part, Elided):
            continue
        if isinstance(part, QLabel) and part.text() and part.wordWrap():
            lacks = part.height() < part.heightForWidth(part.width())
        elif isinstance(part, (QLabel, QAbstractButton)) and part.text():
            lacks = part.width() < part.sizeHint().width()
        else:
            continue
        if lacks:
            found.append(f"cut: {part.text()!r}")
    return found
