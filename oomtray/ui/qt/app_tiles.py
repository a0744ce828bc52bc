"""Generated icons for what has none: a simple sign on a rounded tile of a quiet color.

They look the same on every desktop and theme. The color is derived from the name, so that a thing can be
found again.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPainterPath, QPen, QPixmap

from oomtray.ui.qt.fonts import growth
from oomtray.ui.qt.glyphs import round_pen
from oomtray.ui.qt.icons import outline

Sign = Literal["terminal", "service", "database", "container", "machine", "letter"]

SIZES = (16, 24, 32)
"""Logical pixels at which app icons are shown: in a queue, on a row, on the card."""
_TILES = ("#7a58a8", "#476b52", "#a8522a", "#2f6aab", "#5d6672", "#27777d", "#a04a68", "#746b2c")
"""White on each of them has a contrast of at least 4.9."""
_GRID = 24.0
"""Side of the grid that the signs are drawn on, with a line width of 2."""
_SIGNS: dict[Sign, str] = {
    "terminal": "M 7 8 L 11 12 L 7 16 M 13 16 H 17.5",
    "database": "M 6.5 8 C 6.5 5 17.5 5 17.5 8 C 17.5 11 6.5 11 6.5 8 V 16 C 6.5 19 17.5 19 17.5 16 V 8"
    " M 6.5 12 C 6.5 15 17.5 15 17.5 12",
    "container": "M 12 5 L 18 8.5 V 15.5 L 12 19 L 6 15.5 V 8.5 Z M 6 8.5 L 12 12 L 18 8.5 M 12 12 V 19",
    "machine": "M 5.5 6.5 H 18.5 V 15 H 5.5 Z M 12 15 V 18.5 M 8.5 18.5 H 15.5",
    "service": "M 12 9 C 16 9 16 15 12 15 C 8 15 8 9 12 9 M 12 5.5 V 7 M 12 17 V 18.5 M 5.5 12 H 7 M 17 12 H 18.5"
    " M 7.4 7.4 L 8.5 8.5 M 15.5 15.5 L 16.6 16.6 M 7.4 16.6 L 8.5 15.5 M 15.5 8.5 L 16.6 7.4",
}


def glyph(sign: Sign, name: str) -> QIcon:
    """Return the tile for a name.

    The sign "letter" shows the name's first one; a name that doesn't begin with a letter gets the sign of a
    terminal.
    """
    letter = ""
    if sign == "letter":
        letter = next((char for char in name[:1] if char.isalnum()), "").upper()[:1]
        sign = "letter" if letter else "terminal"
    tile = _TILES[zlib.crc32(name.casefold().encode("utf-8", "replace")) % len(_TILES)]
    return _icon(sign, letter, tile, ratio())


def ratio() -> float:
    """Return the image pixels per unit of `SIZES`, for the finest screen and the desktop's font size."""
    finest = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    return finest * growth(QGuiApplication.font())


@lru_cache(maxsize=64)
def _icon(sign: Sign, letter: str, tile: str, ratio: float) -> QIcon:
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(_pixmap(sign, letter, tile, round(size * ratio)))
    return icon


def _pixmap(sign: Sign, letter: str, tile: str, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / _GRID, size / _GRID)
    ground = QPainterPath()
    ground.addRoundedRect(QRectF(1, 1, 22, 22), 5, 5)
    pen = QPen(QColor(tile))
    painter.fillPath(ground, pen.brush())
    pen.setColor(QColor("#ffffff"))
    if sign == "letter":
        _draw_letter(painter, pen, letter)
    else:
        width = 1.8 if size >= 24 else 2.2
        painter.setPen(round_pen(pen.color(), width))
        painter.drawPath(outline(_SIGNS[sign]))
    painter.end()
    return pixmap


def _draw_letter(painter: QPainter, pen: QPen, letter: str) -> None:
    font = QFont()
    font.setPixelSize(15)
    font.setWeight(QFont.Weight.DemiBold)
    shape = QPainterPath()
    shape.addText(QPointF(0, 0), font, letter)
    box = shape.boundingRect()
    if box.width() > 0 and box.height() > 0:  # the font may lack it
        fits = min(13 / box.height(), 14 / box.width(), 1.0)
        painter.translate(12, 12)
        painter.scale(fits, fits)
        painter.translate(-box.center().x(), -box.center().y())
        painter.fillPath(shape, pen.brush())
