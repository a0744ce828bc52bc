"""The popup under several window managers and on small and scaled screens: moved, resized, left and closed by hand."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.desktop.app import TITLE, App
from tests.desktop.other_window import TITLE as ELSEWHERE
from tests.rigs.desktop.labwc import LabwcDesktop
from tests.rigs.desktop.session import Box, Desktop, Window, python_module, wait_for
from tests.rigs.desktop.wayland import WaylandDesktop
from tests.rigs.processes.programs import RigTimeout
from tests.rigs.unavailable import skip_or_fail

SCREENS: dict[str, dict[str, Any]] = {
    "800x600": {"width": 800, "height": 600},
    "1366x768 at 125 %": {"width": 1366, "height": 768, "scale": 1.25},
    "1920x1080 at 200 %": {"width": 1920, "height": 1080, "scale": 2},
}
ON_X11 = ("openbox", "xfwm4", "metacity")
ON_WAYLAND: dict[str, type[WaylandDesktop]] = {"sway": WaylandDesktop, "labwc": LabwcDesktop}
WINDOW_MANAGERS = (*ON_X11, *ON_WAYLAND)
PAUSE = 0.6
"""Seconds after which a click is no double click, nor the click that closed the popup."""
BLANK = 9
"""Pixels from the window's edges: within its margin, and behind what resizes it."""


def desktop(wm: str, **options: Any) -> Desktop:
    if wm in ON_WAYLAND:
        return ON_WAYLAND[wm](**options)
    return Desktop(wm=wm, **options)


class Placed:
    """The app on a desktop, and its popup."""

    def __init__(self, desk: Desktop, wm: str) -> None:
        self.desk = desk
        self.wm = wm
        self.app = App(desk)
        self.icon = self.app.start()
        self._closed_at = 0.0

    def popup(self) -> Window:
        """Opened, if it is not."""
        found = self.desk.windows(TITLE)
        if found:
            return found[0]
        rested = lambda: time.monotonic() - self._closed_at > PAUSE  # noqa: E731
        wait_for(rested, "a click to count as one of its own, and not as part of the one before")
        for _ in range(2):
            # a panel that is still at work on the click before may lose one: a person clicks again
            with contextlib.suppress(RigTimeout):
                self.desk.opens(lambda: self.desk.click_on(self.icon), title=TITLE, timeout=10)
                break
        else:
            self.app.popup()
        self.desk.still()
        return self.desk.wait_for_window(TITLE)

    def closes(self) -> None:
        self.desk.wait_for_no_window(TITLE)
        self._closed_at = time.monotonic()

    @property
    def shown(self) -> bool:
        return bool(self.desk.windows(TITLE))

    def box(self) -> Box:
        return self.desk.wait_for_window(TITLE).box

    def blank(self, box: Box) -> tuple[int, int]:
        inset = round(BLANK * self.desk.scale)
        return box.x + inset, box.y + inset

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """The app is told of nothing until afterwards."""
        assert self.app.program is not None
        self.app.program.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.app.program.send(signal.SIGCONT)

    def top_edge(self, box: Box) -> tuple[int, int]:
        return box.x + box.width // 2, box.y + 2


@pytest.fixture(
    scope="module",
    params=[(wm, screen) for wm in WINDOW_MANAGERS for screen in SCREENS],
    ids=lambda param: ", ".join(param),
)
def placed(request: pytest.FixtureRequest) -> Iterator[Placed]:
    wm, screen = request.param
    with skip_or_fail(), desktop(wm, **SCREENS[screen]) as desk:
        yield Placed(desk, wm)


@pytest.fixture
def desk(placed: Placed) -> Desktop:
    """For the picture of a failure."""
    return placed.desk


def test_it_is_never_larger_than_what_is_free(placed, desk):
    box = placed.popup().box

    assert (box.x >= 0, box.y >= 0) == (True, True)
    assert box.x + box.width <= desk.width
    assert box.y + box.height <= desk.panel_box.y + (desk.scale % 1 > 0)  # rounded to whole pixels
    assert box.height >= 360 * desk.scale


@pytest.mark.parametrize("placed", [(wm, "800x600") for wm in ON_X11], indirect=True, ids=", ".join)
def test_nothing_lies_between_it_and_the_panel(placed, desk):
    box = placed.popup().box

    assert box.y + box.height == desk.panel_box.y


def test_a_press_on_a_blank_place_does_nothing(placed, desk):
    before = placed.popup().box

    desk.hold(*placed.blank(before), 0.15)

    desk.still()
    assert placed.box() == before


def test_a_drag_at_its_edge_resizes_it(placed, desk):
    before = placed.popup().box

    desk.drag(placed.top_edge(before), (0, 60), until=lambda: placed.box().height < before.height - 20)

    desk.still()
    after = placed.box()
    assert (after.x, after.width) == (before.x, before.width)
    assert after.y > before.y


