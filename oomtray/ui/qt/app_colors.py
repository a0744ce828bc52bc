"""Fill colors that tell apps apart, and the hatches that replace them in high contrast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from oomtray.ui.qt import colors

if TYPE_CHECKING:
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


def app_brush(number: int, found: Colors) -> QBrush:
    """Return the fill of the app with this index, counted from 0."""
    if colors.wants_high_contrast():
        return QBrush(found.text, _HATCHES[number % len(_HATCHES)])
    return QBrush(QColor((_DARK if found.dark else _LIGHT)[number % len(_LIGHT)]))
