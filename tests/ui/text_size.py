"""The desktop's text size, for the time of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication


@contextmanager
def text_size(points: float) -> Iterator[None]:
    """Windows that are made meanwhile have letters of so many points."""
    before, font = QApplication.font(), QFont(QApplication.font())
    font.setPointSizeF(points)
    QApplication.setFont(font)
    try:
        yield
    finally:
        QApplication.setFont(before)
