"""The button that resets a setting to its default, whose place is kept while it is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen

from oomtray.messages.i18n import tr
from oomtray.ui.qt.buttons import EnterButton
from oomtray.ui.qt.icons import outline
from oomtray.ui.qt.painting import begin_painting, paint_round

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_SIDE = 28
_ARROW = "M-2 -5.5 L-5.5 -2 L-2 1.5 M-5.5 -2 H2 C6.6 -2 6.6 5 2 5 H-1"


def side(widget: QWidget) -> int:
    """Return the pixels of its side at a widget's text size: the height of a row that has a switch and this place beside it."""
    return max(_SIDE, round(widget.fontMetrics().height() * 1.4))


class ResetButton(EnterButton):
    def __init__(self, setting: str, default: str, parent: QWidget) -> None:
        super().__init__(parent=parent)
        says = tr("Back to the default of “{setting}”: {value}", setting=setting, value=default)
        self.setAccessibleName(says)
        self.setToolTip(says)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        policy.setHorizontalPolicy(policy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(side(self), side(self))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isDown() or self.underMouse():
            paint_round(painter, box, 4, ground=found.selected if self.isDown() else found.hover)
        if self.hasFocus():
            paint_round(painter, box, 4, edge=QPen(found.calm, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(self.width() / 2, self.height() / 2)
        painter.scale(self.height() / _SIDE, self.height() / _SIDE)
        if self.isRightToLeft():
            painter.scale(-1, 1)
        painter.setPen(QPen(found.text if self.isEnabled() else found.muted, 1.5))
        painter.drawPath(outline(_ARROW))
