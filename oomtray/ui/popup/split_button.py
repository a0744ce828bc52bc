"""A split button: one action, and a menu of the others, as two buttons that look like one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QStyleOptionButton,
    QWidget,
)

from oomtray.ui.qt import colors
from oomtray.ui.qt.buttons import EdgedButton
from oomtray.ui.qt.field_edges import LEAST_HEIGHT
from oomtray.ui.qt.fonts import grown
from oomtray.ui.qt.glyphs import draw
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import paint_round
from oomtray.ui.qt.plain_text import in_menu
from oomtray.ui.qt.screen_reader import give_tooltip

BESIDE_TEXT = 28
"""Pixels beside a button's text, both sides together."""
_CHEVRON = 14
_OVER = 10
"""Pixels by which each half is drawn beyond the joint, where it is clipped."""


class SplitButton(QWidget):
    """A split button; `pressed` is emitted when it goes down, before `clicked`, to fix its target then."""

    pressed = Signal()
    clicked = Signal()
    menu_wanted = Signal(QPoint)
    """Where the menu should open, in screen coordinates."""

    def __init__(self, menu_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main = _Half(first=True, parent=self)
        self.arrow = _Half(first=False, parent=self)
        self.arrow.setAccessibleName(menu_name)
        self.arrow.setToolTip(menu_name)
        self.main.pressed.connect(self.pressed)
        self.arrow.pressed.connect(self.pressed)
        self.main.clicked.connect(self.clicked)
        self.arrow.clicked.connect(self._open)
        fill(QHBoxLayout(self), self.main, self.arrow, margins=(0, 0, 0, 0), spacing=0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, text: str, name: str, hint: str) -> None:
        """Set the texts, which may contain a name chosen by any program, as plain text."""
        if in_menu(text) != self.main.text():
            self.main.setText(in_menu(text))
        self.main.setAccessibleName(name)
        give_tooltip(self.main, hint)

    @Slot()
    def _open(self) -> None:
        self.menu_wanted.emit(self.arrow.mapToGlobal(QPoint(0, self.arrow.height())))


class _Half(EdgedButton):
    def __init__(self, *, first: bool, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._first = first
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)  # as high as the higher of both

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        high = max(hint.height(), LEAST_HEIGHT)
        if self._first:
            return QSize(max(self.fontMetrics().horizontalAdvance(self.text()) + BESIDE_TEXT, 64), high)
        return QSize(grown(_CHEVRON, self.font()) + 12, high)

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        """Let the style draw beyond the joint, and no text; naming its elements would load all of QStyle."""
        super().initStyleOption(option)
        option.text = ""
        option.rect = self._drawn_on()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        found = colors.of(self.window().palette())
        if self._first:
            painter.setPen(self.palette().buttonText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic, self.text())
        else:
            painter.setPen(colors.blend(found.text, found.ground, 0.25))
            x = self.rect().right() if self._at_left() else 0
            painter.drawLine(x, 5, x, self.height() - 6)
            side = float(grown(_CHEVRON, self.font()))
            place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
            draw(painter, "down", place, found.text)
        if self.hasFocus():
            painter.setPen(found.calm)
            painter.drawRect(self.rect().adjusted(3, 3, -4, -4))

    def _at_left(self) -> bool:
        return self._first == (self.layoutDirection() == Qt.LayoutDirection.LeftToRight)

    def _drawn_on(self) -> QRect:
        at_left = self._at_left()
        return self.rect().adjusted(0 if at_left else -_OVER, 0, _OVER if at_left else 0, 0)


class MarkedButton(EdgedButton):
    """An ordinary button with an edge in the accent color, for the safe answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.marked = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(self.fontMetrics().horizontalAdvance(self.text()) + BESIDE_TEXT, 64), max(hint.height(), LEAST_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.marked:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(colors.of(self.window().palette()).calm, 2)
        paint_round(painter, QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, edge=edge)
