"""The state icons, drawn from resources/icons/states into pixmaps so that every tray host gets one.

QtSvg would cost 1.7 MB and 12 ms for these few shapes. The files keep to a part of SVG that QPainterPath
covers: `<path class=... d=.../>` with absolute M, L, H, V, C and Z, filled even-odd.
"""

from __future__ import annotations

import os
import re
from functools import cache
from itertools import product
from typing import Literal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

import oomtray
from oomtray import APP_ID

State = Literal["calm", "warning", "critical", "paused", "unreadable"]

ICONS = os.path.join(os.path.dirname(oomtray.__file__), "resources", "icons")

_MASTERS = {16: (16, 32, 48, 64), 22: (22, 24)}
"""The sizes made from each drawing, which has its own pixel grid: whole multiples; 24 is 22 with a margin."""

ON_ANY = {
    "ink": "#6b7b91",
    "edge": "#a86400",
    "amber": "#f4a61d",
    "dark": "#3a2400",
    "red": "#d32f45",
    "white": "#ffffff",
}
"""Colors of medium lightness: readable on white and black, as GNOME's bar is black in a light theme too."""
ON_DARK = {**ON_ANY, "ink": "#dfe4ec", "edge": "#f4a61d", "red": "#ee4a5e"}

_RIM = 0.5
"""Its opacity: 4:1 on white."""

_PATH = re.compile(r'<path class="(\w+)"[^>]*? d="([^"]+)"')
_STEP = re.compile(r"([MLHVCZ])([^MLHVCZ]*)")
_NUMBER = re.compile(r"-?[\d.]+")

Drawing = tuple[tuple[str, QPainterPath], ...]


@cache
def state_icon(state: State, dark: bool, rim: bool = False) -> QIcon:
    """Return the icon of a state; `dark` means a dark color scheme, and surely a dark panel too. `rim`: see `with_rim`."""
    icon = QIcon()
    for master, sizes in _MASTERS.items():
        drawing = state_drawing(state, master)
        for size in sizes:
            pixmap = _pixmap(drawing, master, size, ON_DARK if dark or rim else ON_ANY)
            icon.addPixmap(with_rim(pixmap) if rim else pixmap)
    return icon


def with_rim(pixmap: QPixmap) -> QPixmap:
    """Return a picture for a dark panel with a dark rim, by which it is seen on a light one too."""
    shadow, black = QPixmap(pixmap), QPixmap(pixmap.size())
    black.fill(QColor(0, 0, 0))
    painter = QPainter(shadow)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.drawPixmap(0, 0, black)  # fillRect takes so many types that PySide sets them up for 70 ms
    painter.end()
    wide = max(pixmap.width() // 22, 1)
    around = QPixmap(pixmap.size())
    around.fill(QColor(0, 0, 0, 0))
    painter = QPainter(around)
    for x, y in product((-wide, 0, wide), repeat=2):
        painter.drawPixmap(x, y, shadow)
    painter.end()
    found = QPixmap(pixmap.size())
    found.fill(QColor(0, 0, 0, 0))
    painter = QPainter(found)
    painter.setOpacity(_RIM)
    painter.drawPixmap(0, 0, around)
    painter.setOpacity(1)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return found


def state_pixmap(state: State, dark: bool, size: int, ratio: float) -> QPixmap:
    """Return a pixmap of `size` logical pixels for a widget on a screen of this device pixel ratio."""
    master = 16 if not size % 16 or 32 < size < 44 else 22  # 22 isn't enlarged below 44
    pixmap = _pixmap(state_drawing(state, master), master, round(size * ratio), ON_DARK if dark else ON_ANY)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@cache
def app_icon() -> QIcon:
    """Return the app's icon from the theme if installed, else from our own file, which needs Qt's SVG plugin."""
    own = os.path.join(ICONS, "hicolor", "scalable", "apps", f"{APP_ID}.svg")
    return QIcon.fromTheme(APP_ID, QIcon(own))


def state_drawing(state: State, master: int) -> Drawing:
    """Return a state's drawing; the first call also reads the one that is wanted once no file can be opened any more."""
    read_drawing(os.path.join(ICONS, "states", f"unreadable-{master}.svg"))
    return read_drawing(os.path.join(ICONS, "states", f"{state}-{master}.svg"))


@cache
def read_drawing(path: str) -> Drawing:
    """Return the file's paths in drawing order, with their classes."""
    with open(path, encoding="utf-8") as file:
        return tuple((name, outline(steps)) for name, steps in _PATH.findall(file.read()))


@cache
def outline(steps: str) -> QPainterPath:
    """Return the path that these steps draw, which is shared: it must not be changed."""
    path = QPainterPath()  # fills even-odd by default
    for step, numbers in _STEP.findall(steps):
        n = [float(number) for number in _NUMBER.findall(numbers)]
        here = path.currentPosition()
        match step:
            case "M":
                path.moveTo(*n)
            case "L":
                path.lineTo(*n)
            case "H":
                path.lineTo(n[0], here.y())
            case "V":
                path.lineTo(here.x(), n[0])
            case "C":
                path.cubicTo(*n)
            case "Z":
                path.closeSubpath()
    return path


def paint(painter: QPainter, drawing: Drawing, colors: dict[str, str]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen()
    for name, path in drawing:
        pen.setColor(QColor(colors[name]))
        # a pen's brush: given a color, PySide first sets up all other types it accepts, in 30 ms
        painter.fillPath(path, pen.brush())


def _pixmap(drawing: Drawing, master: int, size: int, colors: dict[str, str]) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor(0, 0, 0, 0))
    whole = size // master if size < 2 * master else size / master
    margin = (size - master * whole) / 2
    painter = QPainter(pixmap)
    painter.setClipRect(QRectF(0, 0, size, size))
    painter.translate(margin, margin)
    painter.scale(whole, whole)
    paint(painter, drawing, colors)
    painter.end()
    return pixmap
