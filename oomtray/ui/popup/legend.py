"""What the two parts of a row's bar mean, in one line below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SAMPLE, _GAP, _BETWEEN = 14, 5, 18


class Legend(QWidget):
    """Painted, and named for a screen reader as a whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._says = tr("memory it holds"), tr("added by its setting")
        self.setAccessibleName(", ".join(self._says))

    @property
    def least_width(self) -> int:
        """Pixels below which it would be cut."""
        metrics = QFontMetrics(small(self.font()))
        return sum(metrics.horizontalAdvance(text) + _SAMPLE + _GAP for text in self._says) + _BETWEEN + 4

    def sizeHint(self) -> QSize:
        return QSize(self.least_width, QFontMetrics(small(self.font())).height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colours.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        font = small(self.font())
        metrics = QFontMetrics(font)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        at = 2
        for text, hatched in zip(self._says, (False, True), strict=True):
            wide = metrics.horizontalAdvance(text) + 2
            sample, words = self._place(at, _SAMPLE, mirrored), self._place(at + _SAMPLE + _GAP, wide, mirrored)
            shapes.draw_sample(painter, sample, found, hatched=hatched)
            painter.setFont(font)
            painter.setPen(found.muted)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), text)
            at += _SAMPLE + _GAP + wide + _BETWEEN
        painter.end()

    def _place(self, at: int, width: int, mirrored: bool) -> QRect:
        return QRect(self.width() - at - width if mirrored else at, 0, width, self.height())
