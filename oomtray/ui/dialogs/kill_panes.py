"""The list of past kills beside the page of one, or above it in a narrow window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oomtray.ui.qt.dialog import MARGIN
from oomtray.ui.qt.fonts import mean_letter
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QListWidget

_BESIDE = 98
"""Window width in letters from which list and page are side by side."""
_LEAST, _MOST, _SHARE = 24, 40, 0.3
"""Least and most width of the list in letters, and its share of the window in between."""
_ROWS_ABOVE, _LEAST_ABOVE = 2.5, 1.5
"""Visible rows of the list above the page, and in a low window; half a row shows that there are more."""
_SHARE_ABOVE = 0.35
"""Share of a low window's height that the list gets."""
_LEAST_PAGE = 3
"""Least lines of the page below the list; if one row leaves fewer, the list and what is above it are hidden."""
_BESIDE_ROWS = 26
"""Pixels of margins above the list, around its rows and below its header."""
_ROUND = 3
"""Pixels of the frame around the list, for round corners."""
_ANY = (1 << 24) - 1
"""QWIDGETSIZE_MAX."""


class KillPanes(QWidget):
    def __init__(self, head: Sequence[QWidget], rows: QListWidget, page: QWidget, parent: QWidget) -> None:
        """`head` are the widgets above the list; the last one takes the spare room."""
        super().__init__(parent)
        self._rows = rows
        self._head = top = QHBoxLayout()
        for place, part in enumerate(head):
            top.addWidget(part, int(place == len(head) - 1))
        self._side = QWidget(self)
        self._left = fill(QVBoxLayout(self._side), top, spacing=8)
        rows.setFrameShape(QFrame.Shape.NoFrame)
        self._box = Panel(self._side)
        fill(QVBoxLayout(self._box), rows, margins=(_ROUND, _ROUND, _ROUND, _ROUND))
        self._left.addWidget(self._box, 1)
        self._both = fill(QHBoxLayout(self), self._side, (page, 1), margins=(0, 0, 0, 0), spacing=0)
        self.share()

    def share(self) -> None:
        """Share the room; to be called when the list's rows change or it is hidden because it is empty."""
        letter = mean_letter(self.fontMetrics())
        self._box.setVisible(not self._rows.isHidden())
        above = self._rows.isHidden() or self.width() < _BESIDE * letter
        self._both.setDirection(QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight)
        left, right = MARGIN, MARGIN if above else 0
        if self.isRightToLeft():
            left, right = right, left
        self._left.setContentsMargins(left, 12, right, 0 if above else 12)
        if above:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(_ANY)
            row = self._rows.sizeHintForRow(0) if self._rows.count() else 3 * self.fontMetrics().height()
            shown = min(max(_SHARE_ABOVE * self.height() / row, _LEAST_ABOVE), _ROWS_ABOVE, self._rows.count())
            most = (self.height() - self._head.sizeHint().height() - _BESIDE_ROWS - _LEAST_PAGE * self.fontMetrics().lineSpacing()) / row
            self._side.setVisible(most >= 1 or self._rows.isHidden() or not self.isVisible())
            self._rows.setFixedHeight(round(min(shown, max(most, 1.0)) * row))
        else:
            self._side.show()
            self._rows.setMinimumHeight(0)
            self._rows.setMaximumHeight(_ANY)
            rows = min(max(self.width() * _SHARE, _LEAST * letter), _MOST * letter)
            self._side.setFixedWidth(round(rows) + left + right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share()
