"""The process list's header, drawn by hand: desktop styles make it for wide windows and frame every title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHeaderView, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup.process_row import CHANGE, COUNTS, MEMORY, NAME, STATUS
from oomtray.ui.popup.row_layout import PAD
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.painting import from_start, margins_from_start, paint_round

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

_DESCENDS_FIRST = (MEMORY, CHANGE, STATUS)
_ARROW, _STROKE = 9, 1.4
_GAP = 10
TEXT_SIZE = 0.92
"""Font scale in the header."""
_SIGN = 18
"""Pixels that the two arrows take, with the gap before the words."""


class HeaderView(QHeaderView):
    """Shows column titles, and offers to apply a new order while rows are held in their old one.

    The sort arrow is on the inner side of a title, so that titles don't move; without one the order is the
    default.
    """

    sorted = Signal(int, Qt.SortOrder)
    """Carries the column and the order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(tr("Columns"))
        self.indentation = 0
        """Pixels before the first title, for the rank numbers."""
        self.arrow = self.slot = 0
        """Pixels of the arrow after the numbers, and of a status's shape."""
        self.in_words = False
        """Whether the status is shown in words, which are aligned with its title."""
        self._last_order = (COUNTS, Qt.SortOrder.AscendingOrder)
        self.new_order = OrderButton(self)
        self.new_order.hide()

    def prepare(self) -> None:
        """Set up the sections, once the view has its model."""
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.setMinimumSectionSize(40)
        self.setSortIndicator(*self._last_order)
        self.setSortIndicatorShown(True)
        self.sortIndicatorChanged.connect(self._sort)

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        """Sort a column in its more informative direction first: largest first, names from A."""
        if (
            column != self._last_order[0]
            and column in _DESCENDS_FIRST
            and order == Qt.SortOrder.AscendingOrder
        ):
            self._last_order = (column, Qt.SortOrder.DescendingOrder)
            self.setSortIndicator(column, Qt.SortOrder.DescendingOrder)
            return
        self._last_order = (column, order)
        self.sorted.emit(column, order)

    def room_for(self, title: str) -> int:
        self.ensurePolished()
        return QFontMetrics(scaled(self.font(), TEXT_SIZE)).horizontalAdvance(title) + 2 * PAD + _ARROW + 3

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_offer()

    def place_offer(self) -> None:
        """Place the offer after the first title; if room is short, it loses its glyph, then its text."""
        title = str(self.model().headerData(NAME, Qt.Orientation.Horizontal))
        used = self._title_at(NAME) + QFontMetrics(scaled(self.font(), TEXT_SIZE)).horizontalAdvance(title) + _GAP
        left = self.sectionSize(NAME) - used
        self.new_order.fit(left)
        wide = self.new_order.sizeHint().width()
        self.new_order.setGeometry(from_start(self, QRect(used, 1, wide, self.height() - 3)))

    def _title_at(self, section: int) -> int:
        if section == NAME:
            return self.indentation + 2
        return self.slot if section == STATUS and self.in_words else PAD

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        found = colors.of(self.palette(), on_base=True)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        colors.fill(painter, rect, found.ground)
        colors.fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), found.line)
        usual = self.sortIndicatorSection() == COUNTS and self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        sorted_by = self.sortIndicatorSection() == section and not usual
        painter.setFont(scaled(self.font(), TEXT_SIZE))
        painter.setPen(found.text if sorted_by else found.muted)
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        side = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        at_end = bool(side & Qt.AlignmentFlag.AlignRight) and not (section == STATUS and self.in_words)
        mirrored = self.isRightToLeft()
        start = self._title_at(section)
        end = PAD if at_end else 0  # titles at a column's start may extend into the padding at its end
        box = rect.marginsRemoved(margins_from_start(self, start, 0, end, 0))
        align = Qt.AlignmentFlag.AlignRight if at_end != mirrored else Qt.AlignmentFlag.AlignLeft
        room = box.width() - (_ARROW + 3 if sorted_by else 0)
        if painter.fontMetrics().horizontalAdvance(title) > room:
            title = ""  # no title rather than a part of it; the sort arrow stays
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), title)
        if section == NAME and self.indentation:
            wide = self.indentation - self.arrow
            left = rect.right() + 1 - wide if mirrored else rect.left()
            numbers = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
            painter.drawText(
                QRect(left, rect.top(), wide, rect.height()), int(numbers | Qt.AlignmentFlag.AlignVCenter), "#"
            )
        if sorted_by:
            wide_title = painter.fontMetrics().horizontalAdvance(title) + 4 + _ARROW / 2
            x = box.right() - wide_title if at_end != mirrored else box.left() + wide_title
            self._arrow(painter, x, rect.center().y() + 0.5, found)
        painter.restore()

    def _arrow(self, painter: QPainter, x: float, y: float, found: colors.Colors) -> None:
        up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        tip, foot = (-2.0, 2.0) if up else (2.0, -2.0)
        painter.setPen(round_pen(found.text, _STROKE))
        painter.drawPolyline(
            QPolygonF([QPointF(x - 3.5, y + foot), QPointF(x, y + tip), QPointF(x + 3.5, y + foot)])
        )


class OrderButton(QAbstractButton):
    """Shrinks to its glyph or its words if there is no room for both."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.with_words = self.with_sign = True
        self._width = 0
        self.setText(tr("Order changed"))
        self.setToolTip(tr("The rows keep still while you are on them. A click brings them into their new order."))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def fit(self, width: int) -> None:
        words = QFontMetrics(scaled(self.font(), TEXT_SIZE)).horizontalAdvance(self.text()) + 10
        self.with_sign = words + _SIGN <= width or words > width
        self.with_words = words <= width
        self._width = (words if self.with_words else 8) + (_SIGN if self.with_sign else 0)

    def sizeHint(self) -> QSize:
        return QSize(self._width, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette(), on_base=True)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset, whole = 0.5 if found.stark else 0.0, QRectF(self.rect())
        edge = QPen(found.text) if found.stark else None
        paint_round(painter, whole.adjusted(inset, inset, -inset, -inset), 4, edge=edge, ground=found.selected)
        if self.hasFocus():
            paint_round(painter, whole.adjusted(1, 1, -1, -1), 4, edge=QPen(found.calm, 1.5), ground=found.selected)
        mirrored = self.isRightToLeft()
        x = self.width() - 12.0 if mirrored else 12.0
        y = self.height() / 2
        painter.setPen(round_pen(found.text, _STROKE))
        for at, tip in ((x - 3.5, -1), (x + 3.5, 1)) if self.with_sign else ():
            painter.drawLine(QPointF(at, y - 4), QPointF(at, y + 4))
            painter.drawPolyline(
                QPolygonF([QPointF(at - 2, y + tip * 2), QPointF(at, y + tip * 4), QPointF(at + 2, y + tip * 2)])
            )
        if self.with_words:
            painter.setPen(found.text)
            painter.setFont(scaled(self.font(), TEXT_SIZE))
            start = _SIGN + 5 if self.with_sign else 5
            box = self.rect().marginsRemoved(margins_from_start(self, start, 0, 5, 0))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.text())
