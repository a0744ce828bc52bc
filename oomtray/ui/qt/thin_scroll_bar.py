"""A thin scroll bar in the list's colors: those of styles are wide, and look foreign beside the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QScrollBar, QWidget

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

_WIDTH, _HANDLE = 10, 6
"""Width in pixels of the clickable area, and of the visible handle."""
_LEAST_LENGTH = 28


class ThinScrollBar(QScrollBar):
    """A vertical scroll bar; a press beside the handle scrolls by a page, as usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._grabbed: int | None = None
        """Pixels between the handle's top and the pointer that holds it."""

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 60)

    def minimumSizeHint(self) -> QSize:
        return QSize(_WIDTH, 2 * _LEAST_LENGTH)

    def handle(self) -> tuple[int, int]:
        """Return the start and the length of the handle in pixels."""
        span = self.maximum() - self.minimum()
        height = self.height()
        if span <= 0:
            return 0, height
        length = max(height * self.pageStep() // (span + self.pageStep()), min(_LEAST_LENGTH, height))
        return (height - length) * (self.value() - self.minimum()) // span, length

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette(), on_base=True)
        painter = QPainter(self)
        colors.fill(painter, self.rect(), found.ground)
        start, length = self.handle()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        seen = self.underMouse() or self._grabbed is not None
        painter.setBrush(found.muted if seen else colors.blend(found.muted, found.ground, 0.6))
        painter.drawRoundedRect(
            QRectF((_WIDTH - _HANDLE) / 2, start + 2, _HANDLE, max(length - 4, _HANDLE)), _HANDLE / 2, _HANDLE / 2
        )
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        at, (start, length) = round(event.position().y()), self.handle()
        if start <= at < start + length:
            self._grabbed = at - start
            self.setSliderDown(True)
            self.update()
        else:
            step = self.SliderAction.SliderPageStepSub if at < start else self.SliderAction.SliderPageStepAdd
            self.triggerAction(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            return
        room = self.height() - self.handle()[1]
        if room > 0:
            part = (event.position().y() - self._grabbed) / room
            self.setValue(self.minimum() + round(part * (self.maximum() - self.minimum())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._grabbed is not None:
            self._grabbed = None
            self.setSliderDown(False)
            self.update()