def test_a_drag_moves_it(placed, desk):
    before = placed.popup().box

    desk.drag(placed.blank(before), (-60, -20), until=lambda: placed.box().x < before.x - 30)

    desk.still()
    after = placed.box()
    a_pixel = desk.scale % 1 > 0  # rounded to whole pixels where it stands
    assert (after.width, after.height) == pytest.approx((before.width, before.height), abs=int(a_pixel))


def test_it_opens_beside_the_icon_again_with_the_size_it_was_given(placed, desk):
    before = placed.popup().box
    desk.key("Escape")
    placed.closes()

    again = placed.popup().box

    assert again.width == before.width
    assert again.height == pytest.approx(before.height, abs=2)
    assert again.y + again.height <= desk.panel_box.y


@pytest.mark.parametrize("placed", [(wm, "800x600") for wm in ON_X11], indirect=True, ids=", ".join)
def test_clicks_in_it_leave_it_open_though_the_pointer_has_left_it_once_a_busy_app_is_told_of_them(placed, desk):
    box = placed.popup().box
    with placed.busy():
        for _ in range(2):
            desk.click(*placed.blank(box))
        desk.point_at(Box(20, 20, 10, 10))
        before = desk.frame()
        desk.type("s")

    wait_for(lambda: desk.frame().changes(before), "what is typed to be shown")
    desk.still()
    assert placed.shown
    desk.key("BackSpace")


@pytest.mark.parametrize("placed", [(wm, "800x600") for wm in ON_X11], indirect=True, ids=", ".join)
def test_a_click_elsewhere_closes_it(placed, desk):
    placed.popup()

    desk.click(20, 20)  # nothing is there that could take the focus

    placed.closes()


class Beside:
    """The app beside another program's window, where the focus follows the pointer."""

    def __init__(self, desk: Desktop, wm: str) -> None:
        self.desk = desk
        desk.run(python_module("tests.desktop.other_window"))
        desk.wait_for_window(ELSEWHERE)
        self.placed = Placed(desk, wm)

    def point_elsewhere(self) -> None:
        self.desk.point_at(Box(100, 200, 10, 10))
        wait_for(lambda: self.desk.focused() == ELSEWHERE, "the focus to follow the pointer")


    def point_at_popup(self) -> None:
        self.desk.point_at(self.placed.popup().box)
        wait_for(lambda: self.desk.focused() == TITLE, "the focus to be the popup's")


@pytest.fixture(scope="module", params=WINDOW_MANAGERS)
def beside(request: pytest.FixtureRequest) -> Iterator[Beside]:
    with skip_or_fail(), desktop(request.param, focus_follows=True) as desk:
        yield Beside(desk, request.param)


def test_where_the_focus_follows_the_pointer_passing_another_window_leaves_it_open(beside):
    for _ in range(2):
        beside.point_at_popup()
        beside.point_elsewhere()
        beside.desk.still()
        assert beside.placed.shown


def test_where_the_focus_follows_the_pointer_the_icon_closes_it(beside):
    beside.point_at_popup()  # from where it may go: one that never came there has but seconds to be on its way
    beside.point_elsewhere()
    beside.desk.still(PAUSE)  # else it would be the second click of a double one
    assert beside.placed.shown

    beside.desk.click_on(beside.placed.icon)

    beside.placed.closes()


@pytest.mark.parametrize("beside", ON_X11, indirect=True)
def test_where_the_focus_follows_the_pointer_a_click_elsewhere_closes_it(beside):
    beside.placed.popup()
    beside.point_elsewhere()

    beside.desk.click(100, 200)

    beside.placed.closes()


@pytest.mark.parametrize("beside", ["openbox", "metacity"], indirect=True)  # xfwm4 gives it back to where the pointer is
def test_where_the_focus_follows_the_pointer_a_switch_by_the_keyboard_closes_it(beside):
    beside.point_at_popup()
    beside.desk.key("Down")

    beside.desk.activate(beside.desk.wait_for_window(ELSEWHERE))

    beside.placed.closes()


@pytest.fixture(scope="module", params=ON_WAYLAND)
def clicked(request: pytest.FixtureRequest) -> Iterator[Beside]:
    """Where the focus goes by clicks."""
    with skip_or_fail(), desktop(request.param) as desk:
        yield Beside(desk, request.param)


def test_a_click_on_another_window_closes_it(clicked):
    """On Wayland no program is told of a click elsewhere, but of the focus that goes with it."""
    for _ in range(2):
        clicked.point_at_popup()
        clicked.desk.point_at(Box(100, 200, 10, 10))
        clicked.desk.still()  # a hand doesn't press in the moment in which it comes
        assert clicked.placed.shown

        clicked.desk.click(105, 205)

        clicked.placed.closes()


@pytest.mark.parametrize("clicked", ["labwc"], indirect=True)  # under sway the focus follows the pointer, unless one has changed that
def test_a_click_on_another_window_soon_after_it_opened_closes_it_too(clicked):
    clicked.placed.popup()

    clicked.desk.click(105, 205)

    clicked.placed.closes()
