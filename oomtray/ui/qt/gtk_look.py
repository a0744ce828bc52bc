"""Applies the look of GTK programs to Qt: colors, font, icon theme, double-click and cursor blink times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from oomtray.ui.qt import colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.desktop.look import Look
    from oomtray.desktop.theme_colors import ThemeColors

_LIGHTER, _MIDDLE, _DARKER, _MIDLIGHT, _SHADOW = 150, 130, 150, 110, 135
"""Percentages of the window's color, as in Fusion's own palette (qfusionstyle.cpp, qt_fusionPalette)."""
_FAINT, _HINT, _EVERY_OTHER = 0.5, 0.6, 0.05
"""Share of the text's color: in disabled widgets, in empty fields, and behind alternate rows."""
_SMALLEST, _LARGEST = 4.0, 96.0
_FALLBACK = "Sans", 10.0
_WEIGHTS = {
    "thin": QFont.Weight.Thin, "ultra-light": QFont.Weight.ExtraLight, "extra-light": QFont.Weight.ExtraLight,
    "light": QFont.Weight.Light, "regular": QFont.Weight.Normal, "normal": QFont.Weight.Normal, "book": QFont.Weight.Normal,
    "medium": QFont.Weight.Medium, "semi-bold": QFont.Weight.DemiBold, "demi-bold": QFont.Weight.DemiBold,
    "semibold": QFont.Weight.DemiBold, "bold": QFont.Weight.Bold, "ultra-bold": QFont.Weight.ExtraBold,
    "extra-bold": QFont.Weight.ExtraBold, "heavy": QFont.Weight.Black, "black": QFont.Weight.Black,
}  # fmt: skip
_STRETCHES = {"condensed": QFont.Stretch.Condensed, "semi-condensed": QFont.Stretch.SemiCondensed, "expanded": QFont.Stretch.Expanded}
_SLANTS = {"italic": QFont.Style.StyleItalic, "oblique": QFont.Style.StyleOblique, "roman": QFont.Style.StyleNormal}
_SIZE = re.compile(r"\s*[\s,]([\d.]{1,8})(px)?$")


def apply(look: Look, theme: ThemeColors) -> None:
    """Apply the look to the whole application, only what differs, because each change lays out all windows again."""
    wanted = palette_of(theme, None if look.forced else look.accent)
    if wanted != QApplication.palette():
        QApplication.setPalette(wanted)
    scheme = Qt.ColorScheme.Dark if theme.dark else Qt.ColorScheme.Light
    hints = QApplication.styleHints()
    if hints.colorScheme() != scheme:  # after the palette, which listeners to the scheme look at
        hints.setColorScheme(scheme)
    font = font_of(look.font, look.text_scale)
    if font != QApplication.font():
        QApplication.setFont(font)
    if QIcon.themeName() != look.icons:
        QIcon.setThemeName(look.icons)
    if QIcon.fallbackThemeName() != look.icons_else:
        QIcon.setFallbackThemeName(look.icons_else)
    QApplication.setDoubleClickInterval(look.double_click)
    QApplication.setCursorFlashTime(look.blink)


def palette_of(theme: ThemeColors, accent: Sequence[float] | None = None) -> QPalette:
    """Return the palette of a theme; in Adwaita, `accent` (red, green, blue from 0 to 1) replaces the selection color."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    window, base, chosen, on_chosen, ink, text = (
        QColor(number) for number in (theme.window, theme.base, theme.selected, theme.selected_text, theme.window_text, theme.text)
    )
    if accent is not None and theme.of_gtk:
        chosen = QColor.fromRgbF(*accent)
        on_chosen = max((QColor("white"), QColor("black")), key=lambda one: colors.contrast(one, chosen))
    middle, dark = window.darker(_MIDDLE), window.darker(_DARKER)
    made = QPalette()
    for one in (role.Window, role.Button):
        made.setColor(one, window)
    for one in (role.WindowText, role.ButtonText):
        made.setColor(one, ink)
    made.setColor(role.Base, base)
    made.setColor(role.Text, text)
    made.setColor(role.BrightText, QColor("white"))
    made.setColor(role.Light, window.lighter(_LIGHTER))
    made.setColor(role.Midlight, middle.lighter(_MIDLIGHT))
    made.setColor(role.Mid, middle)
    made.setColor(role.Dark, dark)
    made.setColor(role.Shadow, dark.darker(_SHADOW))
    made.setColor(role.AlternateBase, colors.blend(text, base, _EVERY_OTHER))
    made.setColor(role.PlaceholderText, colors.blend(text, base, _HINT))
    made.setColor(role.Highlight, chosen)
    made.setColor(role.HighlightedText, on_chosen)
    made.setColor(role.Accent, chosen)
    for one, ground in ((role.WindowText, window), (role.ButtonText, window), (role.Text, base), (role.PlaceholderText, base)):
        made.setColor(group.Disabled, one, colors.blend(made.color(group.Active, one), ground, _FAINT))
    made.setColor(group.Disabled, role.Base, window)
    made.setColor(group.Disabled, role.Highlight, middle)
    made.setColor(role.Link, colors.link(made))
    made.setColor(role.LinkVisited, made.color(role.Link))
    return made


def font_of(described: str, scale: float = 1.0) -> QFont:
    """Parse a Pango font description: families, style words, and a size in points or, with px, in pixels."""
    size = _SIZE.search(described)
    words = (described[: size.start()] if size else described).split()
    made = QFont()
    while len(words) > 1 and _styled(made, words[-1].strip(",").lower()):
        words.pop()
    families = [family.strip() for family in " ".join(words).split(",")]
    made.setFamilies([family for family in families if family] or [_FALLBACK[0]])
    try:
        number = float(size[1]) if size else _FALLBACK[1]
    except ValueError:
        number = _FALLBACK[1]
    number = min(max(number, _SMALLEST), _LARGEST) * scale
    if size and size[2]:
        made.setPixelSize(round(number))
    else:
        made.setPointSizeF(number)
    return made


def _styled(font: QFont, word: str) -> bool:
    """Apply a style word to the font; False if it is none."""
    if word in _WEIGHTS:
        font.setWeight(_WEIGHTS[word])
    elif word in _STRETCHES:
        font.setStretch(_STRETCHES[word])
    elif word in _SLANTS:
        font.setStyle(_SLANTS[word])
    else:
        return False
    return True
