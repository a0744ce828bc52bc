"""The colors of painted parts in high contrast: two colors, no tints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPalette

    from oomtray.ui.qt.colors import Colors


def of(palette: QPalette, *, on_base: bool = False) -> Colors:
    """Return `colors.of`, adapted if high contrast is on.

    Then lines and bars are as dark as the text, and no background is tinted.
    """
    found = colors.of(palette, on_base=on_base)
    if not found.stark:
        return found
    return replace(
        found,
        muted=found.text,
        line=found.text,
        track=found.ground,
        hover=found.ground,
        selected=found.ground,
        calm_wash=found.ground,
    )
