"""Qt's windows get the colors and the font that GTK's programs have."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QPalette

from oomtray.desktop.theme_colors import ThemeColors, colors_of
from oomtray.ui.qt import colors
from oomtray.ui.qt.gtk_look import font_of, palette_of

ROLE, GROUP = QPalette.ColorRole, QPalette.ColorGroup
MINE = ThemeColors(0xD0D0D0, 0x111111, 0xFAFAFA, 0x000000, 0xC81E1E, 0xFFFFFF)
ALL = [MINE, *(colors_of(name, dark=dark) for name in ("Adwaita", "HighContrast") for dark in (False, True))]


def test_windows_fields_and_selections_have_the_themes_colors() -> None:
    palette = palette_of(MINE)
    shown = {role: palette.color(role).rgb() & 0xFFFFFF for role in (ROLE.Window, ROLE.WindowText, ROLE.Base, ROLE.Highlight)}
    assert shown == {ROLE.Window: 0xD0D0D0, ROLE.WindowText: 0x111111, ROLE.Base: 0xFAFAFA, ROLE.Highlight: 0xC81E1E}


@pytest.mark.parametrize("theme", ALL)
def test_what_can_not_be_used_is_fainter_and_hints_and_links_can_be_read(theme: ThemeColors) -> None:
    palette = palette_of(theme)
    window, base = palette.color(ROLE.Window), palette.color(ROLE.Base)
    for role, ground in ((ROLE.WindowText, window), (ROLE.Text, base)):
        usable, not_usable = (colors.contrast(palette.color(group, role), ground) for group in (GROUP.Active, GROUP.Disabled))
        assert 2 < not_usable < usable
    assert colors.contrast(palette.color(ROLE.PlaceholderText), base) > 4
    assert colors.contrast(palette.color(ROLE.Link), window) > 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_high_contrast_is_drawn_as_such_also_where_qt_does_not_tell_of_it(dark: bool) -> None:
    """Before 6.10; by the colors alone."""
    assert colors.of(palette_of(colors_of("HighContrast", dark=dark))).stark


@pytest.mark.parametrize(
    ("theme", "accent", "selected"),
    [
        pytest.param(colors_of("Adwaita", dark=False), (1.0, 0.5, 0.0), 0xFF8000, id="GTK's own theme follows it"),
        pytest.param(colors_of("Adwaita", dark=False), None, 0x3584E4, id="or has its own"),
        pytest.param(MINE, (1.0, 0.5, 0.0), 0xC81E1E, id="another theme has always its own"),
    ],
)
def test_the_accent(theme: ThemeColors, accent: tuple[float, float, float] | None, selected: int) -> None:
    palette = palette_of(theme, accent)
    assert palette.color(ROLE.Highlight).rgb() & 0xFFFFFF == selected


def test_on_a_bright_accent_letters_are_black() -> None:
    assert palette_of(colors_of("Adwaita", dark=False), (1.0, 1.0, 0.0)).color(ROLE.HighlightedText).lightness() == 0


@pytest.mark.parametrize(
    ("described", "families", "points", "pixels", "weight", "italic"),
    [
        ("Sans 10", ["Sans"], 10, -1, QFont.Weight.Normal, False),
        ("Cantarell Bold 11", ["Cantarell"], 11, -1, QFont.Weight.Bold, False),
        ("Ubuntu Medium Italic 11.5", ["Ubuntu"], 11.5, -1, QFont.Weight.Medium, True),
        ("Noto Sans CJK KR, 10", ["Noto Sans CJK KR"], 10, -1, QFont.Weight.Normal, False),
        ("Fira Sans, DejaVu Sans, Semi-Bold 9", ["Fira Sans", "DejaVu Sans"], 9, -1, QFont.Weight.DemiBold, False),
        ("Sans 15px", ["Sans"], -1, 15, QFont.Weight.Normal, False),
        ("Bold", ["Bold"], 10, -1, QFont.Weight.Normal, False),
        ("Sans", ["Sans"], 10, -1, QFont.Weight.Normal, False),
        ("Sans 0", ["Sans"], 4, -1, QFont.Weight.Normal, False),
        ("Sans 99999", ["Sans"], 96, -1, QFont.Weight.Normal, False),
        ("Sans 1.2.3", ["Sans"], 10, -1, QFont.Weight.Normal, False),
        (",", ["Sans"], 10, -1, QFont.Weight.Normal, False),
    ],
)
def test_a_font_is_what_pango_describes(
    described: str, families: list[str], points: float, pixels: int, weight: QFont.Weight, italic: bool
) -> None:
    font = font_of(described)
    assert font.families() == families
    assert (font.pointSizeF(), font.pixelSize()) == (points, pixels)
    assert (font.weight(), font.italic()) == (weight, italic)


def test_letters_are_as_much_larger_as_the_desktop_wants() -> None:
    assert font_of("Sans 10", 1.5).pointSizeF() == 15
