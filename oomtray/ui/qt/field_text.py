"""Centers text in fields even if its letters, such as Hangul, come from a fallback font.

For a line higher than the field's own font Qt takes the middle, then moves it up again by the difference in
ascent (seen in Qt 6.11): the text is some pixels too high, and jumps as it is typed. The offset is measured,
because another version of Qt may not do this.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import QLineEdit, QWidget

_PLAIN = 0x250
"""First code point that may come from a fallback font; those before are Latin."""


def level_text(field: QLineEdit) -> None:
    """Keep the field's text vertically centered, whatever is entered."""
    _Leveller(field)


def level_all(window: QWidget) -> None:
    """Center the text of all fields of a window, including spin boxes and combo boxes."""
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
            margins.setBottom(-down)  # keeps the field's height
            self._field.setTextMargins(margins)


def _too_high(text: str, font: str) -> int:
    """Return by how many pixels Qt draws a text above the middle, equal for all texts with the same ascent."""
    first = next(place for place, letter in enumerate(text, 1) if ord(letter) >= _PLAIN)
    return _measured(font, _ascent(text, font), text[:first])


def _ascent(text: str, font: str) -> int:
    """Return the ascent in pixels of the highest font that the text uses."""
    layout = QTextLayout(text, _font(font))
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return int(line.ascent() + 0.5)


@lru_cache(maxsize=8)
def _measured(font: str, ascent: int, text: str) -> int:
    """Measure the offset, cached by `ascent` because texts with the same ascent are drawn alike."""
    tops = []
    for shown in ("0", text):
        probe = QLineEdit(shown)
        probe.setFont(_font(font))
        probe.setFrame(False)
        probe.resize(60, 3 * probe.fontMetrics().height())
        probe.grab()  # forces the layout
        tops.append(probe.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).top())
    higher: int = tops[0] + _ascent("0", font) - tops[1] - ascent
    return max(higher, 0)


def _font(told: str) -> QFont:
    made = QFont()
    made.fromString(told)
    return made
