"""Buttons: what all have in common, one with a text, one that looks like a link in a sentence, and a flat one with a glyph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.fonts import growth
from oomtray.ui.qt.glyphs import Glyph, draw
from oomtray.ui.qt.painting import paint_round

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

_AIR = 24
"""Pixels beside a button's text, both sides together; no more with large text, which has little room for several buttons."""
_INSIDE, _CORNER = 3.5, 2.0
"""Pixels between the edge of a button and its ring, and the ring's corners."""
_DEFAULT = 3.0
"""Pixels of the edge of a window's default button in high contrast."""
_LEAST, _GLYPH = 28, 16


class EnterButton(QPushButton):
    """Is pressed by Enter while it has the focus, where Qt would press the window's default button."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAutoDefault(False)  # which would show each focused one as the default

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


class EdgedButton(EnterButton):
    """Is drawn by the style, with an edge that is seen (field_edges.py)."""


class PushButton(EdgedButton):
    """Has a ring while it has the keyboard: with Fusion it would look as a default button does, which need not have it."""

    def sizeHint(self) -> QSize:
        """Keep some room beside the text: Fusion's padding doesn't grow with it."""
        return super().sizeHint().expandedTo(QSize(self.fontMetrics().horizontalAdvance(self.text()) + _AIR, 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        found = contrast.of(self.window().palette())
        marked = self.isDefault() and self.isEnabled() and found.stark  # where the style only tints it
        focused = self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        if not marked and not focused:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for drawn, inside, wide in ((marked, _DEFAULT / 2, _DEFAULT), (focused, _INSIDE + marked, 1.0)):
            if drawn:
                box = QRectF(self.rect()).adjusted(inside, inside, -inside, -inside)
                paint_round(painter, box, _CORNER, edge=QPen(found.calm, wide))


def push_button(text: str, does: Callable[[], object], parent: QWidget | None) -> PushButton:
    button = PushButton(text, parent)
    button.clicked.connect(does)
    return button


class LinkButton(EnterButton):
    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colors.link(self.palette()))
        font = self.font()
        stark = colors.of(self.palette()).stark  # in high contrast it has the color of the words beside it
        font.setUnderline(stark or self.underMouse() or self.hasFocus())
        painter.setFont(font)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.hasFocus():
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


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

    def paintEvent(self, _event: QPaintEvent) -> None:
        found = colors.of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isDown() or self.isChecked()
        if on or self.underMouse():
            edge = QPen(found.calm, 1) if on else None
            paint_round(painter, box, 4, edge=edge, ground=found.selected if on else found.track)
        if self.hasFocus():
            paint_round(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), 4, edge=QPen(found.calm, 2))
        side = _GLYPH * growth(self.font())
        place = QRectF(0, 0, side, side)
        place.moveCenter(QRectF(self.rect()).center())
        draw(painter, self._glyph, place, found.text if self.isEnabled() else found.muted)
