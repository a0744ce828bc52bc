"""The place of the list in the popup, in which it is a whole number of rows high, and of the legend below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtWidgets import QWidget

from oomtray.ui.popup.legend import Legend

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from oomtray.ui.popup.process_view import ProcessView

_LEAST_ROWS = 2
_ROWS_BESIDE_LEGEND = 4


class WholeRows(QWidget):
    """The rows share what is left of the height; what can't be shared, fewer pixels than rows, stays empty below.

    A line that comes or goes beside the list, as a report does, takes whole rows from it: those that stay don't move, and
    keep the height that they were given for this height of the window.
    """

    def __init__(self, view: ProcessView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._legend = Legend(self)
        self.beside: tuple[QWidget, ...] = ()
        """What comes and goes beside the list."""
        self._fitted: tuple[int, int, list[bool]] = 0, 0, []
        """Heights of the window and of a row at least, and which of those were there, when the rows last grew."""
        self._stretch = 0
        view.setParent(self)
        view.rows_changed_height.connect(self._place)

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()

    def minimumSizeHint(self) -> QSize:
        rows = _LEAST_ROWS * self._view.row_height
        return QSize(self._view.minimumSizeHint().width(), self._view.height_without_rows + rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    @Slot()
    def _place(self) -> None:
        """The legend goes first where there is little room: below a narrow list, and where it would cost one of few rows."""
        around, legend = self._view.height_without_rows, self._legend.sizeHint().height()
        rows = (self.height() - around - legend) // self._view.row_height
        shown = rows >= _ROWS_BESIDE_LEGEND and self._legend.least_width <= self.width() and self._view.has_bars
        kept = legend if shown else 0
        height = self.height() - around - kept
        there = [not part.isHidden() for part in self.beside]  # as a layout has it, which comes before it is visible
        given = self.window().height(), self._view.row_height, there
        if given[:2] != self._fitted[:2] or there == self._fitted[2] or not self.isVisible():
            self._fitted = given
            self._stretch = shared(height, self._view.row_height)[0]
            self._view.stretch_rows(self._stretch)
        row = self._view.row_height + self._stretch
        empty = height % row if height >= row else 0
        self._view.setGeometry(0, 0, self.width(), self.height() - empty - kept)
        self._legend.setVisible(shown)
        self._legend.setGeometry(0, self.height() - empty - kept, self.width(), kept)


def shared(height: int, row: int) -> tuple[int, int]:
    """By how much each row grows so that whole ones of at least `row` fill the height, and the pixels left over."""
    rows = height // row
    return (0, 0) if rows < 1 else divmod(height - rows * row, rows)
