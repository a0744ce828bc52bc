"""The background of lists and sums in dialogs, and of the popup's rows, without a dialog's dependencies."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import contrast

CORNER = 6


class Panel(QWidget):
    """A rounded box in the color of fields."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self)


def paint_panel(widget: QWidget, box: QRect | None = None) -> None:
    """Paint the box over the whole widget, or over the part given by `box`."""
    found = contrast.of(widget.palette(), on_base=True)
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(found.line))
    painter.setBrush(found.ground)
    whole = QRectF(widget.rect() if box is None else box)
    painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
    painter.end()
