"""A collapsible section of a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyleOptionFocusRect,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from oomtray.ui.qt import contrast
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.labels import Plain, paragraph, side_of
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import from_start, margins_from_start

_ARROW, _GAP = 14, 4


class Fold(QWidget):
    """A line with an arrow that shows or hides `content` when pressed; `toggled` says whether it is open."""

    toggled = Signal(bool)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = _FoldButton(text, self)
        self.button.toggled.connect(self._switch)
        self.inner = QWidget(self)
        self.content = QVBoxLayout(self.inner)
        self._indent()
        self.content.setSpacing(6)
        self.inner.hide()
        button = (self.button, 0, Qt.AlignmentFlag.AlignLeading)
        fill(QVBoxLayout(self), button, self.inner, margins=(0, 0, 0, 0), spacing=0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self._indent()

    @property
    def indent(self) -> int:
        """Pixels before the content, which begins where the button's text does; its arrow grows with that."""
        return grown(_ARROW, self.font()) + _GAP

    def _indent(self) -> None:
        self.content.setContentsMargins(margins_from_start(self, self.indent, 2, 0, 6))

    def add_note(self) -> Plain:
        note = paragraph(self.inner)
        self.content.addWidget(note)
        return note

    @Slot(bool)
    def _switch(self, opened: bool) -> None:
        self.inner.setVisible(opened)
        self.toggled.emit(opened)


class _FoldButton(QToolButton):
    """An arrow and text on the window's background, whether pressed or not."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)

    def sizeHint(self) -> QSize:
        metrics, arrow = self.fontMetrics(), grown(_ARROW, self.font())
        return QSize(arrow + _GAP + metrics.horizontalAdvance(self.text()) + 8, max(metrics.height() + 8, 28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = contrast.of(self.palette())
        arrow = grown(_ARROW, self.font())
        ink = found.text if self.underMouse() or self.isChecked() else found.muted
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        place = from_start(self, QRectF(0, (self.height() - arrow) / 2, arrow, arrow))
        draw(painter, "down" if self.isChecked() else "left" if self.isRightToLeft() else "right", place, ink)
        painter.setPen(ink)
        words = self.rect().marginsRemoved(margins_from_start(self, arrow + _GAP, 0, 0, 0))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(side_of(self) | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        if self.hasFocus() and found.stark:  # Fusion's is a shade
            painter.setPen(found.calm)
            painter.drawRect(words.adjusted(-3, 2, -1, -3))
        elif self.hasFocus():
            focus = QStyleOptionFocusRect()
            focus.initFrom(self)
            focus.rect = words.adjusted(-3, 2, 0, -2)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, focus, painter, self)
