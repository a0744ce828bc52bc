"""Where the pointer rests, which a test changes only for its own time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


@contextmanager
def pointer_at(widget: QWidget, place: QPoint) -> Iterator[None]:
    before = QCursor.pos()
    QCursor.setPos(widget.mapToGlobal(place))
    QTest.mouseMove(widget, place)
    try:
        yield
    finally:
        QCursor.setPos(before)
