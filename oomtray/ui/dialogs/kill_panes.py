"""The list of past kills and the page of one: side by side, and one above the other in a narrow window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from oomtray.ui.dialogs.kill_parts import Box
from oomtray.ui.qt.dialog import MARGIN
from oomtray.ui.qt.fonts import mean_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QListWidget

_BESIDE = 98
"""Letters' widths of the window from which on list and page are side by side."""
_LEAST, _MOST, _SHARE = 24, 40, 0.3
"""Letters' widths of the list beside the page, and its share of the window between them."""
_ROWS_ABOVE, _LEAST_ABOVE = 2.5, 1.5
"""Of the list where it is above, and in a low window: half of one shows that there are more."""
_SHARE_ABOVE = 0.35
"""Of the height, that the list has in a low window."""
_LEAST_PAGE = 3
"""Lines of the page below the list: where even one row leaves less, the list and what is above it give way."""
_BESIDE_ROWS = 26
"""Pixels of margins above the list, around its rows and between it and what is above it."""
_ROUND = 3
"""Pixels of the frame around the list, so that its corners are round."""
_ANY = (1 << 24) - 1
"""QWIDGETSIZE_MAX."""


class KillPanes(QWidget):
    def __init__(self, head: Sequence[QWidget], rows: QListWidget, page: QWidget, parent: QWidget) -> None:
        """`head` stands above the list; the last of it takes what room there is."""
        super().__init__(parent)
        self._rows = rows
        self._head = top = QHBoxLayout()
        for place, part in enumerate(head):
            top.addWidget(part, int(place == len(head) - 1))
        self._side = QWidget(self)
        self._left = QVBoxLayout(self._side)
        self._left.setSpacing(8)
        self._left.addLayout(top)
        rows.setFrameShape(QFrame.Shape.NoFrame)
        self._box = Box(self._side)
        within = QVBoxLayout(self._box)
        within.setContentsMargins(_ROUND, _ROUND, _ROUND, _ROUND)
        within.addWidget(rows)
        self._left.addWidget(self._box, 1)
        self._both = QHBoxLayout(self)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(0)
        self._both.addWidget(self._side)
        self._both.addWidget(page, 1)
        self.share()

    def share(self) -> None:
        """To be called where the list has other rows, or is hidden as it has none."""
        letter = mean_letter(self.fontMetrics())
        self._box.setVisible(not self._rows.isHidden())
        above = self._rows.isHidden() or self.width() < _BESIDE * letter
        self._both.setDirection(QBoxLayout.Direction.TopToBottom if above else QBoxLayout.Direction.LeftToRight)
        left, right = MARGIN, MARGIN if above else 0
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
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
