"""A frame with the background of lists, around what belongs together."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oomtray.ui.history import chart_colors

_ROUND = 6


class Sheet(QWidget):
    def __init__(self, parent: QWidget, *, margins: tuple[int, int, int, int]) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(*margins)
        self._column.setSpacing(6)

    def add(self, part: QWidget, stretch: int = 0) -> None:
        self._column.addWidget(part, stretch)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = chart_colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.setPen(QPen(found.edge, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
        painter.end()
