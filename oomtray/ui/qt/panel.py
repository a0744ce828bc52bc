"""The ground of lists and sums in a dialog, and of the popup's rows: without what a dialog alone needs of Qt."""

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
    """`box`: the part of the widget that it is; None where it is all of it."""
    found = contrast.of(widget.palette(), on_base=True)
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(found.line))
    painter.setBrush(found.ground)
    whole = QRectF(widget.rect() if box is None else box)
    painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
    painter.end()
