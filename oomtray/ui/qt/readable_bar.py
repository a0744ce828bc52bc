"""A widget that paints itself and tells a screen reader a number, as Qt's own progress bar does (AT-SPI's Value)."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QProgressBar


class ReadableBar(QProgressBar):
    """A subclass overrides `paintEvent`: nothing of a progress bar is drawn."""

    def tell(self, percent: float | None, lowest: float = 0, highest: float = 100) -> None:
        """The number now, and between which it lies; None where it is unknown."""
        self.setUpdatesEnabled(False)  # each of these would paint at once
        low, high = math.floor(lowest), math.ceil(highest)
        self.setRange(low, max(high, low + 1))  # an empty range would stand for "busy"
        if percent is None:
            self.reset()
        else:
            self.setValue(min(max(round(percent), low), high))
        self.setUpdatesEnabled(True)
