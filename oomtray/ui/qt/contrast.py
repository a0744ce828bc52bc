"""Whether the desktop asks for high contrast, by saying so or by its colors, and the colors of painted parts then: two inks, no tints."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette

    from oomtray.ui.qt.colors import Colors


def wants_high_contrast() -> bool:
    """What the desktop asks for; Qt tells it since 6.10."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)
    return accessibility is not None and _is_high(accessibility().contrastPreference())


def of(palette: QPalette, *, on_base: bool = False) -> Colors:
    """The palette's colors, as `colors.of` has them; in high contrast lines and bars are as dark as the text, and no ground is tinted."""
    found = colors.of(palette, on_base=on_base)
    if not (found.stark or wants_high_contrast()):
        return found
    return replace(
        found,
        muted=found.text,
        line=found.text,
        track=found.ground,
        hover=found.ground,
        selected=found.ground,
        calm=found.text,
        calm_wash=found.ground,
    )


@lru_cache(maxsize=4)
def _is_high(preference: Qt.ContrastPreference) -> bool:
    return preference == Qt.ContrastPreference.HighContrast
