"""How long memory lasts: one clock with its caption, or a sentence where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import scaled, small
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.labels import Elided

if TYPE_CHECKING:
    from oomtray.ui.qt.glyphs import Glyph

_GLYPH, _AIR, _BETWEEN = 14, 6, 3


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
        self.setAccessibleName(f"{value}. {caption}" if self._upside_down else f"{caption}: {value}")

    def set_faint(self, *, faint: bool) -> None:
        self._value.set_faint(faint=faint)

    def restyle(self) -> None:
        self._caption.setFont(small(self.font()))
        self._value.setFont(scaled(self.font(), 1.12, bold=True))
        self._caption.tint()
        self._value.tint()
        self._place()

    def sizeHint(self) -> QSize:
        above, value = self._caption, self._value
        wide = max(above.fontMetrics().horizontalAdvance(above.text()) + self._indent, value.fontMetrics().horizontalAdvance(value.text()))
        return QSize(wide + 2, above.fontMetrics().height() + value.fontMetrics().height() + _BETWEEN)

    def width_of(self, value: str) -> int:
        return self._value.fontMetrics().horizontalAdvance(value) + 2

    @property
    def _indent(self) -> int:
        return _GLYPH + _AIR if self._glyph is not None else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        order = (self._value, self._caption) if self._upside_down else (self._caption, self._value)
        top = max((self.height() - self.sizeHint().height()) // 2, 0)
        for part in order:
            high = part.fontMetrics().height()
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
