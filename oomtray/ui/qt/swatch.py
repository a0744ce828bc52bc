"""The samples of a legend, and a line of them with what each stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter, QPaintEvent

    from oomtray.ui.qt.colors import Colors

    Paint = Callable[[QPainter, QRectF, Colors], None]


class Swatch(QWidget):
    """A sample of a fixed size; `paint` draws it in its box."""

    def __init__(self, size: QSize, paint: Paint, parent: QWidget) -> None:
        super().__init__(parent)
        self.paint = paint
        self.setFixedSize(size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        self.paint(painter, QRectF(self.rect()), found)


class LegendLine(QWidget):
    """Samples, each before its text."""

    def __init__(self, parent: QWidget, *entries: tuple[QSize, Paint, str]) -> None:
        super().__init__(parent)
        line = fill(QHBoxLayout(self), margins=(0, 0, 0, 0), spacing=6)
        for number, (size, paint, text) in enumerate(entries):
            label = Plain(text, self, faint=True)
            label.setFont(small(self.font()))
            if number:
                line.addSpacing(6)
            line.addWidget(Swatch(size, paint, self))
            line.addWidget(label)
