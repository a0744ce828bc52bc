"""Lets Qt keep pixmaps for the next drawing only while something may be drawn soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QPixmapCache

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment

_KIB = 10240
"""Qt's own limit."""


def keep_pixmaps(assessment: Assessment | None) -> None:
    """Keep pixmaps while a window is shown, or not all is known to be well, when the disk may be slow; else keep none.

    Qt drops what it keeps bit by bit: until nothing is left it wakes the app every 10 to 30 seconds, and each time a
    panel asks for the icon there is something again.
    """
    calm = assessment is not None and assessment.level.name == "normal"
    needed = not calm or any(window.isVisible() for window in QGuiApplication.topLevelWindows())
    QPixmapCache.setCacheLimit(_KIB if needed else 0)
