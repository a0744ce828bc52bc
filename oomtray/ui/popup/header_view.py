"""The head of the process list, drawn by hand: the desktop's own is made for wide windows and frames every word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.popup.process_delegate import PAD
from oomtray.ui.qt import colours
from oomtray.ui.qt.fonts import small

_ARROW = 9


class HeaderView(QHeaderView):
    """Titles of the columns; the arrow of the order stands on the inner side of a title, so that no title moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(tr("Columns"))

    def room_for(self, title: str) -> int:
        self.ensurePolished()
        from PySide6.QtGui import QFontMetrics

        return QFontMetrics(small(self.font())).horizontalAdvance(title) + 2 * PAD + _ARROW + 3

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 9)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        found = colours.of(self.palette(), on_base=True)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        colours.fill(painter, rect, found.ground)
        colours.fill(painter, QRect(rect.left(), rect.bottom(), rect.width(), 1), found.line)
        sorted_by = self.sortIndicatorSection() == section
        painter.setFont(small(self.font()))
        painter.setPen(found.text if sorted_by else found.muted)
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        side = self.model().headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        at_end = bool(side & Qt.AlignmentFlag.AlignRight)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        box = rect.adjusted(PAD, 0, -PAD, 0)
        align = Qt.AlignmentFlag.AlignRight if at_end != mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), title)
        if sorted_by:
            wide = painter.fontMetrics().horizontalAdvance(title) + 4 + _ARROW / 2
            x = box.right() - wide if at_end != mirrored else box.left() + wide
            self._arrow(painter, x, rect.center().y() + 0.5, found)
        painter.restore()

    def _arrow(self, painter: QPainter, x: float, y: float, found: colours.Colours) -> None:
        """Up: the smallest first."""
        up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
        tip, foot = (-2.0, 2.0) if up else (2.0, -2.0)
        painter.setPen(
            QPen(found.text, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPolyline(
            QPolygonF([QPointF(x - 3.5, y + foot), QPointF(x, y + tip), QPointF(x + 3.5, y + foot)])
        )
