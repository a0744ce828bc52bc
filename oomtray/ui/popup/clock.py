"""A forecast of how long memory lasts: a time with its caption, or a sentence if there is no forecast."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import SMALL, grown, scaled, small
from oomtray.ui.qt.glyphs import Glyph, draw
from oomtray.ui.qt.labels import Elided

_GLYPH, _AIR, _BETWEEN = 14, 6, 3
_SIZES = (1.12, 1.0, 0.87, 0.75, 0.65)
"""Font scales of the value: the first that fits is used."""
_CAPTIONS = (SMALL, 0.78, 0.7, 0.65)
"""Font scales of the caption: the first that fits and isn't larger than the value is used."""


class Clock(QWidget):
    """Two lines: a caption above a value or, if `upside_down`, a value above its reason."""

    def __init__(self, glyph: Glyph | None = None, parent: QWidget | None = None, *, upside_down: bool = False) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._upside_down = upside_down
        self._most = _SIZES[0], _CAPTIONS[0]
        self._has_place = False
        """Whether it was laid out: before that, trying font sizes would load fonts for nothing."""
        self._caption = Elided("", self, faint=True)
        self._value = Elided("", self)
        self.restyle()

    def say(self, caption: str, value: str) -> None:
        self._caption.setText(caption)
        self._value.setText(value)
        self._place()
        self.setAccessibleName(f"{value}. {caption}" if self._upside_down else f"{caption}: {value}")

    def set_faint(self, *, faint: bool) -> None:
        self._value.set_faint(faint=faint)

    def restyle(self) -> None:
        self._caption.setFont(small(self.font()))
        self._large = QFontMetrics(scaled(self.font(), _SIZES[0], bold=True))
        self._place()

    def sizeHint(self) -> QSize:
        above = QFontMetrics(small(self.font()))  # at its standard size, whatever the current one
        wide = max(above.horizontalAdvance(self._caption.text()) + self._indent, self._large.horizontalAdvance(self._value.text()))
        return QSize(wide + 2, above.height() + self._large.height() + _BETWEEN)

    def width_of(self, value: str) -> int:
        return self._large.horizontalAdvance(value) + 2

    @property
    def fitting(self) -> tuple[float, float]:
        """The font scales of value and caption that fit."""
        return (
            self._largest(_SIZES, self._value.text(), self.width(), bold=True),
            self._largest(_CAPTIONS, self._caption.text(), self.width() - self._indent),
        )

    def keep_to(self, most: tuple[float, float]) -> None:
        """Limit the font scales, so that two clocks side by side match."""
        if most != self._most:
            self._most = most
            self._place()

    def _largest(self, sizes: tuple[float, ...], text: str, room: int, *, bold: bool = False) -> float:
        """Return the largest scale at which the text isn't elided; an advance is rounded."""
        if not text:
            return sizes[0]
        wide = (QFontMetrics(scaled(self.font(), by, bold=bold)).horizontalAdvance(text) for by in sizes)
        return next((by for by, needs in zip(sizes, wide, strict=False) if needs < room), sizes[-1])

    @property
    def _indent(self) -> int:
        return grown(_GLYPH, self.font()) + _AIR if self._glyph is not None else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._has_place = True
        self._place()

    def _place(self) -> None:
        if not self._has_place:
            return
        value, caption = map(min, self.fitting, self._most)
        self._value.setFont(scaled(self.font(), value, bold=True))
        self._caption.setFont(scaled(self.font(), min(caption, value)))
        order = (self._value, self._caption) if self._upside_down else (self._caption, self._value)
        usual = QFontMetrics(small(self.font())).height()
        top = max((self.height() - self.sizeHint().height()) // 2, 0)
        for part in order:
            high = self._large.height() if part is self._value else usual
            indent = self._indent if part is self._caption else 0
            left = 0 if self.isRightToLeft() else indent
            part.setGeometry(QRect(left, top, max(self.width() - indent, 0), high))
            top += high + _BETWEEN

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._glyph is None:
            return
        painter = QPainter(self)
        box = self._caption.geometry()
        left = box.right() + 1 + _AIR if self.isRightToLeft() else 0
        side = grown(_GLYPH, self.font())
        place = QRectF(left, box.top() + (box.height() - side) / 2, side, side)
        draw(painter, self._glyph, place, colors.of(self.palette()).muted)
