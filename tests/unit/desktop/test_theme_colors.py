"""The colors of a GTK theme are found where GTK finds its style sheet; one without plain colors gets GTK's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.desktop.theme_colors import ThemeColors, as_color, colors_of
from tests.rigs.desktop.resources import resource_file

LIGHT = """@define-color theme_bg_color #d0d0d0; @define-color theme_fg_color #111;
@define-color theme_base_color @paper; @define-color paper rgb(250, 250, 250);
@define-color theme_text_color black;
.button { color: @theme_fg_color; }
@define-color theme_selected_bg_color rgba(200, 30, 30, 0.9);
@define-color theme_selected_fg_color white;
"""
DARK = LIGHT.replace("#d0d0d0", "#202020").replace("#111", "#eee")
ADWAITA, ADWAITA_DARK = (colors_of("Adwaita", dark=dark) for dark in (False, True))


class Themes:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"HOME": str(home), "XDG_DATA_HOME": str(home / "share"), "XDG_DATA_DIRS": str(home / "usr")}

    def write(self, path: str, content: str | bytes) -> None:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def colors(self, theme: str = "Mine", *, dark: bool = False) -> ThemeColors:
        return colors_of(theme, dark=dark, environ=self.environ)


@pytest.fixture
def themes(tmp_path: Path) -> Themes:
    return Themes(tmp_path)


@pytest.mark.parametrize("place", ["share/themes", ".themes", "usr/themes"])
def test_a_theme_has_the_colors_that_its_sheet_defines(themes: Themes, place: str) -> None:
    themes.write(f"{place}/Mine/gtk-3.0/gtk.css", LIGHT)
    assert themes.colors() == ThemeColors(0xD0D0D0, 0x111111, 0xFAFAFA, 0, 0xC81E1E, 0xFFFFFF)


def test_the_users_own_theme_comes_before_the_systems_and_the_newest_folder_first(themes: Themes) -> None:
    themes.write("usr/themes/Mine/gtk-3.0/gtk.css", DARK)
    themes.write(".themes/Mine/gtk-3.0/gtk.css", LIGHT)
    themes.write(".themes/Mine/gtk-3.20/gtk.css", LIGHT.replace("#d0d0d0", "#d1d1d1"))
    assert themes.colors().window == 0xD1D1D1


@pytest.mark.parametrize(
    ("files", "window"),
    [
        pytest.param({"Mine/gtk-3.0/gtk-dark.css": DARK}, 0x202020, id="its dark sheet"),
        pytest.param({"Mine-dark/gtk-3.0/gtk.css": DARK}, 0x202020, id="its dark companion"),
        pytest.param({"Mine-Dark/gtk-3.0/gtk.css": DARK}, 0x202020, id="its companion with a capital"),
        pytest.param({}, ADWAITA_DARK.window, id="none: GTK's own"),
    ],
)
def test_asked_for_dark_a_theme_gives_what_it_has_of_that(themes: Themes, files: dict[str, str], window: int) -> None:
    for path, content in {"Mine/gtk-3.0/gtk.css": LIGHT, **files}.items():
        themes.write(f".themes/{path}", content)
    found = themes.colors(dark=True)
    assert found.dark
    assert found.window == window


def test_a_sheet_may_be_in_another_one_beside_it(themes: Themes) -> None:
    themes.write(".themes/Mine/gtk-3.0/gtk.css", '@import url("main.css");\n@define-color theme_bg_color #aaa;')
    themes.write(".themes/Mine/gtk-3.0/main.css", LIGHT)
    assert (themes.colors().window, themes.colors().base) == (0xAAAAAA, 0xFAFAFA)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_sheet_may_be_in_the_themes_resources(themes: Themes, compressed: bool) -> None:
    themes.write(".themes/Mine/gtk-3.0/gtk.css", '@import url("resource:///org/mine/3.0/gtk.css");')
    parts = {"/org/mine/3.0/gtk.css": LIGHT.encode(), "/org/mine/3.0/gtk-dark.css": DARK.encode()}
    themes.write(".themes/Mine/gtk-3.0/gtk.gresource", resource_file(parts, compressed=compressed))
    assert themes.colors().window == 0xD0D0D0


def test_a_sheet_may_build_on_one_of_gtks_own(themes: Themes) -> None:
    imported = '@import url("resource:///org/gtk/libgtk/theme/Adwaita/gtk-contained-dark.css");'
    themes.write(".themes/Mine/gtk-3.0/gtk.css", imported)
    assert themes.colors() == ADWAITA_DARK


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param("", id="empty"),
        pytest.param(LIGHT.replace("#d0d0d0", "shade(@paper, 0.9)"), id="to be reckoned"),
        pytest.param("@define-color theme_bg_color @a; @define-color a @theme_bg_color;", id="a circle of names"),
        pytest.param('@import url("gtk.css");', id="a circle of sheets"),
        pytest.param('@import url("../../../secret.css");', id="one outside of the folder"),
        pytest.param('@import url("resource:///no/such.css");', id="no resources"),
        pytest.param("\xff\xfe@define-color", id="no text"),
    ],
)
def test_a_theme_without_plain_colors_gets_gtks_own(themes: Themes, sheet: str) -> None:
    themes.write("secret.css", LIGHT)
    themes.write(".themes/Mine/gtk-3.0/gtk.css", sheet)
    assert themes.colors() == ADWAITA


@pytest.mark.parametrize("name", ["", "Gone", "..", "../Mine", "/etc", ".themes/Mine"])
def test_a_name_that_is_no_themes_gets_gtks_own(themes: Themes, name: str) -> None:
    themes.write(".themes/gtk-3.0/gtk.css", LIGHT)
    themes.write("share/themes/Mine/gtk-3.0/gtk.css", LIGHT)
    themes.write("share/gtk-3.0/gtk.css", LIGHT)
    assert themes.colors(name) == ADWAITA


def test_a_theme_that_is_gone_and_was_dark_gets_gtks_dark_one(themes: Themes) -> None:
    assert themes.colors("Gone-dark") == ADWAITA_DARK


def test_a_fifo_in_a_sheets_place_is_not_waited_for(themes: Themes) -> None:
    themes.write(".themes/Mine/gtk-3.0/gtk.css", '@import url("main.css");')
    os.mkfifo(themes.home / ".themes/Mine/gtk-3.0/main.css")
    assert themes.colors() == ADWAITA


def test_high_contrast_is_black_on_white_or_the_reverse() -> None:
    assert colors_of("HighContrast", dark=False).window_text == 0
    assert colors_of("HighContrastInverse", dark=False).dark
    assert colors_of("HighContrast", dark=True).dark


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#abc", 0xAABBCC),
        ("#ABCDEF", 0xABCDEF),
        ("#abcdef80", 0xABCDEF),
        ("white", 0xFFFFFF),
        ("rgb(1,2,3)", 0x010203),
        ("rgba(100%, 0%, 50%, 0.3)", 0xFF0080),
        ("rgb(900, 2, 3)", 0xFF0203),
        ("rgb(1, 2)", None),
        ("rgb(1.2.3, 2, 3)", None),
        ("#abcd1", None),
        ("#xyz", None),
        ("shade(#fff, 0.5)", None),
        ("", None),
    ],
)
def test_plain_colors_are_read(text: str, color: int | None) -> None:
    assert as_color(text) == color
