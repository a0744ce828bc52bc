"""A thin scroll bar in the colors of what it scrolls: Fusion's is wide, and looks foreign beside lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QScrollBar, QWidget

from oomtray.ui.qt import colors
from oomtray.ui.qt.painting import paint_round

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent
    from PySide6.QtWidgets import QAbstractScrollArea

_WIDTH, _HANDLE = 10, 6
"""Width in pixels of the clickable area, and of the visible handle."""
_LEAST_LENGTH = 28
_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


def use_thin_scroll_bars(
    area: QAbstractScrollArea, *, on_base: bool = True, sideways: bool = False, clear: bool = False
) -> None:
    """Replace an area's vertical scroll bar, and with `sideways` the horizontal one too.

    `on_base` says that the area has the background of a list, not of a window; with `clear` the bar shows what the
    area has painted below it, such as a frame with round corners.
    """
    down = ThinScrollBar(area, on_base=on_base, clear=clear)
    area.setVerticalScrollBar(down)
    if isinstance(area, QAbstractItemView):
        # Qt connects only the bar that it makes itself: the row below a pointer at rest would not be lit up after a scroll
        down.valueChanged.connect(area.verticalScrollbarValueChanged)
    if sideways:
        across = ThinScrollBar(area, _ACROSS, on_base=on_base)
        area.setHorizontalScrollBar(across)
        if isinstance(area, QAbstractItemView):
            across.valueChanged.connect(area.horizontalScrollbarValueChanged)
        corner = QWidget(area)  # where both bars meet, some styles draw a sunken square
        corner.setBackgroundRole(QPalette.ColorRole.Base if on_base else QPalette.ColorRole.Window)
        corner.setAutoFillBackground(True)
        area.setCornerWidget(corner)


def use_whole_width(rows: QAbstractItemView, *, clear: bool = False) -> None:
    """Take away the frame of rows and their horizontal scroll bar, and make the vertical one thin."""
    rows.setFrameShape(QFrame.Shape.NoFrame)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    use_thin_scroll_bars(rows, clear=clear)


class ThinScrollBar(QScrollBar):
    """A scroll bar without arrows; a press beside the handle scrolls by a page, and on while it is held."""

    def __init__(
        self,
        parent: QWidget | None = None,
        orientation: Qt.Orientation = _DOWN,
        *,
        on_base: bool = True,
        clear: bool = False,
    ) -> None:
        super().__init__(orientation, parent)
        self._on_base, self._clear = on_base, clear
        if clear:
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)  # not each style takes it away
        self._grabbed: int | None = None
        """Pixels between the handle's start and the pointer that holds it."""
        self._towards = 0
        """Where the button went down beside the handle."""

    def sizeHint(self) -> QSize:
        return self._turned(QSize(_WIDTH, 60))

    def handle(self) -> tuple[int, int]:
        """Return the start and the length of the handle in pixels."""
        span = self.maximum() - self.minimum()
        room = self._room()
        if span <= 0:
            return 0, room
        length = max(room * self.pageStep() // (span + self.pageStep()), min(_LEAST_LENGTH, room))
        gone = (room - length) * (self.value() - self.minimum()) // span
        return room - length - gone if self._from_right() else gone, length

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette(), on_base=self._on_base)
        painter = QPainter(self)
        if not self._clear:
            colors.fill(painter, self.rect(), found.ground)
        start, length = self.handle()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = self.underMouse() or self._grabbed is not None
        aside, long = (_WIDTH - _HANDLE) / 2, max(length - 4, _HANDLE)
        shape = (
            QRectF(aside, start + 2, _HANDLE, long)
            if self.orientation() == _DOWN
            else QRectF(start + 2, aside, long, _HANDLE)
        )
        paint_round(painter, shape, _HANDLE / 2, ground=found.muted if seen else colors.blend(found.muted, found.ground, 0.6))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        at, (start, length) = round(self._along(event.position())), self.handle()
        if start <= at < start + length:
            self._grabbed = at - start
            self.setSliderDown(True)
            self.update()
        else:
            back = (at < start) != self._from_right()
            step = self.SliderAction.SliderPageStepSub if back else self.SliderAction.SliderPageStepAdd
            self._towards = at
            self.triggerAction(step)
            if not self._arrived():
                self.setRepeatAction(step)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None:
            return
        room = self._room() - self.handle()[1]
        if room > 0:
            part = (self._along(event.position()) - self._grabbed) / room
            part = 1 - part if self._from_right() else part
            self.setValue(self.minimum() + round(part * (self.maximum() - self.minimum())))

    def sliderChange(self, change: QScrollBar.SliderChange) -> None:
        super().sliderChange(change)
        if self.repeatAction() != self.SliderAction.SliderNoAction and self._arrived():
            self.setRepeatAction(self.SliderAction.SliderNoAction)

    def _arrived(self) -> bool:
        """Whether the handle has come to where the button is held down, and pages need not be turned on."""
        start, length = self.handle()
        return start <= self._towards < start + length

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setRepeatAction(self.SliderAction.SliderNoAction)
        if event.button() == Qt.MouseButton.LeftButton and self._grabbed is not None:
            self._grabbed = None
            self.setSliderDown(False)
            self.update()

    def _turned(self, size: QSize) -> QSize:
        return size if self.orientation() == _DOWN else size.transposed()

    def _room(self) -> int:
        return self.height() if self.orientation() == _DOWN else self.width()

    def _along(self, place: QPointF) -> float:
        return place.y() if self.orientation() == _DOWN else place.x()

    def _from_right(self) -> bool:
        """Whether the least value is on the right, as in right-to-left languages."""
        return self.orientation() == _ACROSS and self.isRightToLeft()
