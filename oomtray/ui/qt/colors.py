"""Colors derived from the desktop's palette, with sufficient contrast in light and dark themes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QGuiApplication, QPalette

from oomtray.records import dataclass

if TYPE_CHECKING:
    from PySide6.QtCore import QRect, Qt
    from PySide6.QtGui import QPainter

    from oomtray.risk.outlook import LevelName

_TEXT, _SHAPE = 4.6, 3.1
"""Contrast ratios with some reserve (WCAG 2.1, 1.4.3 and 1.4.11)."""
_COLORED, _GREEN, _VIOLET = 60, 90, 300
"""Saturation of 255 below which a color counts as gray; hues in degrees that can't be taken for a warning."""
_STARK = 20.5
"""Black on white has 21; plain themes use black too, on a window that is slightly less than white."""
_EDGE = 2.0
"""Contrast of a field's edge with its inside and surroundings, as the style's own has in a light window."""
_BOX = 4.0
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Colors:
    """The colors of painted parts, all opaque."""

    dark: bool
    stark: bool
    """The desktop asks for high contrast, by its setting or colors: edges in the text color replace tints."""
    ground: QColor
    text: QColor
    muted: QColor
    """Text of second lines and captions."""
    line: QColor
    """Hairlines and the edges of boxes."""
    track: QColor
    """The empty part of a bar."""
    hover: QColor
    selected: QColor
    calm: QColor
    amber: QColor
    red: QColor
    amber_text: QColor
    red_text: QColor
    calm_wash: QColor
    amber_wash: QColor
    red_wash: QColor

    @property
    def grid(self) -> QColor:
        """Lines across a graph, which are never as dark as what it shows."""
        return blend(self.text, self.ground, 0.5) if self.stark else self.line

    def level(self, name: LevelName) -> QColor:
        return {"normal": self.calm, "warning": self.amber, "critical": self.red}[name]

    def fill(self, name: LevelName) -> tuple[QColor, QColor]:
        """Return the inside and the edge of a filled shape; light amber is visible only by its edge."""
        if name == "warning" and not self.dark and not self.stark:
            return QColor("#f4a61d"), QColor("#a86400")
        return self.level(name), self.level(name)

    def wash(self, name: LevelName) -> QColor:
        return {"normal": self.calm_wash, "warning": self.amber_wash, "critical": self.red_wash}[name]

    def trail_wash(self, name: LevelName) -> QColor:
        """Return the fill below a line in the level's color."""
        return blend(self.fill(name)[1], self.ground, 0.0 if self.stark else 0.16)


