"""The list's place in the popup, a whole number of rows high, and the legend below it."""

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
"""Width in pixels of the line around the list."""


class WholeRows(QWidget):
    """Distributes the height among rows; what is left over stays empty below the last one, within the list's edge.

    A line that appears or vanishes beside the list, such as a report, takes whole rows from it: the others
    don't move, and keep the height that they got for this height of the window.
    """

    def __init__(self, view: ProcessView, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = view
        self._legend = Legend(self)
        self.beside: tuple[QWidget, ...] = ()
        """The parts that appear and vanish beside the list."""
        self._fitted: tuple[int, int, list[bool]] = 0, 0, []
        """Heights of the window and of the least row, and which parts were visible, when rows last grew."""
        self._stretch = 0
        self._least_rows = _LEAST_ROWS
        self._box = QRect()
        """The list with its edge."""
        view.setParent(self)
        view.rows_changed_height.connect(self._place)

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()

    def minimumSizeHint(self) -> QSize:
        rows = self._least_rows * self._view.row_height
        return QSize(self._view.minimumSizeHint().width(), self._around + rows)

    @property
    def spare(self) -> int:
        """The height in pixels of the rows that it can do without."""
        return (_LEAST_ROWS - 1) * self._view.row_height

    def set_low(self, *, low: bool) -> None:
        """Show at least one row instead of two, for lack of height."""
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
        """Pixels of height besides the rows."""
        return self._view.height_without_rows + 2 * _EDGE

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_panel(self, self._box)

    @Slot()
    def _place(self) -> None:
        """Place list and legend; the legend is hidden below a narrow list, or where it would cost one of few rows.

        While something is shown beside the list, it is visible if it costs no row.
        """
        around, legend = self._around, self._legend.sizeHint().height()
        rows = (self.height() - around - legend) // self._view.row_height
        fits = self._legend.least_width <= self.width() and self._view.has_bars
        shown = fits and rows >= _ROWS_BESIDE_LEGEND
        height = self.height() - around - (legend if shown else 0)
        there = [not part.isHidden() for part in self.beside]  # for layouts, which run before parts are visible
        given = self.window().height(), self._view.row_height, there
        if given[:2] != self._fitted[:2] or there == self._fitted[2] or not self.isVisible():
            self._fitted = given
            self._stretch = shared(height, self._view.row_height)[0]
            self._view.stretch_rows(self._stretch)
        row = self._view.row_height + self._stretch
        if any(there):  # it stays if it costs no row: so no row is lost to it, and no gap is left without it
            free = self.height() - around
            shown = fits and free >= row and (free - legend) // row == free // row
            height = free - (legend if shown else 0)
        kept = legend if shown else 0
        empty = height % row if height >= row else 0
        box = QRect(0, 0, self.width(), self.height() - kept)
        inside = box.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE - empty)
        if box != self._box or inside != self._view.geometry():
            self._box = box
            self._view.setGeometry(inside)
            # above what is left empty the line of the last row would be a second edge
            self._view.setMask(_rounded(inside.size() - QSize(0, 1 if empty else 0)))
            self.update()
        self._legend.setVisible(shown)
        self._legend.setGeometry(0, self.height() - kept, self.width(), kept)


def _rounded(size: QSize) -> QRegion:
    """Return the area without corners that would cover those of the edge."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, size.width(), size.height()), CORNER - _EDGE, CORNER - _EDGE)
    return QRegion(path.toFillPolygon().toPolygon())


def shared(height: int, row: int) -> tuple[int, int]:
    """Return by how much each row of at least `row` pixels grows to fill the height, and the remainder."""
    rows = height // row
    return (0, 0) if rows < 1 else divmod(height - rows * row, rows)
