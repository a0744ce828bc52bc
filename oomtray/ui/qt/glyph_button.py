"""A flat button with a glyph in the text color, an accessible name and a tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import growth
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.push_button import EnterButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from oomtray.ui.qt.glyphs import Glyph

_LEAST, _GLYPH = 28, 16


def mind_pointer(button: QPushButton) -> None:
    """Clear the hover state after a menu has closed: the pointer left for it, and the button isn't notified."""
    if not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
        button.update()


def forget_pointer(window: QWidget) -> None:
    """Clear the hover states of a hidden window's buttons, which aren't notified that the pointer has left."""
    for button in window.findChildren(GlyphButton):
        button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)


class GlyphButton(EnterButton):
    """A flat button; `name` is for screen readers, `hint` is the tooltip."""

    def __init__(self, glyph: Glyph, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._glyph = glyph
        self.setFlat(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.setToolTip(hint or name)

    def sizeHint(self) -> QSize:
        side = max(_LEAST, self.fontMetrics().height() + 10)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isDown() or self.isChecked()
        if on or self.underMouse():
            painter.setBrush(found.selected if on else found.track)
            painter.setPen(QPen(found.calm, 1) if on else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(found.calm, 2))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        side = _GLYPH * growth(self.font())
        place = QRectF(0, 0, side, side)
        place.moveCenter(QRectF(self.rect()).center())
        draw(painter, self._glyph, place, found.text if self.isEnabled() else found.muted)
        painter.end()
