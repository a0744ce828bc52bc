"""A slider for oom_score_adj with labels below it, from the last to go to the first."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QToolButton, QWidget

from oomtray.actions.adjust import HIGHEST, LOWEST
from oomtray.messages.i18n import tr, tr_c
from oomtray.text import adjustment
from oomtray.ui.qt import contrast
from oomtray.ui.qt.field_edges import is_fusion
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.painting import begin_painting, paint_round

if TYPE_CHECKING:
    from oomtray.config import Presets

_SPAN = 100
"""Slider positions between two labels."""
_BETWEEN = 12
"""Pixels between two labels; the outer ones may be up to 8 closer than their stops."""

_GROOVE = 0.36
"""Thickness of the groove relative to the handle."""
_FOCUS = 2
"""Width in pixels of the focus ring around the handle."""


class ValueSlider(QWidget):
    """A slider whose labels are equidistant, whatever their values; `moved` carries an oom_score_adj."""

    moved = Signal(int)

    def __init__(self, presets: Presets, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stops = _stops(presets)
        self.value = 0
        self.slider = _Bar(self)
        self.slider.setRange(0, _SPAN * (len(self.stops) - 1))
        self.slider.setSingleStep(4)
        self.slider.setPageStep(_SPAN)
        self.slider.setAccessibleName(tr("When it goes"))
        self.slider.valueChanged.connect(self._slid)
        self.words = [self._word(n) for n in range(len(self.stops))]
        self._widen()
        self.show_value(self.value)  # the slider itself begins at the lowest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.slider)

    def show_value(self, value: int) -> None:
        """Set the value without emitting `moved`."""
        self.value = value
        self.slider.blockSignals(True)
        self.slider.setValue(self._position(value))
        self.slider.blockSignals(False)
        self._tell()

    def word(self) -> str:
        place = self._position(self.value)
        return self.stops[min(round(place / _SPAN), len(self.stops) - 1)][1]

    def _word(self, at: int) -> QToolButton:
        value, text = self.stops[at]
        button = QToolButton(self)
        button.setText(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the focus goes to the slider, which has the keys
        button.setAccessibleDescription(f"oom_score_adj {adjustment(value)}")
        button.clicked.connect(lambda: self._go(value))
        return button

    def _go(self, value: int) -> None:
        self.show_value(value)
        self.slider.setFocus()
        self.moved.emit(value)

    @Slot(int)
    def _slid(self, position: int) -> None:
        at, rest = divmod(position, _SPAN)
        low = self.stops[at][0]
        high = self.stops[min(at + 1, len(self.stops) - 1)][0]
        self.value = low + round((high - low) * rest / _SPAN)
        self._tell()
        self.moved.emit(self.value)

    def _position(self, value: int) -> int:
        for at, ((low, _), (high, _)) in enumerate(zip(self.stops, self.stops[1:], strict=False)):
            if value <= high:
                return at * _SPAN + round(max(value - low, 0) * _SPAN / (high - low))
        return self.slider.maximum()

    def _tell(self) -> None:
        self.slider.setAccessibleDescription(f"{self.word()}, oom_score_adj {adjustment(self.value)}")
        plain, bold = self.font(), scaled(self.font(), 1.0, bold=True)
        for button, (value, _) in zip(self.words, self.stops, strict=True):
            button.setFont(bold if value == self.value else plain)
        self.update()

    # layout

    def _place_of(self, at: int) -> int:
        """Return the center of a stop, in pixels from the left."""
        option = QStyleOptionSlider()
        self.slider.initStyleOption(option)
        handle = self.slider.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self.slider)
        room = self.slider.width() - handle
        along = room * at // (len(self.stops) - 1)
        if self.isRightToLeft():
            along = room - along
        return self.slider.x() + handle // 2 + along

    def sizeHint(self) -> QSize:
        words = max(button.sizeHint().height() for button in self.words)
        return QSize(360, self.slider.sizeHint().height() + 8 + words)

    def minimumSizeHint(self) -> QSize:
        """Return a size with room for each label under its stop, as wide as in bold."""
        words = [button.minimumWidth() for button in self.words]
        apart = max((one + other) // 2 for one, other in pairwise(words)) + _BETWEEN
        return QSize(max(240, apart * (len(words) - 1) + max(words[0], words[-1])), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LayoutDirectionChange, QEvent.Type.FontChange):
            self._arrange()

    def _arrange(self) -> None:
        self._widen()
        side = max(self.words[0].minimumWidth(), self.words[-1].minimumWidth()) // 2 - 8
        tall = self.slider.sizeHint().height()
        self.slider.setGeometry(side, 0, max(self.width() - 2 * side, 40), tall)
        for at, button in enumerate(self.words):
            wide = button.minimumWidth()
            left = min(max(self._place_of(at) - wide // 2, 0), self.width() - wide)
            button.setGeometry(QRect(left, tall + 8, wide, button.sizeHint().height()))

    def _widen(self) -> None:
        """Make each label as wide as in bold, so that it doesn't move when the slider reaches it."""
        bold = QToolButton(self)
        bold.hide()
        bold.setFont(scaled(self.font(), 1.0, bold=True))
        for button in self.words:
            bold.setText(button.text())
            button.setMinimumWidth(bold.sizeHint().width())
        bold.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(contrast.of(self.palette()).muted)
        top = self.slider.height() + 1
        for at in range(len(self.stops)):
            middle = self._place_of(at)
            painter.drawLine(middle, top, middle, top + 5)


