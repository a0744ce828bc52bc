"""Labels for text that others wrote: never markup, never wider than the window."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oomtray.ui import colours
from oomtray.ui.words import as_html


class Plain(QLabel):
    """Plain text; `faint` in the colour of captions."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, faint: bool = False) -> None:
        super().__init__(parent)
        self._faint = faint
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def tint(self) -> None:
        """Takes its colour from the palette as it is now."""
        if self._faint:
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, colours.of(palette).muted)
            self.setPalette(palette)


class Elided(Plain):
    """One line, cut with … where it is too long; the whole of it is told by the pointer."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, faint: bool = False) -> None:
        super().__init__(text, parent, faint=faint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self._mind_tooltip()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mind_tooltip()

    def _mind_tooltip(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(as_html(self.text()) if cut else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        start = (
            Qt.AlignmentFlag.AlignRight
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            else Qt.AlignmentFlag.AlignLeft
        )
        painter.drawText(
            self.rect(), int(start | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown
        )
        painter.end()
