"""The tray looks as the desktop's own programs do, follows them as they change, and has none of GTK in its process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.desktop import look, portal, portal_settings
from tests.desktop.app import TITLE, App
from tests.rigs.bus.peers import Peer, serving
from tests.rigs.desktop.screen import Color
from tests.rigs.desktop.session import ROOT, Box, Desktop, wait_for
from tests.rigs.desktop.settings_daemon import SettingsDaemon
from tests.rigs.desktop.wayland import WaylandDesktop

LIGHT, DARK, GREEN = (0xF6, 0xF5, 0xF4), (0x35, 0x35, 0x35), (0x20, 0x60, 0x30)
SHEET = "@define-color theme_bg_color #206030; @define-color theme_fg_color #fff;"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" fill="#ff00ff"/></svg>'
PINK = (0xFF, 0, 0xFF)
INDEX = "[Icon Theme]\nName=Pink\nDirectories=48\n[48]\nSize=48\nContext=Applications\nType=Scalable\nMinSize=8\nMaxSize=256\n"


@pytest.fixture
def app(accessible_desk: Desktop) -> App:
    """On a desktop that asks for no theme by the environment, which would count before all else."""
    accessible_desk.env["GTK_THEME"] = ""
    return App(accessible_desk)


@pytest.fixture
def daemon(app: App) -> Iterator[SettingsDaemon]:
    with SettingsDaemon(app.desk.display) as daemon:
        yield daemon


def libraries(app: App) -> str:
    assert app.program is not None
    return Path(f"/proc/{app.program.pid}/maps").read_text()


def ground(app: App) -> Color:
    """The color of the popup's window, near a corner of it."""
    box = app.desk.wait_for_window(TITLE).box
    return app.desk.frame().pixel(box.x + 6, box.y + 6)


def headline(app: App) -> Box:
    node = app.desk.accessible.wait_for("label", "Memory is fine", app="oomtray")
    assert node.box is not None
    return node.box


def test_the_process_has_no_gtk_and_the_popup_gtks_colors(app: App) -> None:
    app.start()
    app.popup()

    wait_for(lambda: ground(app) == LIGHT, "Adwaita's window")
    assert "libQt6Widgets" in libraries(app)
    assert "libgtk" not in libraries(app)


def test_a_theme_that_the_user_has_chosen_for_qt_is_taken(app: App) -> None:
    app.desk.env["QT_QPA_PLATFORMTHEME"] = "gtk3"
    app.start()
    assert "libgtk-3" in libraries(app)


def test_where_xfce_draws_windows_twice_as_large_so_are_ours(app: App, daemon: SettingsDaemon) -> None:
    daemon.publish({"Gdk/WindowScalingFactor": 2})
    app.start()
    app.popup()

    assert app.desk.wait_for_window(TITLE).box.width >= 880


def write_theme(desk: Desktop) -> None:
    sheet = desk.home / ".themes/Mine/gtk-3.0/gtk.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text(SHEET)


def test_an_open_popup_follows_theme_and_font(app: App, daemon: SettingsDaemon) -> None:
    write_theme(app.desk)
    daemon.publish({"Net/ThemeName": "Adwaita-dark", "Gtk/FontName": "Sans 10"})
    app.start()
    app.popup()
    wait_for(lambda: ground(app) == DARK, "the dark theme")
    small = headline(app).height

    daemon.publish({"Net/ThemeName": "Adwaita", "Gtk/FontName": "Sans 18"})
    wait_for(lambda: ground(app) == LIGHT, "the light theme")
    wait_for(lambda: headline(app).height > 1.5 * small, "larger letters")

    daemon.publish({"Net/ThemeName": "Mine", "Gtk/FontName": "Sans 10"})
    wait_for(lambda: ground(app) == GREEN, "the user's own theme")
    wait_for(lambda: headline(app).height == small, "the letters that were before")


def test_a_settings_daemon_that_comes_late_and_goes_is_followed(app: App) -> None:
    app.start()
    app.popup()
    wait_for(lambda: ground(app) == LIGHT, "the light theme")
    with SettingsDaemon(app.desk.display) as daemon:
        daemon.publish({"Net/ThemeName": "Adwaita-dark"})
        wait_for(lambda: ground(app) == DARK, "the daemon's theme")
    wait_for(lambda: ground(app) == LIGHT, "the theme without a daemon")