class _Bar(QSlider):
    """A slider that jumps to a click and replaces Fusion's handle, whose button color hardly shows on a window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not is_fusion():
            super().paintEvent(event)
            return
        painter, found = begin_painting(self)
        ink = found.calm if self.isEnabled() else found.muted
        handle = QRectF(self._handle(QStyleOptionSlider()))
        knob = min(handle.width(), handle.height()) - _FOCUS
        thick = knob * _GROOVE
        groove = QRectF(handle.width() / 2, 0, self.width() - handle.width(), thick)
        groove.moveTop(handle.center().y() - thick / 2)
        paint_round(painter, groove, thick / 2, edge=QPen(found.text, 1) if found.stark else None, ground=found.track)
        if self.isRightToLeft():
            groove.setLeft(handle.center().x())
        else:
            groove.setRight(handle.center().x())
        paint_round(painter, groove, thick / 2, ground=ink)
        painter.setPen(QPen(found.text if self.hasFocus() else ink, _FOCUS))
        if self.hasFocus() and ink == found.text:  # as in high contrast: apart from its ring by a gap
            painter.setBrush(found.ground)
            painter.drawEllipse(handle.center(), knob / 2, knob / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            knob -= 4 * _FOCUS
        painter.drawEllipse(handle.center(), knob / 2, knob / 2)

    def _handle(self, option: QStyleOptionSlider) -> QRect:
        self.initStyleOption(option)
        parts, style = QStyle.SubControl, self.style()
        return style.subControlRect(QStyle.ComplexControl.CC_Slider, option, parts.SC_SliderHandle, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        handle = self._handle(option)
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(event.position().toPoint()):
            room, at = self.width() - handle.width(), round(event.position().x()) - handle.width() // 2
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room, option.upsideDown))
        super().mousePressEvent(event)


def _stops(presets: Presets) -> list[tuple[int, str]]:
    """Return the values and labels, from the last to go to the first; presets out of order are left out."""
    wanted = [
        (LOWEST, tr_c("to be killed", "Last")),
        (presets.protect, tr_c("from being killed", "Protected")),
        (0, tr_c("to be killed", "Normal")),
        (presets.deprioritize, tr_c("to be killed", "Early")),
        (HIGHEST, tr_c("to be killed", "First")),
    ]
    return [
        (value, word)
        for value, word in wanted
        if value in (LOWEST, 0, HIGHEST) or (LOWEST < value < 0 and word == wanted[1][1]) or (0 < value < HIGHEST and word == wanted[3][1])
    ]
