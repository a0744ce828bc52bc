"""The list's place in the popup, a whole number of rows high, and the legend below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QRegion
from PySide6.QtWidgets import QWidget

from oomtray.messages.i18n import joined, tr
from oomtray.ui.popup import row_shapes as shapes
from oomtray.ui.popup.process_row import COUNTS, TITLES
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import small
from oomtray.ui.qt.painting import CORNER, from_start, paint_panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent, QResizeEvent
    from PySide6.QtWidgets import QBoxLayout

    from oomtray.ui.popup.process_view import ProcessView

_LEAST_ROWS = 2
_ROWS_BESIDE_LEGEND = 4
_EDGE = 1
"""Width in pixels of the line around the list."""
_SAMPLE, _GAP, _BETWEEN = 14, 5, 8


class WholeRows(QWidget):
    """Distributes the height among rows; what is left over is below the list's edge, around the legend.

    A line that appears or vanishes beside the list, such as a report, takes whole rows from it: the others
    don't move, and are as high as without it.
    """

    def __init__(self, view: ProcessView, column: QBoxLayout, beside: Sequence[QWidget], parent: QWidget) -> None:
        """`column` has it and what is `beside` it: the parts that appear and vanish."""
        super().__init__(parent)
        self._column, self._beside = column, beside
        self._view = view
        self._legend = Legend(self)
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

        While something is shown beside the list, it is visible if it costs no row. Rows are lower than without that only
        where just one of them would be left.
        """
        around, legend, least, taken = self._around, self._legend.sizeHint().height(), self._view.row_height, self._taken()
        fits = self._legend.least_width <= self.width() and self._view.has_bars
        whole = self.height() + taken - around
        shown = fits and (whole - legend) // least >= _ROWS_BESIDE_LEGEND
        free, stretch = self.height() - around, shared(whole - (legend if shown else 0), least)[0]
        if free // (least + stretch) < self._least_rows:
            stretch = shared(free, least)[0]  # rather lower rows than only one
        self._view.stretch_rows(stretch)
        row = least + stretch
        if taken:  # so that no row is lost to it
            shown = fits and free >= row and (free - legend) // row == free // row
        rows = (free - (legend if shown else 0)) // row
        inside = QRect(_EDGE, _EDGE, self.width() - 2 * _EDGE, (rows * row if rows > 0 else free) + around - 2 * _EDGE)
        box = inside.adjusted(-_EDGE, -_EDGE, _EDGE, 0)  # its edge stands for the line of the last row
        if box != self._box or inside != self._view.geometry():
            self._box = box
            self._view.setGeometry(inside)
            self._view.setMask(_rounded(inside.size() - QSize(0, _EDGE)))
            self.update()
        self._legend.setVisible(shown)
        self._legend.setGeometry(0, box.height(), self.width(), max(self.height() - box.height(), legend))

    def _taken(self) -> int:
        """Return the pixels that the parts beside the list take from it."""
        width, found = self.width(), 0
        for part in self._beside:
            if not part.isHidden():  # not `isVisible`: layouts run before parts are visible
                high = part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
                found += high + self._column.spacing()
        return found


def _rounded(size: QSize) -> QRegion:
    """Return the area without corners that would cover those of the edge."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, size.width(), size.height()), CORNER, CORNER)
    return QRegion(path.toFillPolygon().toPolygon())


def shared(height: int, row: int) -> tuple[int, int]:
    """Return by how much each row of at least `row` pixels grows to fill the height, and the remainder."""
    rows = height // row
    return (0, 0) if rows < 1 else divmod(height - rows * row, rows)


class Legend(QWidget):
    """A painted legend with a single accessible name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._says = tr("own and shared memory"), tr("its setting")
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
        painter.setFont(font)

        def write(text: str, start: int) -> int:
            wide = metrics.horizontalAdvance(text) + 2
            painter.setPen(found.muted)
            painter.drawText(self._place(start, wide), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), text)
            return start + wide

        at = write(self._before, 1) + _BETWEEN - 2
        for text, hatched in zip(self._says, (False, True), strict=True):
            if hatched:
                at = write(self._between, at) + _BETWEEN - 2
            shapes.draw_sample(painter, self._place(at, _SAMPLE), found, hatched=hatched)
            at = write(text, at + _SAMPLE + _GAP) + _BETWEEN - 2

    def _place(self, at: int, width: int) -> QRect:
        return from_start(self, QRect(at, 0, width, self.height()))
