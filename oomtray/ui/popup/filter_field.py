"""The field that filters the rows, with a search glyph, a placeholder and a clear button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QPainter
from PySide6.QtWidgets import QLineEdit, QPushButton

from oomtray.messages.i18n import tr
from oomtray.ui.qt import colors
from oomtray.ui.qt.field_edges import LEAST_HEIGHT
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyphs import draw

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

_GLYPH, _PAD, _AIR = 14, 8, 4
_INSIDE = 4
"""Pixels that Qt leaves between margins and text, both sides together."""


class FilterField(QLineEdit):
    """A filter field; `left` says that Down or Enter moves on to the rows. Escape first clears it."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        find = QKeySequence(QKeySequence.StandardKey.Find).toString(QKeySequence.SequenceFormat.NativeText)
        self.setAccessibleName(tr("Filter by name or PID"))
        self.setToolTip(tr("Type at any time, or press {shortcut}", shortcut=find))
        # the line edit's own clear button would load a megabyte of icon engine
        self._clear = QPushButton("✕", self)
        self._clear.setFlat(True)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setAccessibleName(tr("Clear the filter"))
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
        return QSize(2 * LEAST_HEIGHT, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        side = self.height() - 6
        before, after = _PAD + grown(_GLYPH, self.font()) + _AIR - _INSIDE // 2, side if self.text() else _PAD - _INSIDE // 2
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._clear.setGeometry(3 if mirrored else self.width() - side - 3, 3, side, side)
        self.setTextMargins(after if mirrored else before, 0, before if mirrored else after, 0)
        room = self.width() - before - _PAD - 2 * _INSIDE  # an empty field has no clear button
        hints = tr("Filter by name or PID"), tr("Filter"), ""
        fits = (hint for hint in hints if self.fontMetrics().horizontalAdvance(hint) <= room)
        self.setPlaceholderText(next(fits, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = grown(_GLYPH, self.font())
        x = self.width() - _PAD - side if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else _PAD
        place = QRectF(x, (self.height() - side) / 2, side, side)
        draw(painter, "search", place, colors.of(self.palette(), on_base=True).muted)
        painter.end()
