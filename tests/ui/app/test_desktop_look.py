"""GTK stays out of the process where Qt would load it, unless the user has said which of Qt's themes to take."""

from __future__ import annotations

import pytest

from oomtray.ui.app.desktop_look import scaled_as_gtk, theme_options
from oomtray.ui.qt import x11_settings

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


@pytest.mark.parametrize(
    ("environ", "told", "scale"),
    [
        pytest.param({}, {"Gdk/WindowScalingFactor": 2, "Xft/DPI": 98304}, "2", id="Xfce at 2x"),
        pytest.param({}, {"Gdk/WindowScalingFactor": 1}, None, id="at 1x"),
        pytest.param({}, {"Gdk/WindowScalingFactor": 2, "Gdk/UnscaledDPI": 98304}, None, id="the resolution has it"),
        pytest.param({}, {"Gdk/WindowScalingFactor": "2"}, None, id="no number"),
        pytest.param({}, {}, None, id="nothing is told"),
        pytest.param({"XDG_CURRENT_DESKTOP": "MATE"}, {"Gdk/WindowScalingFactor": 2}, None, id="another desktop"),
        pytest.param({"QT_SCALE_FACTOR": "1.5"}, {"Gdk/WindowScalingFactor": 2}, "1.5", id="the user says which"),
        pytest.param({"QT_ENABLE_HIGHDPI_SCALING": "0"}, {"Gdk/WindowScalingFactor": 2}, None, id="the user wants none"),
    ],
)
def test_qt_starts_at_the_scale_of_xfces_windows(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], told: dict[str, int | str], scale: str | None
) -> None:
    monkeypatch.setattr(x11_settings, "read_once", lambda: told)
    environ = XFCE | environ
    before = dict(environ)

    with scaled_as_gtk(environ):
        assert environ.get("QT_SCALE_FACTOR") == scale
    assert environ == before
