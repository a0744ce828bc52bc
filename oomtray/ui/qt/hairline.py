"""A line of one pixel between two parts of a window."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colors, contrast


class Hairline(QWidget):
    def __init__(self, parent: QWidget, *, vertical: bool = False, air: int = 0) -> None:
        super().__init__(parent)
        self._air = air
        self.turn(vertical=vertical)

    def turn(self, *, vertical: bool) -> None:
        """Lay the line across, or stand it upright."""
        along, across = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        self.setSizePolicy(*((across, along) if vertical else (along, across)))
        self.setContentsMargins(*((self._air, 0) if vertical else (0, self._air)) * 2)

    def sizeHint(self) -> QSize:
        return QSize(1, 1).grownBy(self.contentsMargins())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors.fill(painter, self.contentsRect(), contrast.of(self.palette()).line)
        painter.end()
