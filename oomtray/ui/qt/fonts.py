"""The desktop's own font in the sizes that the popup uses."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics

SMALL = 0.87
"""Captions and second lines, beside the desktop's font."""
WIDER = 0.6
"""How much of what letters grow by a window grows that has room to spare."""
_PIXELS = 13
"""Of letters of 10 points at 96 dots per inch."""


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
    return scaled(font, SMALL)


def large(font: QFont) -> QFont:
    """The headline."""
    return scaled(font, 1.18, bold=True)


def growth(font: QFont) -> float:
    """By how much a drawing beside this text is larger than beside letters of 10 points: from 1 to 2.

    Desktops make text larger by its points or by dots per inch, so the letters themselves are asked.
    """
    return min(max(QFontInfo(font).pixelSize() / _PIXELS, 1.0), 2.0)


def grown(pixels: int, font: QFont) -> int:
    """The size of a drawing that has so many pixels beside letters of 10 points."""
    return round(pixels * growth(font))


def by_text(size: QSize, font: QFont, share: float = 1.0) -> QSize:
    """The size of a window, in pixels, that was drawn for letters of 10 points: larger letters need a larger window.

    `share`: how much of what the letters grow by.
    """
    by = 1 + (growth(font) - 1) * share
    return QSize(round(size.width() * by), round(size.height() * by))


def fixed(font: QFont) -> QFont:
    """The desktop's font of equal letters, as large as `font`."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF())
    else:
        made.setPixelSize(font.pixelSize())
    return made


def mean_letter(metrics: QFontMetrics) -> float:
    """Pixels of a letter of Latin text: a font that has Hangul too tells the mean of its wide letters."""
    return metrics.horizontalAdvance("abcdefghijklmnopqrstuvwxyz") / 26
