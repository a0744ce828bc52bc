"""Fill colors that tell apps apart, and the hatches that replace them in high contrast."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from oomtray.text import printable
from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.ui.qt.colors import Colors

_LIGHT = ("#3672c4", "#15806f", "#7d57c4", "#2f7a98", "#b2457f", "#66761f")
_DARK = ("#5f9cec", "#35b3a1", "#a98be6", "#6fb9d8", "#dc7fb4", "#a3b650")
"""Without amber and red, which mean a level."""
_HATCHES = (
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.VerPattern,
)


class AppPlaces:
    """Gives apps the indexes of their colors, by name: the same in all charts, unless two in one chart would share it."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, names: Sequence[str]) -> list[int]:
        """Return the index of each app of one chart; all differ, those of equal names too."""
        shown = [printable(name).casefold() for name in names]  # a report names the program, a reading the app
        found: dict[int, int] = {}
        for number, name in enumerate(shown):
            place = self._known.get(name)
            if place is not None and place not in found.values():
                found[number] = place
        for number, name in enumerate(shown):
            if number not in found:
                found[number] = self._free(name, set(found.values()))
                self._known.setdefault(name, found[number])
        return [found[number] for number in range(len(shown))]

    def _free(self, name: str, taken: set[int]) -> int:
        """Return an index that no other app of the chart has: among those that fewest have, what the name says."""
        whole = len(_LIGHT)
        begin, used = crc32(name.encode(errors="replace")), Counter(self._known.values())
        free = [place for place in ((begin + step) % whole for step in range(whole)) if place not in taken]
        return min(free, key=lambda place: used[place], default=next(place for place in count(whole) if place not in taken))


places = AppPlaces()
"""Those of all windows."""


def app_brush(number: int, found: Colors) -> QBrush:
    """Return the fill of the app with this index, counted from 0."""
    if colors.wants_high_contrast():
        return QBrush(found.text, _HATCHES[number % len(_HATCHES)])
    return QBrush(QColor((_DARK if found.dark else _LIGHT)[number % len(_LIGHT)]))
