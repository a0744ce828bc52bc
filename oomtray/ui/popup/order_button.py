"""The button in the list's header that applies the new order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from oomtray.messages.i18n import tr
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import scaled

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

TEXT_SIZE = 0.92
"""Font scale in the header."""
_SIGN = 18
"""Pixels that the two arrows take, with the gap before the words."""


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
        painter.setPen(QPen(found.text) if found.stark else Qt.PenStyle.NoPen)
        painter.setBrush(found.selected)
        edge = 0.5 if found.stark else 0.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(found.calm, 1.5))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        mirrored = self.isRightToLeft()
        x = self.width() - 12.0 if mirrored else 12.0
        y = self.height() / 2
        painter.setPen(line_pen(found))
        for at, tip in ((x - 3.5, -1), (x + 3.5, 1)) if self.with_sign else ():
            painter.drawLine(QPointF(at, y - 4), QPointF(at, y + 4))
            painter.drawPolyline(
                QPolygonF([QPointF(at - 2, y + tip * 2), QPointF(at, y + tip * 4), QPointF(at + 2, y + tip * 2)])
            )
        if self.with_words:
            painter.setPen(found.text)
            painter.setFont(scaled(self.font(), TEXT_SIZE))
            start = _SIGN + 5 if self.with_sign else 5
            box = self.rect().adjusted(5 if mirrored else start, 0, -start if mirrored else -5, 0)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()


def line_pen(found: colors.Colors) -> QPen:
    """Return the pen of the header's arrows."""
    return QPen(found.text, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
