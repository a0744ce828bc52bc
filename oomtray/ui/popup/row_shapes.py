"""Shapes in rows: shield, arrow onto a line, a letter in place of an icon, and the badness bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPen, QPixmap

from oomtray.ui.qt.glyphs import draw_outline
from oomtray.ui.qt.painting import clip_round, paint_hatch, paint_round

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QFont, QIcon, QPainter

    from oomtray.ui.qt.colors import Colors

Shape = Literal["shield", "arrow"]

SHAPE = 16
"""Size of a shape in pixels."""
BAR, _LEAST = 8, 3.0
"""Height of a bar in pixels, and the least length of what is filled."""
_KEPT_ICONS = 256


_OUTLINES: dict[Shape, str] = {
    "shield": "M8 1.8 C9.8 3.2 11.6 3.8 13.6 3.9 C13.8 8.8 12.2 12.4 8 14.4 C3.8 12.4 2.2 8.8 2.4 3.9 C4.4 3.8 6.2 3.2 8 1.8 Z",
    "arrow": "M8 1.8 V10 M4.2 6.6 L8 10.4 L11.8 6.6 M2.6 13.8 H13.4",
}
"""On a grid of 16."""


def draw(painter: QPainter, shape: Shape, spot: QRect, color: QColor, *, full: bool, by: float = 1.0) -> None:
    """Draw a shape centered in `spot`, scaled by `by`; `full` for a state, else for a button."""
    side, middle = by * SHAPE, spot.center()
    place = QRectF(middle.x() + 1 - side / 2, middle.y() + 1 - side / 2, side, side)
    width = 2.2 if full and shape == "arrow" else 1.3
    draw_outline(painter, _OUTLINES[shape], place, color, width, filled=full and shape == "shield")


_icons: dict[tuple[int, int, float], QPixmap] = {}


def draw_icon(painter: QPainter, icon: QIcon, spot: QRect, ratio: float) -> None:
    """Draw an icon; `ratio` is device pixels per logical pixel."""
    key = icon.cacheKey(), spot.width(), ratio
    pixmap = _icons.get(key)
    if pixmap is None:
        if len(_icons) >= _KEPT_ICONS:
            _icons.clear()
        pixmap = _icons[key] = icon.pixmap(spot.size(), ratio)
    size = pixmap.deviceIndependentSize()
    painter.drawPixmap(
        round(spot.x() + (spot.width() - size.width()) / 2), round(spot.y() + (spot.height() - size.height()) / 2), pixmap
    )


def draw_letter(painter: QPainter, name: str, spot: QRect, font: QFont, found: Colors) -> None:
    """Draw a letter in place of a missing icon."""
    letter = next((char for char in name if char.isalnum()), "?").upper()
    paint_round(painter, QRectF(spot), 6, ground=found.track)
    painter.setPen(found.muted)
    painter.setFont(font)
    painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), letter)


def draw_dots(painter: QPainter, spot: QRect, found: Colors) -> None:
    """Draw dots in place of the icon of a row that summarizes many."""
    paint_round(painter, QRectF(spot), 6, ground=found.track)
    painter.setBrush(found.muted)
    middle = QRectF(spot).center()
    for step in (-5, 0, 5):
        painter.drawEllipse(QRectF(middle.x() + step - 1.5, middle.y() - 1.5, 3, 3))


def draw_bar(painter: QPainter, track: QRect, parts: tuple[float, float, float], found: Colors, *, mirrored: bool) -> None:
    """Draw a bar; `parts` are shares of the track: held, added by the adjustment, held without counting.

    The last is a dashed outline, across the whole track if nothing counts.
    """
    held, added, spared = parts
    box = QRectF(track.left(), track.center().y() + 1 - BAR / 2, track.width(), BAR)
    if held <= 0 and added <= 0:
        if spared > 0:
            _dashed(painter, box, found)
        return
    if found.stark:  # no tint distinguishes the rest
        paint_round(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), BAR / 2 - 0.5, edge=QPen(found.text, 1))
    else:
        paint_round(painter, box, BAR / 2, ground=found.track)
    filled = min(max((held + added) * box.width(), _LEAST), box.width())
    solid = min(max(held * box.width(), _LEAST), filled) if added > 0 else filled
    bar = _part(box, 0, filled, mirrored)
    painter.save()
    clip_round(painter, bar if filled >= BAR else box, BAR / 2)
    if added > 0:
        paint_hatch(painter, bar, found.calm, found.ground)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(found.calm)
    painter.drawRect(_part(box, 0, solid, mirrored))
    painter.restore()
    if spared > 0:
        end = min(filled + spared * box.width(), box.width())
        if end - filled > BAR:
            _dashed(painter, _part(box, filled + 1, end, mirrored), found)


def draw_sample(painter: QPainter, spot: QRect, found: Colors, *, hatched: bool) -> None:
    """Draw a piece of a bar for a legend."""
    box = QRectF(spot.left(), spot.center().y() + 1 - BAR / 2, spot.width(), BAR)
    painter.save()
    clip_round(painter, box, 2)
    painter.setPen(Qt.PenStyle.NoPen)
    if hatched:
        paint_hatch(painter, box, found.calm, found.ground)
    else:
        painter.setBrush(found.calm)
        painter.drawRect(box)
    painter.restore()


def _part(box: QRectF, start: float, end: float, mirrored: bool) -> QRectF:
    left = box.right() - end if mirrored else box.left() + start
    return QRectF(left, box.top(), end - start, box.height())


def _dashed(painter: QPainter, box: QRectF, found: Colors) -> None:
    pen = QPen(found.muted, 1)
    pen.setDashPattern([3, 2])
    paint_round(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), BAR / 2, edge=pen)
