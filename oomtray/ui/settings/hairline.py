"""A line of one pixel between parts of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from oomtray.ui.qt import contrast

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Hairline(QFrame):
    def __init__(self, shape: QFrame.Shape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if shape == QFrame.Shape.VLine:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.fillRect(self.rect(), contrast.of(self.palette()).line)
        painter.end()
