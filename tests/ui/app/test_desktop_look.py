"""GTK stays out of the process where Qt would load it, unless the user has said which of Qt's themes to take."""

from __future__ import annotations

import pytest

from oomtray.ui.app.desktop_look import theme_options

WITHOUT = ["-platformtheme", "gnome"]
XFCE = {"XDG_CURRENT_DESKTOP": "XFCE"}


@pytest.mark.parametrize(
    ("desktop", "options"),
    [
        ("XFCE", WITHOUT),
        ("MATE", WITHOUT),
        ("X-Cinnamon", WITHOUT),
        ("ubuntu:GNOME", WITHOUT),
        ("Budgie:GNOME", WITHOUT),
        ("Unity:Unity7:ubuntu", WITHOUT),
        ("Pantheon", WITHOUT),
        ("LXDE", WITHOUT),
        ("KDE", []),
        ("LXQt", []),
        ("sway", []),
        ("", []),
    ],
)
def test_where_qt_would_load_gtk_it_takes_its_own_theme(desktop: str, options: list[str]) -> None:
    assert theme_options([], {"XDG_CURRENT_DESKTOP": desktop}) == options


def test_without_a_desktops_name_qt_decides() -> None:
    assert theme_options([], {}) == []


@pytest.mark.parametrize(
    ("argv", "environ", "options"),
    [
        pytest.param([], {"QT_QPA_PLATFORMTHEME": "gtk3"}, [], id="the environment says which"),
        pytest.param([], {"QT_QPA_PLATFORMTHEME": ""}, WITHOUT, id="it says nothing"),
        pytest.param(["-platformtheme", "gtk3"], {}, [], id="an option says which"),
        pytest.param(["--platformtheme=gtk3"], {}, [], id="an option in another form"),
        pytest.param(["-platform", "xcb"], {}, WITHOUT, id="another option"),
    ],
)
def test_what_the_user_says_counts(argv: list[str], environ: dict[str, str], options: list[str]) -> None:
    assert theme_options(argv, XFCE | environ) == options
