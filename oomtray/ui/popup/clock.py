"""How long memory lasts: one clock with its caption, or a sentence where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.labels import Elided

if TYPE_CHECKING:
    from oomtray.ui.qt.glyphs import Glyph

_GLYPH, _AIR, _BETWEEN = 14, 6, 3
_SIZES = (1.12, 1.0, 0.87, 0.75, 0.65)
"""Of the value, beside the desktop's font: the first for which there is room."""
_CAPTIONS = (0.78, 0.7, 0.65)
"""Of the caption, where there is no room for its usual size."""


class Clock(QWidget):
    """Two lines: a caption above a value, or with `upside_down` a value above its reason."""

    def __init__(self, glyph: Glyph | None = None, parent: QWidget | None = None, *, upside_down: bool = False) -> None:
        super().__init__(parent)
        self._glyph = glyph
        self._upside_down = upside_down
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
        self._caption.tint()
        self._value.tint()
        self._place()

    def sizeHint(self) -> QSize:
        above = QFontMetrics(small(self.font()))  # whatever its size is now
        wide = max(above.horizontalAdvance(self._caption.text()) + self._indent, self._large.horizontalAdvance(self._value.text()))
        return QSize(wide + 2, above.height() + self._large.height() + _BETWEEN)

    def width_of(self, value: str) -> int:
        return self._large.horizontalAdvance(value) + 2

    @property
    def _indent(self) -> int:
        return _GLYPH + _AIR if self._glyph is not None else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        fonts = [scaled(self.font(), by, bold=True) for by in _SIZES]
        text = self._value.text()
        fits = (font for font in fonts if QFontMetrics(font).horizontalAdvance(text) < self.width())
        self._value.setFont(next(fits, fonts[-1]))  # rather smaller than cut: it is a number
        room, caption = self.width() - self._indent, self._caption.text()
        sizes = [small(self.font()), *(scaled(self.font(), by) for by in _CAPTIONS)]
        whole = (font for font in sizes if QFontMetrics(font).horizontalAdvance(caption) < room)  # an advance is rounded
        self._caption.setFont(next(whole, sizes[0]))
        order = (self._value, self._caption) if self._upside_down else (self._caption, self._value)
        usual = QFontMetrics(sizes[0]).height()
        top = max((self.height() - self.sizeHint().height()) // 2, 0)
        for part in order:
            high = self._large.height() if part is self._value else usual
            indent = self._indent if part is self._caption else 0
            left = 0 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else indent
            part.setGeometry(QRect(left, top, max(self.width() - indent, 0), high))
            top += high + _BETWEEN

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._glyph is None:
            return
        painter = QPainter(self)
        box = self._caption.geometry()
        left = box.right() + 1 + _AIR if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 0
        place = QRectF(left, box.top() + (box.height() - _GLYPH) / 2, _GLYPH, _GLYPH)
        draw(painter, self._glyph, place, colours.of(self.palette()).muted)
        painter.end()
