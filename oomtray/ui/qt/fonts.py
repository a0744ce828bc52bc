"""The desktop's own font in the sizes that the popup uses."""

from __future__ import annotations

from PySide6.QtGui import QFont


def scaled(font: QFont, by: float, *, bold: bool = False) -> QFont:
    made = QFont(font)
    if made.pointSizeF() > 0:
        made.setPointSizeF(max(made.pointSizeF() * by, 6.5))
    else:
        made.setPixelSize(max(round(made.pixelSize() * by), 9))
    made.setBold(bold)
    return made


def small(font: QFont) -> QFont:
    """Captions and second lines."""
    return scaled(font, 0.87)


def large(font: QFont) -> QFont:
    """The headline."""
    return scaled(font, 1.18, bold=True)
