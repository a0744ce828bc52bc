"""The doctor on the session: bus, tray host, notifications, autostart and settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from oomtray import APP_ID
from oomtray.desktop.notifications import NAME as NOTIFICATIONS
from oomtray.desktop.tray_host import WATCHER
from oomtray.doctor import Place, session
from oomtray.doctor import checks as known
from oomtray.messages.doctor import What
from tests.rigs.bus.peers import PrivateBus, serving

X11 = {"DISPLAY": ":nosuch"}


class TestSession:
    def test_outside_of_a_desktop_nothing_is_missing(self, place: Place) -> None:
        for probe in (session.session_bus, session.tray_host, session.notifications):
            assert probe(place).ok is None

    def test_a_desktop_without_a_bus(self, place: Place) -> None:
        place = replace(place, environ={**place.environ, **X11})
        assert session.session_bus(place) == known.found(False, "bus-missing")
        assert session.notifications(place).ok is None

    def test_a_bus_that_is_dead(self, place: Place, tmp_path: Path) -> None:
        environ = {**place.environ, **X11, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
        assert session.session_bus(replace(place, environ=environ)).what == "bus-silent"


class TestOnABus:
    @pytest.fixture
    def place(self, place: Place, private_bus: PrivateBus) -> Place:
        environ = {**place.environ, "WAYLAND_DISPLAY": "w", "DBUS_SESSION_BUS_ADDRESS": private_bus.address}
        return replace(place, environ=environ)

    def test_the_bus_answers(self, place: Place) -> None:
        assert session.session_bus(place).ok is True

    def test_nobody_shows_icons(self, place: Place) -> None:
        environ = {**place.environ, "XDG_CURRENT_DESKTOP": "GNOME"}
        check = known.told("tray-host", session.tray_host(replace(place, environ=environ)))
        assert check.ok is False
        assert "AppIndicator" in str(check.remedy)

    @pytest.mark.parametrize(
        ("answer", "ok"),
        [
            (("v", (("b", True),)), True),
            (("v", (("b", False),)), False),
            ("org.freedesktop.DBus.Error.UnknownProperty", True),
        ],
        ids=["with a host", "without one", "says nothing"],
    )
    def test_a_watcher_runs(self, place: Place, private_bus: PrivateBus, answer, ok: bool) -> None:
        panel = private_bus.peer(WATCHER)
        panel.answers["Get"] = answer
        with serving(panel):
            assert session.tray_host(place).ok is ok

    @pytest.mark.parametrize(("embeds", "ok", "what"), [(True, True, "tray-shown"), (None, None, "tray-unknown"), (False, False, "tray-none")])
    def test_on_x11_an_old_tray_is_enough(self, place: Place, monkeypatch: pytest.MonkeyPatch, embeds: bool | None, ok: bool | None, what: What) -> None:
        monkeypatch.setattr(session, "xembed_host", lambda _display: embeds)
        x11 = replace(place, environ={**place.environ, **X11, "WAYLAND_DISPLAY": ""})
        assert (session.tray_host(x11).ok, session.tray_host(x11).what) == (ok, what)
        wayland = replace(place, environ={**place.environ, **X11})
        assert session.tray_host(wayland).what == "tray-none", "Qt doesn't use it there"
        told_to = replace(wayland, environ={**wayland.environ, "QT_QPA_PLATFORM": "xcb"})
        assert session.tray_host(told_to).what == what

    def test_nobody_shows_notifications(self, place: Place) -> None:
        assert session.notifications(place) == known.found(False, "notifications-missing")

    @pytest.mark.parametrize(
        ("name", "capabilities", "what"),
        [
            ("Xfce Notify Daemon", ["actions", "body"], "notifications-buttons"),
            ("plain", ["body"], "notifications-plain"),
            ("dunst", ["actions", "body"], "notifications-no-buttons"),
            ("fnott", ["actions", "body"], "notifications-no-buttons"),
        ],
    )
    def test_a_daemon_shows_them(
        self, place: Place, private_bus: PrivateBus, name: str, capabilities: list[str], what: What
    ) -> None:
        daemon = private_bus.peer(NOTIFICATIONS)
        daemon.answers = {
            "GetCapabilities": ("as", (capabilities,)),
            "GetServerInformation": ("ssss", (name, "v", "1", "1.2")),
        }
        with serving(daemon):
            assert session.notifications(place) == known.found(True, what, daemon=name)


class TestAutostartAndSettings:
    def entry(self, place: Place, text: str) -> None:
        path = Path(place.environ["HOME"]) / ".config/autostart" / f"{APP_ID}.desktop"
        path.parent.mkdir(parents=True)
        path.write_text(f"[Desktop Entry]\nType=Application\nName=x\nExec=/bin/true\n{text}\n")

    @pytest.mark.parametrize(
        ("text", "ok"), [("TryExec=/bin/true", True), ("TryExec=/gone/oomtray", False), ("Hidden=true", None)]
    )
    def test_autostart(self, place: Place, text: str, ok: bool | None) -> None:
        self.entry(place, text)
        check = session.autostart(place)
        assert check.ok is ok
        assert (check.what == "autostart-stale") is (ok is False)

    def test_a_compositor_that_reads_no_entries_is_told_with_its_own_line(self, place: Place) -> None:
        self.entry(place, "")
        place = replace(place, environ={**place.environ, "XDG_CURRENT_DESKTOP": "sway", "PATH": ""})
        check = known.told("autostart", session.autostart(place))
        assert (check.ok, check.says) == (None, "sway starts no autostart entries by itself")
        assert " to ~/.config/sway/config, unless dex or systemd starts them there." in str(check.remedy)

    def test_no_autostart_is_no_problem(self, place: Place) -> None:
        assert session.autostart(place).ok is None

    def test_no_settings_file_is_well(self, place: Place, xdg: Path) -> None:
        assert session.settings(place)== known.found(True, "settings-none")

    def test_a_mistake_in_the_settings_is_named(self, place: Place, xdg: Path) -> None:
        path = xdg / "config/oomtray/config.toml"
        path.parent.mkdir()
        path.write_text("[rows]\nshow = 3\nxyzzy = 1\n")
        check = known.told("settings", session.settings(place))
        assert check.ok is False
        assert "line 2: rows.show" in check.says
        assert check.says.endswith("There is 1 more mistake.")
