"""The names and sizes of the pieces of a bar of memory, below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from oomtray.messages.i18n import tr
from oomtray.text import size
from oomtray.ui.dialogs.kill_parts import Piece, Swatch, placed
from oomtray.ui.qt.fonts import mean_letter
from oomtray.ui.qt.labels import Elided, Plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

_LEGEND_COLUMNS = 3
_LONGEST_NAME = 26
"""For which it makes room, in mean characters."""


class PiecesLegend(QWidget):
    """A line each in as many columns as fit; `text` is all of it for a screen reader."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._columns = _LEGEND_COLUMNS
        self._entries: list[tuple[Swatch, Elided, Plain]] = []

    def show_pieces(self, pieces: Sequence[Piece], rest: int) -> None:
        for parts in self._entries:
            for part in parts:
                part.setParent(None)
                part.deleteLater()
        self._entries = []
        entries = [*pieces, *([Piece(tr("Kernel, files and free"), rest)] if pieces and rest > 0 else [])]
        for number, (place, piece) in enumerate(placed(entries)):
            swatch = Swatch(place, None if number == len(pieces) else piece, self)
            self._entries.append(
                (swatch, Elided(piece.name, self), Plain(size(piece.amount), self, at_end=True))
            )
        self._columns = self._fitting()
        self._arrange()
        self.text = ", ".join(f"{piece.name} {size(piece.amount)}" for piece in entries)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = self._fitting()
        if columns != self._columns:
            self._columns = columns
            self._arrange()

    def _fitting(self) -> int:
        """Columns in which names of a common length are whole."""
        metrics = self.fontMetrics()
        names = max((metrics.horizontalAdvance(name.text()) for _, name, _ in self._entries), default=0)
        amounts = max((metrics.horizontalAdvance(amount.text()) for _, _, amount in self._entries), default=0)
        entry = min(names, _LONGEST_NAME * mean_letter(metrics)) + amounts + 48  # the swatch and the gaps
        return min(max(int(self.width() / entry), 1), _LEGEND_COLUMNS)

    def _arrange(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(_LEGEND_COLUMNS):
            self._grid.setColumnStretch(3 * column + 1, 1 if column < self._columns else 0)
        for place, (swatch, name, amount) in enumerate(self._entries):
            row, column = divmod(place, self._columns)
            gap = 12 if column + 1 < self._columns else 0
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            amount.setContentsMargins(gap if mirrored else 0, 0, 0 if mirrored else gap, 0)
            for at, part in enumerate((swatch, name, amount)):
                self._grid.addWidget(part, row, 3 * column + at)
