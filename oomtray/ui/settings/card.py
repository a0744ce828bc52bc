"""A frame with the background of lists around rows that hairlines separate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPalette, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_ROUND = 6


class Card(QWidget):
    def __init__(self, parent: QWidget | None = None, *, ends: int = 1) -> None:
        """`ends` is the padding above and below in pixels: 3 if the content would paint over the corners."""
        super().__init__(parent)
        self._column = fill(QVBoxLayout(self), margins=(1, ends, 1, ends), spacing=1)
        self._parts: list[QWidget] = []

    def add(self, part: QWidget) -> None:
        self._parts.append(part)
        self._column.addWidget(part)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.setPen(QPen(found.line, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
        for part in [part for part in self._parts if part.isVisible()][1:]:
            top = part.geometry().top() - 0.5  # between two pixels, so that the line is sharp
            painter.drawLine(QLineF(1, top, self.width() - 1, top))
        painter.end()
