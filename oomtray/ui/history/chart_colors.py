"""The colors of the history chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QBrush, QColor, QPalette, QPen

from oomtray.records import dataclass
from oomtray.ui.qt import colors, contrast
from oomtray.ui.qt.app_colors import app_brush

if TYPE_CHECKING:
    from oomtray.ui.qt.colors import Colors


@dataclass(frozen=True)
class ChartColors:
    found: Colors

    @property
    def memory(self) -> QColor:
        return self.found.text if self.found.stark else self.found.calm

    @property
    def memory_wash(self) -> QColor:
        strength = 0.24 if self.found.dark else 0.15  # the eye tells dark tints apart less well
        return colors.blend(self.memory, self.found.ground, 0.08 if self.found.stark else strength)

    @property
    def memory_band(self) -> QColor:
        """The fill of the band between the lowest and highest value of a column."""
        return colors.blend(self.memory, self.found.ground, 0.5 if self.found.dark else 0.34)

    @property
    def swap(self) -> QColor:
        return colors.blend(self.found.text, self.found.ground, 1.0 if self.found.stark else 0.72)

    @property
    def swap_band(self) -> QColor:
        """The fill between the lowest and highest value of swap, through which memory is seen."""
        color = QColor(self.swap)
        color.setAlphaF(0.5)
        return color

    @property
    def stall(self) -> QColor:
        return colors.seen_on(self.found.red, self.found.ground, self.memory_wash)

    @property
    def grid(self) -> QColor:
        return self.found.grid

    @property
    def threshold(self) -> QColor:
        return colors.blend(self.found.text, self.found.ground, 0.8 if self.found.stark else 0.5)

    @property
    def lane(self) -> QColor:
        return colors.blend(self.found.text, self.found.ground, 0.05)

    @property
    def edge(self) -> QPen | None:
        """The edge of painted areas, which in high contrast have no tints."""
        return QPen(self.found.text, 1) if self.found.stark else None

    @property
    def badge(self) -> QColor:
        """The fill below the count of a mark's events."""
        return self.found.ground if self.found.stark else colors.blend(self.found.text, self.found.ground, 0.18)

    @property
    def gap(self) -> QColor:
        """The fill of unrecorded periods, which recede: darker than the ground in a dark theme too."""
        return colors.blend(QColor("black"), self.found.ground, 0.3) if self.found.dark else self.lane

    def app(self, number: int) -> QBrush:
        """Return the fill of an app by its color index."""
        return app_brush(number, self.found)

    @property
    def other(self) -> QBrush:
        strength = 0.26 if self.found.dark else 0.17
        return QBrush(colors.blend(self.found.text, self.found.ground, 0.04 if self.found.stark else strength))

    def on_app(self, number: int | None) -> QColor:
        """Return the text color on an app's fill, or on that of all others for None."""
        if self.found.stark or number is None:
            return self.found.text
        ground = self.app(number).color()
        white, black = QColor("white"), QColor("#101114")
        return white if colors.contrast(white, ground) >= colors.contrast(black, ground) else black


def of(palette: QPalette) -> ChartColors:
    """Return the chart colors for the background of lists and fields."""
    return ChartColors(contrast.of(palette, on_base=True))