def fill(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Fill a rectangle.

    Unlike here, the first call of fillRect has PySide set up the two hundred gradients that it also accepts.
    """
    painter.setBackground(color)
    painter.eraseRect(rect)


def wants_high_contrast() -> bool:
    """Whether the desktop asks for high contrast, which Qt reports since 6.10."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)
    return accessibility is not None and _is_high(accessibility().contrastPreference())


@lru_cache(maxsize=4)
def _is_high(preference: Qt.ContrastPreference) -> bool:
    from PySide6.QtCore import Qt  # slow to import, and the tray icon alone doesn't need it

    return preference == Qt.ContrastPreference.HighContrast


def of(palette: QPalette, *, on_base: bool = False) -> Colors:
    """Return the colors for the window's background, or for that of lists and fields."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup.Active
    ground, text = (role.Base, role.Text) if on_base else (role.Window, role.WindowText)
    highlight = palette.color(group, role.Highlight).rgb()
    stark = contrast(palette.color(group, role.Window), palette.color(group, role.WindowText)) > _STARK or wants_high_contrast()
    return _derived(palette.color(group, ground).rgb(), palette.color(group, text).rgb(), highlight, stark)


@lru_cache(maxsize=8)
def _derived(base_rgb: int, text_rgb: int, highlight_rgb: int, stark: bool) -> Colors:
    """Derive the backgrounds first, then colors that are visible on the least favorable of them."""
    base, text = QColor(base_rgb), QColor(text_rgb)
    dark = luminance(base) < luminance(text)
    # near the final color: amber made much darker turns brown, and red made much lighter turns pink
    names = ("#6fa3e8", "#e8930c", "#f4505f") if dark else ("#2f6fc1", "#e87800", "#d93348")
    calm, amber, red = (QColor(name) for name in names)
    if _is_calm(QColor(highlight_rgb)):
        calm = QColor(highlight_rgb)
    track = blend(text, base, 0.10)
    hover, selected = blend(text, base, 0.05), blend(calm, base, 0.17)
    washes = blend(calm, base, 0.10), blend(QColor("#f0a01c"), base, 0.17), blend(red, base, 0.13)
    grounds = [luminance(ground) for ground in (base, hover, selected, *washes)]
    calm, amber, red = (_visible(color, [*grounds, luminance(track)], _SHAPE) for color in (calm, amber, red))
    return Colors(
        dark=dark,
        stark=stark,
        ground=base,
        text=_visible(text, grounds, _TEXT),
        muted=_visible(text if stark else blend(text, base, 0.62), grounds, _TEXT),
        line=text if stark else blend(text, base, 0.14),
        track=track,
        hover=hover,
        selected=selected,
        calm=_visible(text, grounds, _TEXT) if stark else calm,
        amber=amber,
        red=red,
        amber_text=_visible(amber, grounds, _TEXT),
        red_text=_visible(red, grounds, _TEXT),
        calm_wash=washes[0],
        amber_wash=washes[1],
        red_wash=washes[2],
    )


def edge(palette: QPalette) -> QColor:
    """Return the edge of a text field: Fusion's darker window color, or a lighter one in a dark window."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup.Active
    window, base = palette.color(group, role.Window), palette.color(group, role.Base)
    found = of(palette)
    if found.stark:
        return found.text
    if not found.dark:
        return window.darker(140)
    return _visible(blend(found.text, window, 0.2), [luminance(window), luminance(base)], _EDGE)


def edge_of_box(palette: QPalette) -> QColor:
    """Return the edge of a check box, all that is seen of an empty one; Fusion draws it 10 % lighter."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup.Active
    grounds = [luminance(palette.color(group, one)) for one in (role.Window, role.Base)]
    return _visible(edge(palette), grounds, _BOX)


def link(palette: QPalette) -> QColor:
    found = of(palette)
    if found.stark:
        return found.text
    return _visible(found.calm, [luminance(found.ground), luminance(found.hover)], _TEXT)


def seen_on(color: QColor, *grounds: QColor) -> QColor:
    """Return the color, lighter or darker if it has to be, so that a shape in it is seen on each of these."""
    return _visible(color, [luminance(ground) for ground in grounds], _SHAPE)


def _is_calm(highlight: QColor) -> bool:
    """Whether the desktop's accent is a color and can't be taken for a warning."""
    hue = highlight.hslHue()
    return highlight.hslSaturation() >= _COLORED and _GREEN <= hue <= _VIOLET


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Mix two colors; with a `share` of 1 only `over` remains."""
    rest = 1 - share
    return QColor(
        round(over.red() * share + under.red() * rest),
        round(over.green() * share + under.green() * rest),
        round(over.blue() * share + under.blue() * rest),
    )


def _visible(color: QColor, grounds: list[float], ratio: float) -> QColor:
    """Return the color, lightened or darkened until its contrast with these luminances is at least `ratio`."""
    darkest, lightest = min(grounds), max(grounds)
    towards = QColor("white" if _ratio(1.0, lightest) > _ratio(0.0, darkest) else "black")
    found = color
    for step in range(_STEPS + 1):
        found = blend(towards, color, step / _STEPS)
        own = luminance(found)
        if min(_ratio(own, ground) for ground in grounds) >= ratio:
            break
    return found


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio, 1 to 21 (WCAG 2.1)."""
    return _ratio(luminance(one), luminance(other))


def _ratio(one: float, other: float) -> float:
    a, b = (one, other) if one < other else (other, one)
    return (b + 0.05) / (a + 0.05)


def luminance(color: QColor) -> float:
    """Return the relative luminance, 0 for black to 1 for white (WCAG 2.1)."""
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
