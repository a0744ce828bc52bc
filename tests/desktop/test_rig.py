"""The desktop rig itself, tried with a tray icon that does next to nothing: what fails here is not the app's fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rigs.desktop.session import NOTIFICATIONS, ROOT, WATCHER, Desktop, Program, wait_for
from tests.rigs.processes.ordinary import need_user_namespace

PROBE = [sys.executable, str(Path(__file__).with_name("probe_tray.py"))]


def says(app: Program, line: str, times: int = 1) -> None:
    wait_for(lambda: app.output().splitlines().count(line) >= times, f"{line!r} from the probe")


def notify(desk: Desktop, actions: list[str]) -> int:
    arguments = ("probe", 0, "", "A summary", "and a body", actions, {"urgency": ("y", 1)}, -1)
    path = "/org/freedesktop/Notifications"
    return int(desk.bus.call(NOTIFICATIONS, path, NOTIFICATIONS, "Notify", "susssasa{sv}i", arguments))


def test_a_click_on_the_icon_reaches_the_app(desk: Desktop) -> None:
    app = desk.run(PROBE)
    desk.wait_for_tray_icon()
    window = desk.opens(desk.click_icon, title="Tray probe")
    says(app, "activated Trigger")
    assert (window.box.width, window.box.height) == (200, 100)
    desk.click_icon()
    desk.wait_for_no_window("Tray probe")


def test_the_panel_draws_the_menu_and_keys_pick_from_it(desk: Desktop) -> None:
    app = desk.run(PROBE)
    icon = desk.wait_for_tray_icon()
    desk.opens(lambda: desk.click_on(icon, button=3))
    desk.key("Down", "Down", "Return")
    says(app, "picked second")


def test_the_pointer_over_the_icon_brings_its_tooltip(desk: Desktop) -> None:
    desk.run(PROBE)
    icon = desk.wait_for_tray_icon()
    tooltip = desk.opens(lambda: desk.point_at(icon), kind="tooltip")
    assert tooltip.box.width > 100


def test_the_icon_comes_back_with_the_panel(desk: Desktop) -> None:
    app = desk.run(PROBE)
    desk.wait_for_tray_icon()
    desk.stop("panel", signal.SIGKILL)
    assert not desk.bus.has_owner(WATCHER)
    desk.start("panel")
    desk.wait_for_tray_icon()
    desk.click_icon()
    says(app, "activated Trigger")


def test_the_icon_goes_with_the_app(desk: Desktop) -> None:
    app = desk.run(PROBE)
    desk.wait_for_tray_icon()
    assert app.stop() == -signal.SIGTERM
    desk.wait_for_tray_icons(0)


def test_a_click_on_a_notifications_button_invokes_its_action(desk: Desktop) -> None:
    with desk.bus.listen(interface=NOTIFICATIONS, member="ActionInvoked") as invoked:
        number = notify(desk, ["first", "First", "second", "Second"])
        buttons = desk.notification_buttons(2)
        desk.click_on(buttons[1])
        assert invoked.next() == (number, "second")


def test_a_withdrawn_notification_leaves_the_screen(desk: Desktop) -> None:
    number = notify(desk, [])
    desk.notification()
    desk.bus.call(
        NOTIFICATIONS, "/org/freedesktop/Notifications", NOTIFICATIONS, "CloseNotification", "u", (number,)
    )
    desk.wait_for_no_notification()


def test_the_bus_comes_back_at_the_same_address(desk: Desktop) -> None:
    before = desk.part("bus").pid
    desk.restart_bus()
    assert desk.part("bus").pid != before
    notify(desk, [])
    desk.notification()


def test_an_icon_in_a_tray_of_the_older_kind(xembed_desk: Desktop) -> None:
    assert not xembed_desk.bus.has_owner(WATCHER)
    app = xembed_desk.run(PROBE)
    xembed_desk.wait_for_tray_icon()
    xembed_desk.click_icon()
    says(app, "activated Trigger")


def test_without_a_tray_there_is_none(trayless_desk: Desktop) -> None:
    app = trayless_desk.run(PROBE)
    says(app, "ready False")
    assert trayless_desk.tray_icons() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_desktop_is_light_or_dark(theme: str) -> None:
    with Desktop(theme=theme) as desk:
        app = desk.run(PROBE)
        desk.wait_for_tray_icon()
        window = desk.opens(desk.click_icon, title="Tray probe")
        says(app, "activated Trigger")
        shade = sum(desk.frame().pixel(window.box.x + 5, window.box.y + 5)) // 3
    assert shade > 200 if theme == "light" else shade < 80


def test_widgets_are_found_by_what_a_screen_reader_says() -> None:
    with Desktop(accessible=True) as desk:
        desk.run(PROBE)
        desk.wait_for_tray_icon()
        window = desk.opens(desk.click_icon, title="Tray probe")
        label = desk.accessible.wait_for("label", "A probe")
        assert label.box == window.box
        notify(desk, ["first", "First", "second", "Second"])
        button = desk.accessible.wait_for("push button", "Second", app="xfce4-notifyd")
        assert button.box in desk.notification_buttons(2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs to become somebody else")
def test_root_can_try_things_as_an_ordinary_user() -> None:
    need_user_namespace()
    tell = "import os, pwd; print(os.getuid(), pwd.getpwuid(os.getuid()).pw_name)"
    command = [sys.executable, "-m", "tests.rigs.processes.ordinary", sys.executable, "-c", tell]
    assert subprocess.check_output(command, text=True, cwd=ROOT) == "1000 ana\n"
