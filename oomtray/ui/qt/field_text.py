"""Text fields whose text stands in their middle, also where letters of another script, such as Hangul, are lent by another font.

Of a line that is higher than the field's own font Qt takes the middle and then moves it up once more, by as much as that font's
letters begin higher (seen in Qt 6.11): it stands some pixels too high, and jumps as it is typed. How far is measured, as another
Qt may not do it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PLAIN = 0x250
"""Letters from here on may come from another font: before it is Latin."""


def level_text(field: QLineEdit) -> None:
    """From now on, whatever is written into it."""
    _Leveller(field)


def level_all(window: QWidget) -> None:
    """The text of all fields of a window, of spin boxes and choice boxes too."""
    for field in window.findChildren(QLineEdit):
        if field.findChild(_Leveller) is None:
            level_text(field)


class _Leveller(QObject):
    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        field.textChanged.connect(self.level)
        self.level()

    @Slot()
    def level(self) -> None:
        margins, text = self._field.textMargins(), self._field.text()
        down = _too_high(text, self._field.font().toString()) if any(ord(letter) >= _PLAIN for letter in text) else 0
        if margins.top() != down:
            margins.setTop(down)
            margins.setBottom(-down)  # the field wants no more height for it
            self._field.setTextMargins(margins)


def _too_high(text: str, font: str) -> int:
    """Pixels by which this Qt draws a text above the middle; the same for all texts of one height."""
    first = next(place for place, letter in enumerate(text, 1) if ord(letter) >= _PLAIN)
    return _measured(font, _ascent(text, font), text[:first])


def _ascent(text: str, font: str) -> int:
    """Pixels above the line on which the letters stand, by the highest of the fonts that lend them."""
    layout = QTextLayout(text, _font(font))
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return int(line.ascent() + 0.5)


@lru_cache(maxsize=8)
def _measured(font: str, ascent: int, text: str) -> int:
    """`ascent` stands for the fonts: two texts that have the same are drawn alike."""
    tops = []
    for shown in ("0", text):
        probe = QLineEdit(shown)
        probe.setFont(_font(font))
        probe.setFrame(False)
        probe.resize(60, 3 * probe.fontMetrics().height())
        probe.grab()  # only now it knows
        tops.append(probe.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).top())
    higher: int = tops[0] + _ascent("0", font) - tops[1] - ascent
    return max(higher, 0)


def _font(told: str) -> QFont:
    made = QFont()
    made.fromString(told)
    return made
