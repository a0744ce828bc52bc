"""State icons in one color, or showing used memory as the fill of a memory module or as a number.

At 16 pixels a number doesn't fit into the triangle and the octagon: there the shape is drawn alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPainterPath, QPixmap

from oomtray.ui.qt import icons

if TYPE_CHECKING:
    from oomtray.ui.qt.icons import State

_SIZES = (16, 22, 24, 32, 48, 64)
STEPS = 12
"""Steps of the fill; finer ones aren't visible, and each change is a message to the panel."""
_MOST = 99
"""The largest number that fits."""
_INK, _INK_ON_DARK = icons.ON_ANY["ink"], icons.ON_DARK["ink"]
_CUT = ("dark", "white")
"""Parts on top of another part, which are cut out of it in a one-color icon."""


def step_of(shows: str, used: float | None) -> int:
    """Return what is drawn for a percentage of memory used: the number, or a step of the fill; 0 if unknown."""
    if used is None or shows == "shape":
        return 0
    return min(round(used), _MOST) if shows == "percent" else round(used * STEPS / 100)


@lru_cache(maxsize=32)
def figure_icon(state: State, dark: bool, symbolic: bool, shows: str, step: int, *, rim: bool = False) -> QIcon:
    """Return the icon; `shows` is the setting icon.shows, `step` comes from `step_of`, `rim` is as for `icons.state_icon`."""
    icon = QIcon()
    for size in _SIZES:
        pixmap = figure_pixmap(state, dark=dark or rim, symbolic=symbolic, shows=shows, step=step, size=size)
        icon.addPixmap(icons.with_rim(pixmap) if rim else pixmap)
    return icon


def figure_pixmap(
    state: State, *, dark: bool, symbolic: bool, shows: str, step: int, size: int, ratio: float = 1.0
) -> QPixmap:
    side = round(size * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ink = QColor(_INK_ON_DARK if dark else _INK)
    if state == "calm" and shows == "percent":
        _number(painter, side, step, ink)
    elif state == "calm" and shows == "fill":
        _module(painter, side, step, ink)
    else:
        counts = shows == "percent" and state in ("warning", "critical") and side >= 22
        _shape(painter, state, side, dark=dark, symbolic=symbolic, bare=counts)
        if counts:
            _number_on(painter, state, side, step, symbolic=symbolic)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _shape(painter: QPainter, state: State, side: int, *, dark: bool, symbolic: bool, bare: bool) -> None:
    """Draw the state's shape; `bare` leaves out its exclamation mark."""
    master = 22 if side % 16 else 16
    drawing = icons.state_drawing(state, master)
    ink = _INK_ON_DARK if dark else _INK
    painter.save()
    whole = side // master if side < 2 * master else side / master
    painter.translate((side - master * whole) / 2, (side - master * whole) / 2)
    painter.scale(whole, whole)
    mode = QPainter.CompositionMode
    for name, path in drawing:
        if bare and name in _CUT:
            continue
        cut = symbolic and name in _CUT
        painter.setCompositionMode(mode.CompositionMode_Clear if cut else mode.CompositionMode_SourceOver)
        colors = icons.ON_DARK if dark else icons.ON_ANY
        painter.fillPath(path, QColor(ink if symbolic else colors[name]))
    painter.restore()


def _font(pixels: float) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(max(round(pixels), 6))
    font.setWeight(QFont.Weight.Bold)
    return font


def _centered(painter: QPainter, text: str, pixels: float, box: QRectF) -> None:
    """Draw a text as an outline, visually centered in the box and scaled down to fit."""
    path = QPainterPath()
    path.addText(0, 0, _font(pixels), text)
    seen = path.boundingRect()
    if not seen.width():
        return
    shrink = min(1.0, box.width() / seen.width(), box.height() / seen.height())
    painter.save()
    painter.translate(box.center())
    painter.scale(shrink, shrink)
    painter.translate(-seen.center())
    painter.fillPath(path, painter.pen().color())
    painter.restore()


def _number(painter: QPainter, side: int, step: int, ink: QColor) -> None:
    """Draw the number above a bar of the same value."""
    unit = side / 16
    painter.setPen(ink)
    _centered(painter, str(step), 11.5 * unit, QRectF(0.5 * unit, 1 * unit, 15 * unit, 9.5 * unit))
    track = QColor(ink)
    track.setAlpha(90)
    bar = QRectF(round(unit), round(12 * unit), round(14 * unit), max(round(2 * unit), 2))
    painter.fillRect(bar, track)
    bar.setWidth(round(bar.width() * step / 100))
    painter.fillRect(bar, ink)


def _module(painter: QPainter, side: int, step: int, ink: QColor) -> None:
    """Draw an outlined memory module with a block as wide as the share of used memory."""
    master = 16 if side % 16 == 0 else 22
    unit = side // master if side < 2 * master else side / master
    painter.translate((side - master * unit) / 2, (side - master * unit) / 2)
    painter.scale(unit, unit)
    wide, high, top = (14.0, 8.0, 3.0) if master == 16 else (20.0, 11.0, 4.0)
    line = 1.0 if master == 16 else 1.5
    outer = QPainterPath()
    outer.addRoundedRect(QRectF(1, top, wide, high), 1.5, 1.5)
    outer.addRect(QRectF(1 + line, top + line, wide - 2 * line, high - 2 * line))
    painter.fillPath(outer, ink)
    gap = line + (1.0 if master == 16 else 1.5)
    painter.fillRect(QRectF(1 + gap, top + gap, (wide - 2 * gap) * step / STEPS, high - 2 * gap), ink)
    feet = (2, 4, 6, 9, 11, 13) if master == 16 else (3, 6, 14, 17)
    for x in feet:
        painter.fillRect(QRectF(x, top + high, 1 if master == 16 else 2, 2 if master == 16 else 3), ink)


def _number_on(painter: QPainter, state: State, side: int, step: int, *, symbolic: bool) -> None:
    unit = side / 22
    triangle = state == "warning"
    box = QRectF(5 * unit, 10 * unit, 12 * unit, 8.4 * unit) if triangle else QRectF(3.6 * unit, 5.5 * unit, 14.8 * unit, 11 * unit)
    painter.save()
    if symbolic:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setPen(QColor("#3a2400" if triangle else "#ffffff"))
    _centered(painter, str(step), (9.5 if triangle else 12) * unit, box)
    painter.restore()
