"""The placeholder for an empty view: a sign, a title and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import mean_letter, scaled
from oomtray.ui.qt.labels import Plain
from oomtray.ui.qt.layout import fill
from oomtray.ui.qt.painting import begin_painting

_LONGEST_LINE, _SHORTEST_LINE, _LEAST_BESIDE = 56, 24, 24
"""Most and least characters per line of centered text, and least margin in pixels."""


class Sign(QWidget):
    """A letter in a ring, in the color of captions."""

    def __init__(self, parent: QWidget, *, large: bool = False) -> None:
        super().__init__(parent)
        self.letter = ""
        least, lines = (48, 3.0) if large else (28, 1.75)
        self._side = max(least, round(lines * self.fontMetrics().height()))
        self.setFixedSize(self._side, self._side)

    def show_letter(self, letter: str) -> None:
        self.letter = letter
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, found = begin_painting(self, on_base=True)
        ink = colors.blend(found.muted, found.ground, 1.0 if found.stark else 0.7)
        painter.setPen(QPen(ink, self._side / 20))
        painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        font = scaled(self.font(), 1.0, bold=True)
        font.setPixelSize(round(self._side * 0.55))
        painter.setFont(font)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.letter)


class Empty(QWidget):
    """A centered sign, title and sentence that fill an empty view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)  # it shares its place with a page that scrolls
        self._sign = Sign(self, large=True)
        self._sign.show_letter("i")
        self.title = Plain("", self, wraps=True)
        self.title.setFont(scaled(self.font(), 1.18, bold=True))
        self.says = Plain("", self, faint=True, wraps=True)
        self.says.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)  # it may name a command
        for label in (self.title, self.says):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sign = (self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column = fill(QVBoxLayout(self), None, sign, self.title, self.says, None, spacing=10)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Leave so much beside the text that its lines are about as long, and the last isn't a single word."""
        letter = mean_letter(self.fontMetrics())
        longest = min(round(_LONGEST_LINE * letter), self.width() - 2 * _LEAST_BESIDE)
        least = max(_SHORTEST_LINE * letter, self.title.sizeHint().width())
        lines = self._height_within(longest)
        while longest - letter > least and self._height_within(round(longest - letter)) == lines:
            longest = round(longest - letter)
        longest += round(letter / 2)  # a label breaks its lines a little sooner
        beside = max((self.width() - longest) // 2, _LEAST_BESIDE)
        self._column.setContentsMargins(beside, 24, beside, 24)

    def _height_within(self, width: int) -> int:
        room = QRect(0, 0, width, 1 << 20)
        return self.says.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, self.says.text()).height()

    def show_text(self, text: str, title: str = "") -> None:
        self.says.setText(text)
        self.title.show_text(title)
        self._sign.setVisible(bool(title))
        self._place()
