"""The Wayland rig itself: a click, a menu, an icon and a notification under sway reach the app."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.desktop.labwc import LabwcDesktop
from tests.rigs.desktop.session import NOTIFICATIONS, Box, Program, wait_for
from tests.rigs.desktop.wayland import WaylandDesktop

PROBE = [sys.executable, str(Path(__file__).with_name("probe_tray.py"))]
pytestmark = pytest.mark.wayland


@pytest.fixture(params=[("light", 1), ("dark", 2)], ids=["light", "dark at scale 2"])
def sway(request: pytest.FixtureRequest) -> Iterator[WaylandDesktop]:
    theme, scale = request.param
    with WaylandDesktop(theme=theme, scale=scale) as desktop:
        yield desktop


def says(app: Program, line: str) -> None:
    wait_for(lambda: line in app.output().splitlines(), f"{line!r} from the probe")


def test_a_click_on_the_icon_reaches_the_app(sway: WaylandDesktop) -> None:
    app = sway.run(PROBE)
    sway.wait_for_tray_icon()
    window = sway.opens(sway.click_icon, title="Tray probe")
    says(app, "activated Trigger")
    # sway tiles: the window has all that the panel leaves
    assert (window.box.width, window.box.height) == (1280, 800 - 32 * sway.scale)


def test_the_panel_draws_the_menu_and_a_click_picks_from_it(sway: WaylandDesktop) -> None:
    app = sway.run(PROBE)
    icon = sway.wait_for_tray_icon()
    menu = sway.opens(lambda: sway.click_on(icon, button=3)).box
    sway.click(menu.center[0], menu.y + menu.height * 3 // 4)
    says(app, "picked second")


def test_the_icon_comes_back_with_the_panel(sway: WaylandDesktop) -> None:
    app = sway.run(PROBE)
    sway.wait_for_tray_icon()
    sway.restart("panel")
    sway.click_on(sway.wait_for_tray_icon())
    says(app, "activated Trigger")


def test_an_invoked_action_is_answered(sway: WaylandDesktop) -> None:
    arguments: tuple[Any, ...] = (
        "probe",
        0,
        "",
        "A summary",
        "",
        ["default", "Show", "end", "End it"],
        {},
        -1,
    )

    def notify() -> int:
        call = (NOTIFICATIONS, "/org/freedesktop/Notifications", NOTIFICATIONS, "Notify", "susssasa{sv}i")
        return int(sway.bus.call(*call, arguments))

    with sway.bus.listen(interface=NOTIFICATIONS, member="ActionInvoked") as invoked:
        numbers: list[int] = []
        sway.opens(lambda: numbers.append(notify()))
        sway.invoke("end")
        assert invoked.next() == (numbers[0], "end")


def test_a_pointer_that_rests_on_the_icon_brings_nothing_up_that_a_window_could_be_taken_to_have() -> None:
    with LabwcDesktop(width=1920, height=1080, scale=2) as labwc:
        labwc.run(PROBE)
        icon = labwc.wait_for_tray_icon()
        above = Box(0, 0, labwc.width, labwc.panel_box.y)
        before = labwc.still().crop(above)

        labwc.point_at(icon)

        assert labwc.still(seconds=3).crop(above).changes(before) is None  # a tooltip comes after half a second
