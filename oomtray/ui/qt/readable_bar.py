"""A custom-painted widget that exposes a number to screen readers like Qt's progress bar (AT-SPI's Value)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from oomtray.ui.qt.colors import Colors


class ReadableBar(QProgressBar):
    """The base of such widgets: a subclass overrides `paintEvent`, and nothing of a progress bar is drawn."""

    _dimmed = False

    def dim(self, *, dimmed: bool) -> None:
        """Dim what is outdated."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    @staticmethod
    def faded(color: QColor, under: QColor, found: Colors) -> QColor:
        """Return a color for what is outdated, which in high contrast can be told from what is under it all the same."""
        fainter = colors.blend(color, under, 0.45)
        return colors.seen_on(fainter, under) if found.stark else fainter

    def tell(self, percent: float | None, lowest: float = 0, highest: float = 100) -> None:
        """Set the exposed number and its bounds; None if unknown.

        A screen reader finds it there, but is not told of each new one: Orca says all news of progress bars aloud.
        """
        low, high = math.floor(lowest), math.ceil(highest)
        seen = Qt.WidgetAttribute.WA_WState_Visible
        shown = self.testAttribute(seen)
        self.setAttribute(seen, on=False)  # of what isn't seen Qt sends no events; nor does it repaint it with each call
        self.setRange(low, max(high, low + 1))  # an empty range would mean "busy"
        if percent is None:
            self.reset()
        else:
            self.setValue(min(max(round(percent), low), high))
        self.setAttribute(seen, on=shown)
