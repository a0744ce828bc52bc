"""The desktop's font in the sizes that the app uses, and sizes that follow it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics

SMALL = 0.87
"""Font scale of captions and second lines."""
WIDER = 0.6
"""Share of the text's growth by which a window grows that has room to spare."""
_PIXELS = 13
"""Pixel size of a 10-point font at 96 dpi."""


def scaled(font: QFont, by: float, *, bold: bool = False) -> QFont:
    made = QFont(font)
    if made.pointSizeF() > 0:
        made.setPointSizeF(max(made.pointSizeF() * by, 6.5))
    else:
        made.setPixelSize(max(round(made.pixelSize() * by), 9))
    made.setBold(bold)
    return made


def small(font: QFont) -> QFont:
    """Return the font of captions and second lines."""
    return scaled(font, SMALL)


def large(font: QFont) -> QFont:
    return scaled(font, 1.18, bold=True)


def growth(font: QFont) -> float:
    """Return how much larger than at 10 points a drawing beside this text has to be, from 1 to 2.

    Desktops enlarge text by point size or by dpi, so the pixel size is measured.
    """
    return min(max(QFontInfo(font).pixelSize() / _PIXELS, 1.0), 2.0)


def grown(pixels: int, font: QFont) -> int:
    """Scale a drawing's size from a 10-point font to this one."""
    return round(pixels * growth(font))


def by_text(size: QSize, font: QFont, share: float = 1.0) -> QSize:
    """Scale a window size in pixels that was designed for a 10-point font: larger text needs a larger window.

    `share` is how much of the text's growth applies.
    """
    by = 1 + (growth(font) - 1) * share
    return QSize(round(size.width() * by), round(size.height() * by))


def fixed(font: QFont) -> QFont:
    """Return the desktop's fixed-width font in the size of `font`."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if font.pointSizeF() > 0:
        made.setPointSizeF(font.pointSizeF())
    else:
        made.setPixelSize(font.pixelSize())
    return made


def mean_letter(metrics: QFontMetrics) -> float:
    """Return the mean width of Latin letters in pixels.

    A font with Hangul reports the mean width of its wide letters.
    """
    return metrics.horizontalAdvance("abcdefghijklmnopqrstuvwxyz") / 26
