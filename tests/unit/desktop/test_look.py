"""The look that GTK's programs have on a desktop comes from where GTK takes it, and what makes no sense is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oomtray.desktop.look import APPEARANCE, INTERFACE, MOUSE, look_of, read_file

XSETTINGS: dict[str, int | str] = {
    "Net/ThemeName": "Greybird",
    "Net/IconThemeName": "elementary",
    "Gtk/FontName": "Cantarell 11",
    "Net/DoubleClickTime": 250,
    "Net/CursorBlink": 1,
    "Net/CursorBlinkTime": 900,
}
GNOME: dict[tuple[str, str], Any] = {
    (INTERFACE, "gtk-theme"): "Yaru",
    (INTERFACE, "icon-theme"): "Yaru",
    (INTERFACE, "font-name"): "Ubuntu 11",
    (INTERFACE, "text-scaling-factor"): 1.25,
    (INTERFACE, "cursor-theme"): "Yaru",
    (INTERFACE, "cursor-size"): 32,
    (INTERFACE, "cursor-blink"): False,
    (MOUSE[0], "double-click"): 500,
}


def test_without_anything_it_is_what_gtk_has_by_itself() -> None:
    look = look_of(None, {}, {}, {})
    assert (look.theme, look.icons, look.icons_else, look.font) == ("Adwaita", "Adwaita", "hicolor", "Sans 10")
    assert (look.double_click, look.blink, look.text_scale) == (400, 1200, 1.0)
    assert not look.dark
    assert not look.high_contrast
    assert look.accent is None


def test_on_x11_the_settings_daemon_counts_and_not_gnomes_settings() -> None:
    look = look_of(XSETTINGS, GNOME, {}, {})
    assert (look.theme, look.icons, look.font) == ("Greybird", "elementary", "Cantarell 11")
    assert (look.double_click, look.blink, look.text_scale) == (250, 900, 1.0)


def test_where_there_is_no_such_daemon_the_portal_counts() -> None:
    look = look_of(None, GNOME, {}, {})
    assert (look.theme, look.icons, look.font, look.text_scale) == ("Yaru", "Yaru", "Ubuntu 11", 1.25)
    assert (look.double_click, look.blink, look.cursor) == (500, 0, ("Yaru", 32))


@pytest.mark.parametrize(
    ("portal", "file", "environ", "theme", "dark"),
    [
        pytest.param({}, {}, {}, "Greybird", False, id="nobody asks for it"),
        pytest.param({(APPEARANCE, "color-scheme"): 1}, {}, {}, "Greybird", True, id="the portal asks for dark"),
        pytest.param({(APPEARANCE, "color-scheme"): 2}, {}, {}, "Greybird", False, id="the portal asks for light"),
        pytest.param({}, {"gtk-application-prefer-dark-theme": "true"}, {}, "Greybird", True, id="GTK's own file"),
        pytest.param({}, {"gtk-application-prefer-dark-theme": "0"}, {}, "Greybird", False, id="GTK's own file says no"),
        pytest.param({}, {}, {"GTK_THEME": "Arc:dark"}, "Arc", True, id="GTK_THEME"),
        pytest.param({(APPEARANCE, "color-scheme"): 1}, {}, {"GTK_THEME": "Arc"}, "Arc", False, id="GTK_THEME before the portal"),
    ],
)
def test_dark_is_asked_for_in_several_ways(
    portal: dict[tuple[str, str], Any], file: dict[str, str], environ: dict[str, str], theme: str, dark: bool
) -> None:
    look = look_of(XSETTINGS, portal, file, environ)
    assert (look.theme, look.dark) == (theme, dark)


@pytest.mark.parametrize(
    ("told", "accent"),
    [
        pytest.param((0.2, 0.4, 0.9), (0.2, 0.4, 0.9), id="a color"),
        pytest.param((-1.0, -1.0, -1.0), None, id="out of range, which is none"),
        pytest.param((0.2, 0.4), None, id="too few"),
        pytest.param("red", None, id="a word"),
        pytest.param((float("nan"), 0.4, 0.9), None, id="no number"),
    ],
)
def test_an_accent_is_a_color_or_none(told: object, accent: tuple[float, float, float] | None) -> None:
    assert look_of(None, {(APPEARANCE, "accent-color"): told}, {}, {}).accent == accent


def test_the_portal_asks_for_high_contrast() -> None:
    assert look_of(XSETTINGS, {(APPEARANCE, "contrast"): 1}, {}, {}).high_contrast


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"Net/ThemeName": 5, "Gtk/FontName": 7, "Net/DoubleClickTime": "soon"}, id="of the wrong kind"),
        pytest.param({"Net/ThemeName": "", "Gtk/FontName": "", "Net/DoubleClickTime": 0}, id="empty"),
        pytest.param({"Net/ThemeName": "x" * 5000, "Net/DoubleClickTime": -5}, id="too long, or less than none"),
        pytest.param({"Net/CursorBlinkTime": 1 << 30, "Net/DoubleClickTime": 1 << 30}, id="weeks"),
    ],
)
def test_what_makes_no_sense_is_as_if_it_was_not_said(told: dict[str, int | str]) -> None:
    assert look_of(told, {}, {}, {}) == look_of({}, {}, {}, {})


def test_letters_are_not_made_larger_without_end() -> None:
    assert look_of(None, {(INTERFACE, "text-scaling-factor"): 5000.0}, {}, {}).text_scale == 3.0


def test_the_users_file_counts_before_the_systems(tmp_path: Path) -> None:
    for folder, text in (
        ("etc", "[Settings]\ngtk-font-name = Sans 9\ngtk-theme-name=Arc\n"),
        ("home", "gtk-theme-name=Above\n[Settings]\n# gtk-theme-name=Off\ngtk-font-name=Sans 12\n[Else]\ngtk-theme-name=No\n"),
    ):
        (tmp_path / folder / "gtk-3.0").mkdir(parents=True)
        (tmp_path / folder / "gtk-3.0/settings.ini").write_text(text)
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "etc")}

    look = look_of(None, {}, read_file(environ), environ)

    assert (look.theme, look.font) == ("Arc", "Sans 12")


def test_a_folder_in_the_files_place_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "gtk-3.0/settings.ini").mkdir(parents=True)
    assert read_file({"XDG_CONFIG_HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path)}) == {}
