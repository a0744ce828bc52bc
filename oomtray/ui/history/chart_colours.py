"""The colours of the history's picture, and the hatches that take their place where contrast is to be high."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPalette

from oomtray.records import dataclass
from oomtray.ui.qt import colours, contrast

if TYPE_CHECKING:
    from oomtray.ui.qt.colours import Colours

_LIGHT = ("#3672c4", "#15806f", "#7d57c4", "#2f7a98", "#b2457f", "#66761f")
_DARK = ("#5f9cec", "#35b3a1", "#a98be6", "#6fb9d8", "#dc7fb4", "#a3b650")
"""Apps, the steadiest first; no amber or red, which stand for a level."""
_HATCHES = (
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.VerPattern,
)


@dataclass(frozen=True)
class ChartColours:
    found: Colours
    high_contrast: bool

    @property
    def memory(self) -> QColor:
        return self.found.text if self.high_contrast else self.found.calm

    @property
    def memory_wash(self) -> QColor:
        return colours.blend(self.memory, self.found.ground, 0.08 if self.high_contrast else 0.15)

    @property
    def memory_band(self) -> QColor:
        """Between the lowest and the highest of a column."""
        return colours.blend(self.memory, self.found.ground, 0.34)

    @property
    def swap(self) -> QColor:
        return colours.blend(self.found.text, self.found.ground, 1.0 if self.high_contrast else 0.72)

    @property
    def stall(self) -> QColor:
        return self.found.red

    @property
    def grid(self) -> QColor:
        return colours.blend(self.found.text, self.found.ground, 0.5) if self.high_contrast else self.found.line

    @property
    def edge(self) -> QColor:
        """Around what belongs together."""
        return self.found.line

    @property
    def threshold(self) -> QColor:
        return colours.blend(self.found.text, self.found.ground, 0.8 if self.high_contrast else 0.5)

    @property
    def lane(self) -> QColor:
        return colours.blend(self.found.text, self.found.ground, 0.05)

    def app(self, number: int) -> QBrush:
        if self.high_contrast:
            return QBrush(self.found.text, _HATCHES[number % len(_HATCHES)])
        return QBrush(QColor((_DARK if self.found.dark else _LIGHT)[number % len(_LIGHT)]))

    @property
    def other(self) -> QBrush:
        return QBrush(colours.blend(self.found.text, self.found.ground, 0.04 if self.high_contrast else 0.17))

    def on_app(self, number: int | None) -> QColor:
        """For text on an app's colour, or on that of all else (None)."""
        if self.high_contrast or number is None:
            return self.found.text
        ground = self.app(number).color()
        white, black = QColor("white"), QColor("#101114")
        return white if colours.contrast(white, ground) >= colours.contrast(black, ground) else black


def of(palette: QPalette) -> ChartColours:
    """For what stands on the ground of lists and fields."""
    return ChartColours(contrast.of(palette, on_base=True), contrast.wants_high_contrast())