def test_apps_have_their_pictures_from_the_desktops_icon_theme(app: App, daemon: SettingsDaemon) -> None:
    data = Path(app.desk.env["XDG_DATA_HOME"])
    for path, text in {
        "icons/Pink/index.theme": INDEX,
        "icons/Pink/48/panel-of-pink.svg": PICTURE,
        "applications/panel.desktop": "[Desktop Entry]\nType=Application\nName=Panel\nExec=xfce4-panel\nIcon=panel-of-pink\n",
    }.items():
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(text)
    daemon.publish({"Net/IconThemeName": "Pink"})
    app.start()
    popup = app.popup()
    app.row("")
    app.desk.type("panel")
    app.row("Panel")
    wait_for(lambda: app.desk.frame().patches_of(PINK, popup.box, gap=1, least=60), "the theme's picture")


def test_the_icon_is_drawn_for_the_theme_from_the_start_and_anew_when_it_changes(app: App, daemon: SettingsDaemon) -> None:
    daemon.publish({"Net/ThemeName": "Adwaita-dark"})
    box = app.start()
    app.popup()
    wait_for(lambda: ground(app) == DARK, "the dark theme")
    app.desk.key("Escape")
    app.desk.wait_for_no_window(TITLE)

    def drawn() -> bytes:
        return app.desk.still().crop(box).pixels

    dark = drawn()
    daemon.publish({"Net/ThemeName": "Adwaita"})
    wait_for(lambda: drawn() != dark, "an icon for a light theme")
    daemon.publish({"Net/ThemeName": "Adwaita-dark"})
    wait_for(lambda: drawn() == dark, "the icon that was before")


def test_on_plasma_the_icon_follows_its_colors_at_once(app: App) -> None:
    """It was one change behind: Qt's own theme for KDE tells of the color scheme before it has the colors."""
    desk = app.desk
    desk.env |= {"XDG_CURRENT_DESKTOP": "KDE", "KDE_FULL_SESSION": "true", "KDE_SESSION_VERSION": "6"}
    globals_ = Path(desk.env["XDG_CONFIG_HOME"], "kdeglobals")
    peer = Peer(f"unix:path={desk.socket}", "org.kde.test")
    told = "org.kde.kdeglobals.General", "ColorScheme", ("s", "")

    def colors(ground: str, ink: str) -> None:
        names = ("Window", "View", "Button", "Selection", "Tooltip", "Complementary")
        globals_.write_text(
            "".join(f"[Colors:{name}]\nBackgroundNormal={ground}\nForegroundNormal={ink}\n" for name in names)
        )
        peer.emit(portal.PATH, portal_settings.INTERFACE, "SettingChanged", "ssv", told)

    colors("239,240,241", "35,38,41")
    box = app.start()

    def drawn() -> bytes:
        return desk.still().crop(box).pixels

    light = drawn()
    colors("32,35,38", "252,252,252")
    wait_for(lambda: drawn() != light, "an icon for a dark panel")
    colors("239,240,241", "35,38,41")
    wait_for(lambda: drawn() == light, "the icon that was before")
    peer.close()


def test_all_of_it_reaches_the_application_and_goes_again_and_nothing_is_set_twice(desk: Desktop) -> None:
    program = desk.run([sys.executable, "-m", "tests.desktop.looks_like_gtk"], cwd=ROOT)
    assert program.wait() == 0, program.output()

    dark, light, set_again = json.loads(program.output())

    assert dark == {
        "points": 14, "window": "#353535", "scheme": "Dark", "icons": ["Mine", "Else"], "times": [555, 0],
    }  # fmt: skip
    assert light == {
        "points": 10, "window": "#f6f5f4", "scheme": "Light", "icons": ["Adwaita", "hicolor"], "times": [400, 1200],
    }  # fmt: skip
    assert set_again == 0


@pytest.mark.wayland
def test_under_wayland_an_open_popup_follows_what_the_portal_says() -> None:
    settings = {
        look.APPEARANCE: {"color-scheme": ("u", 1), "contrast": ("u", 0)},
        look.INTERFACE: {"gtk-theme": ("s", "Adwaita"), "font-name": ("s", "Sans 10")},
    }
    with WaylandDesktop() as desk:
        desk.env |= {"GTK_THEME": "", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}
        write_theme(desk)
        desk.stop("portal")
        peer, app = Peer(f"unix:path={desk.socket}", portal.NAME), App(desk)
        peer.answers |= {"Register": ("", ()), "ReadAll": ("a{sa{sv}}", (settings,))}
        with serving(peer):
            app.start()
            app.popup()
            wait_for(lambda: ground(app) == DARK, "the dark theme")
            assert "libgtk" not in libraries(app)
            for namespace, key, value, color in (
                (look.APPEARANCE, "color-scheme", ("u", 0), LIGHT),
                (look.INTERFACE, "gtk-theme", ("s", "Mine"), GREEN),
            ):
                peer.emit(portal.PATH, portal_settings.INTERFACE, "SettingChanged", "ssv", (namespace, key, value))
                wait_for(lambda color=color: ground(app) == color, f"the popup to follow {key}")
        peer.close()
