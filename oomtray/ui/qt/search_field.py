"""A field to search or filter with: a glyph, a placeholder that is never cut, and a clear button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QPushButton

from oomtray.messages.i18n import tr
from oomtray.ui.qt import colors
from oomtray.ui.qt.field_edges import LEAST_HEIGHT
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.painting import from_start, margins_from_start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

_GLYPH, _PAD, _AIR = 14, 8, 4
_INSIDE = 4
"""Pixels that Qt leaves between margins and text, both sides together."""


class SearchField(QLineEdit):
    """A search field: `left` follows Down, `entered` Enter, and Escape first clears it."""

    left = Signal()
    entered = Signal()

    def __init__(self, hints: Sequence[str], clear: str, parent: QWidget | None = None) -> None:
        """`hints`: what it is for, the longest first, of which the first that fits is shown; `clear` names the button."""
        super().__init__(parent)
        self._hints = hints
        self.setAccessibleName(hints[0])
        # the line edit's own clear button would load a megabyte of icon engine
        self._clear = QPushButton("✕", self)
        self._clear.setFlat(True)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setAccessibleName(clear)
        self._clear.setToolTip(tr("Clear"))
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.textChanged.connect(self._mind_cross)

    @Slot(str)
    def _mind_cross(self, text: str) -> None:
        if self._clear.isVisibleTo(self) != bool(text):
            self._clear.setVisible(bool(text))
            self._lay_out()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), LEAST_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        height = self.sizeHint().height()
        return QSize(self._before + self.fontMetrics().horizontalAdvance("00") + height, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange) and hasattr(self, "_clear"):
            self._lay_out()  # the glyph grows with the text, and stands where the text begins

    @property
    def _before(self) -> int:
        return _PAD + grown(_GLYPH, self.font()) + _AIR - _INSIDE // 2

    @property
    def wanted(self) -> int:
        """The width for the shortest hint."""
        return self._before + _PAD + 2 * _INSIDE + self.fontMetrics().horizontalAdvance(self._hints[-1])

    def _lay_out(self) -> None:
        side = self.height() - 6
        before, after = self._before, side if self.text() else _PAD - _INSIDE // 2
        self._clear.setGeometry(from_start(self, QRect(self.width() - side - 3, 3, side, side)))
        level = self.textMargins()  # above and below
        self.setTextMargins(margins_from_start(self, before, level.top(), after, level.bottom()))
        room = self.width() - before - _PAD - 2 * _INSIDE  # an empty field has no clear button
        fits = (hint for hint in self._hints if self.fontMetrics().horizontalAdvance(hint) <= room)
        self.setPlaceholderText(next(fits, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = grown(_GLYPH, self.font())
        place = from_start(self, QRectF(_PAD, (self.height() - side) / 2, side, side))
        draw(painter, "search", place, colors.of(self.palette(), on_base=True).muted)
