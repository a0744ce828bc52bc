"""The place of the list in the popup, in which it is a whole number of rows high, and of the legend below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Slot
from PySide6.QtGui import QPainterPath, QRegion
from PySide6.QtWidgets import QWidget

from oomtray.ui.popup.legend import Legend
from oomtray.ui.qt.panel import CORNER, paint_panel

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from oomtray.ui.popup.process_view import ProcessView

_LEAST_ROWS = 2
_ROWS_BESIDE_LEGEND = 4
_EDGE = 1
"""Pixels of the line around the list."""


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
        self._least_rows = _LEAST_ROWS
        self._box = QRect()
        """Of the list with its edge."""
        view.setParent(self)
        view.rows_changed_height.connect(self._place)

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()

    def minimumSizeHint(self) -> QSize:
        rows = self._least_rows * self._view.row_height
        return QSize(self._view.minimumSizeHint().width(), self._around + rows)

    @property
    def spare(self) -> int:
        """Pixels of the rows that it can do without."""
        return (_LEAST_ROWS - 1) * self._view.row_height

    def set_low(self, *, low: bool) -> None:
        """One row, where there is no height for more."""
        least = 1 if low else _LEAST_ROWS
        if least != self._least_rows:
            self._least_rows = least
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    @property
    def _around(self) -> int:
        """Pixels of height that are no rows'."""
        return self._view.height_without_rows + 2 * _EDGE

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self, self._box)

    @Slot()
    def _place(self) -> None:
        """The legend goes first where there is little room: below a narrow list, and where it would cost one of few rows.

        While something is told beside the list it is there where it costs no row.
        """
        around, legend = self._around, self._legend.sizeHint().height()
        rows = (self.height() - around - legend) // self._view.row_height
        fits = self._legend.least_width <= self.width() and self._view.has_bars
        shown = fits and rows >= _ROWS_BESIDE_LEGEND
        height = self.height() - around - (legend if shown else 0)
        there = [not part.isHidden() for part in self.beside]  # as a layout has it, which comes before it is visible
        given = self.window().height(), self._view.row_height, there
        if given[:2] != self._fitted[:2] or there == self._fitted[2] or not self.isVisible():
            self._fitted = given
            self._stretch = shared(height, self._view.row_height)[0]
            self._view.stretch_rows(self._stretch)
        row = self._view.row_height + self._stretch
        if any(there):  # it stays where it costs no row: neither is one gone for it, nor a hole left that it would fill
            free = self.height() - around
            shown = fits and free >= row and (free - legend) // row == free // row
            height = free - (legend if shown else 0)
        kept = legend if shown else 0
        empty = height % row if height >= row else 0
        box = QRect(0, 0, self.width(), self.height() - empty - kept)
        if box != self._box:
            self._box = box
            inside = box.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
            self._view.setGeometry(inside)
            self._view.setMask(_rounded(inside.size()))
            self.update()
        self._legend.setVisible(shown)
        self._legend.setGeometry(0, self.height() - empty - kept, self.width(), kept)


def _rounded(size: QSize) -> QRegion:
    """Without the corners that would lie upon those of the edge."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, size.width(), size.height()), CORNER - _EDGE, CORNER - _EDGE)
    return QRegion(path.toFillPolygon().toPolygon())


def shared(height: int, row: int) -> tuple[int, int]:
    """By how much each row grows so that whole ones of at least `row` fill the height, and the pixels left over."""
    rows = height // row
    return (0, 0) if rows < 1 else divmod(height - rows * row, rows)
