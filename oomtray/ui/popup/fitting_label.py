"""Labels that have wordings of several lengths and show the longest that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPalette, QResizeEvent

from oomtray.messages.i18n import tr
from oomtray.ui.popup.row_shapes import draw_icon, draw_letter
from oomtray.ui.qt import colors
from oomtray.ui.qt.fonts import scaled
from oomtray.ui.qt.labels import Elided, Plain
from oomtray.ui.qt.painting import from_start, write_line
from oomtray.ui.qt.screen_reader import give_tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

_ICON, _AIR = 16, 5
_LEAST_LETTERS = 3
"""Characters of a name beside its icon."""


class Fitting(Elided):
    """A label with several `texts`, longest first; the last is elided if needed.

    The first one is its accessible name and tooltip.
    """

    def __init__(self, parent: QWidget | None = None, *, faint: bool = False) -> None:
        self.texts: tuple[str, ...] = ("",)
        self._spoken = ""
        super().__init__("", parent, faint=faint, middle=True)

    def set_texts(self, texts: tuple[str, ...], spoken: str = "") -> None:
        """Set the wordings; `spoken` replaces the accessible name, so that not every change is announced."""
        self.texts, self._spoken = texts or ("",), spoken
        if self.texts[0] != self.text():
            self.setText(self.texts[0])
        else:
            self.setAccessibleName(self.texts[0])
        self.update()

    def setAccessibleName(self, name: str) -> None:
        told = self._spoken or name
        if told != self.accessibleName():  # Qt announces each call
            super().setAccessibleName(told)

    @property
    def shown(self) -> str:
        wide = self.fontMetrics().horizontalAdvance
        found = next((text for text in self.texts if wide(text) <= self.width()), None)
        return found if found is not None else self.cut(self.texts[-1])

    @property
    def shortest(self) -> str:
        return self.texts[-1]

    @property
    def wanted(self) -> int:
        """Width in pixels of the shortest wording."""
        return self.fontMetrics().horizontalAdvance(self.shortest)

    @property
    def widest(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.texts[0])


class Named(NamedTuple):
    """The name and icon of an app or process that comes next."""

    name: str
    icon: QIcon | None


class QueueLine(Plain):
    """A line like `then A › B › C` with small icons.

    If room is short, the last names are left out, then the first is elided.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._words: tuple[str, ...] = ("",)
        self._names: tuple[Named, ...] = ()

    def say(self, words: tuple[str, ...], names: Sequence[Named]) -> None:
        """Show the names after the first of these words that leaves room for one of them, or else after the last."""
        self._words, self._names = words or ("",), tuple(names)
        told = tr(", ").join(one.name for one in self._names)
        text = tr("{then} {names}", then=self._words[0], names=told) if told else ""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        self._mind_tooltip()
        self.update()

    @property
    def _side(self) -> int:
        """The size of an icon, limited by the line's height."""
        return min(_ICON, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._mind_tooltip()

    def _mind_tooltip(self) -> None:
        give_tooltip(self, self.text() if len(self._fit()) < len(self._names) else "")

    @property
    def _word(self) -> str:
        wide = self.fontMetrics().horizontalAdvance
        room = self.width() - 3 * _AIR - self._side - (wide(self._names[0].name) if self._names else 0)
        return next((word for word in self._words if wide(word) <= room), self._words[-1])

    def _fit(self) -> list[tuple[Named, str, int]]:
        """Return the names that fit: each with its text and start position."""
        metrics, side = self.fontMetrics(), self._side
        wide = metrics.horizontalAdvance
        x = wide(self._word) + 2 * _AIR
        found: list[tuple[Named, str, int]] = []
        for one in self._names:
            room = self.width() - x - side - _AIR
            text = one.name
            if wide(text) > room:
                if found or room < wide(f"{text[:_LEAST_LETTERS]}…"):
                    break
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
            found.append((one, text, x))
            x += side + _AIR + wide(text) + _AIR + wide("›") + _AIR
        return found

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        mirrored = self.isRightToLeft()
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(ink)
        metrics, high, side = self.fontMetrics(), self.height(), self._side
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)

        def write(text: str, x: int) -> int:
            wide = metrics.horizontalAdvance(text)
            left = self.width() - x - wide if mirrored else x
            write_line(painter, QRect(left, 0, wide + 1, high), text)
            return x + wide

        if not self._names:
            return
        fitting = self._fit()
        if not fitting:  # none fits: show elided text only
            write(metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width()), 0)
        else:
            write(self._word, 0)
        for number, (one, text, begin) in enumerate(fitting):
            if number:
                write("‹" if mirrored else "›", begin - _AIR - metrics.horizontalAdvance("›"))
            box = from_start(self, QRect(begin, (high - side) // 2, side, side))
            if one.icon is not None and not one.icon.isNull():
                draw_icon(painter, one.icon, box, self.devicePixelRatioF())
            else:
                draw_letter(painter, one.name, box, scaled(self.font(), 0.8), colors.of(self.palette()))
                painter.setPen(ink)
                painter.setFont(self.font())
            write(text, begin + side + _AIR)
