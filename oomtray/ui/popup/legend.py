"""The one-line legend of the two parts of a row's bar, below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from oomtray.messages.i18n import joined, tr
from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.popup.process_row import COUNTS, TITLES
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import small

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SAMPLE, _GAP, _BETWEEN = 14, 5, 8


class Legend(QWidget):
    """A painted legend with a single accessible name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._says = tr("memory it holds"), tr("added by its setting")
        self._before, self._between = f"{tr(TITLES[COUNTS])}:", "+"
        self.setAccessibleName(tr("{column} {parts}", column=self._before, parts=joined(self._says)))

    @property
    def least_width(self) -> int:
        """Width in pixels below which it would be cut off."""
        metrics = QFontMetrics(small(self.font()))
        marks = metrics.horizontalAdvance(self._before) + _BETWEEN + metrics.horizontalAdvance(self._between) + 2 * _BETWEEN
        return marks + sum(metrics.horizontalAdvance(text) + 2 + _SAMPLE + _GAP for text in self._says) + 4

    def sizeHint(self) -> QSize:
        return QSize(self.least_width, QFontMetrics(small(self.font())).height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        font = small(self.font())
        metrics = QFontMetrics(font)
        mirrored = self.isRightToLeft()
        painter.setFont(font)

        def write(text: str, start: int) -> int:
            wide = metrics.horizontalAdvance(text) + 2
            painter.setPen(found.muted)
            where = self._place(start, wide, mirrored)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), text)
            return start + wide

        at = write(self._before, 1) + _BETWEEN - 2
        for text, hatched in zip(self._says, (False, True), strict=True):
            if hatched:
                at = write(self._between, at) + _BETWEEN - 2
            shapes.draw_sample(painter, self._place(at, _SAMPLE, mirrored), found, hatched=hatched)
            at = write(text, at + _SAMPLE + _GAP) + _BETWEEN - 2
        painter.end()

    def _place(self, at: int, width: int, mirrored: bool) -> QRect:
        return QRect(self.width() - at - width if mirrored else at, 0, width, self.height())
