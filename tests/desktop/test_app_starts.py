"""The app's start on a real desktop: one icon whatever the bus does, no window that nobody asked for, one line for a failure."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray import APP_ID
from oomtray.desktop import login_session
from tests.desktop.app import TITLE
from tests.desktop.test_app_history import UP_TO_HISTORY
from tests.rigs.bus.peers import Peer, serving
from tests.rigs.desktop.session import ITEM, ITEMS_MENU, ROOT, Desktop, Program, python_module, wait_for

OOMTRAY = python_module("oomtray")


def names(desk: Desktop, name: str) -> Iterator[Peer]:
    peer = Peer(f"unix:path={desk.socket}", name)
    try:
        yield peer
    finally:
        peer.close()


@pytest.fixture
def logind(desk: Desktop) -> Iterator[Peer]:
    """On the session bus, which the app takes for the system's."""
    yield from names(desk, login_session.NAME)


@pytest.fixture
def squatter(desk: Desktop) -> Iterator[Peer]:
    """Another program that has the app's name."""
    yield from names(desk, APP_ID)


def alive(*programs: Program) -> list[Program]:
    return [program for program in programs if program.alive]


def test_a_session_bus_that_answers_late_gives_one_tray(desk: Desktop) -> None:
    bus = desk.part("bus")
    bus.send(signal.SIGSTOP)
    try:
        both = desk.run(OOMTRAY), desk.run(OOMTRAY)
        time.sleep(3)  # longer than the app waits for the bus
        assert len(alive(*both)) == 2
    finally:
        bus.send(signal.SIGCONT)
    wait_for(lambda: len(alive(*both)) == 1, "one of the two to hand over and end")
    desk.wait_for_tray_icon(count=1)
    ended = next(program for program in both if not program.alive)
    assert ended.wait() == 0, ended.output()
    assert alive(*both)[0].stop() == 0


def test_a_name_that_is_held_by_who_never_answers_is_said_and_is_a_failure(desk: Desktop, squatter: Peer) -> None:
    program = desk.run(OOMTRAY)
    assert program.wait() == 1
    assert "is already running as process" in program.output()
    assert "does not respond" in program.output()


def test_a_start_that_ends_for_another_says_whose_process_that_is(desk: Desktop, squatter: Peer) -> None:
    squatter.answers["Activate"] = ("", ())
    with serving(squatter):
        program = desk.run(OOMTRAY)
        assert program.wait() == 0
    assert "is already running as process" in program.output()


@pytest.mark.parametrize(("seconds", "opens"), [(2, False), (60, True)], ids=["restored at login", "by a person"])
def test_a_second_start_within_seconds_of_the_login_opens_no_window(
    desk: Desktop, logind: Peer, seconds: int, opens: bool
) -> None:
    # so long ago whenever it is asked, also where the starts take their time
    logind.answers["Get"] = lambda *_: ("v", (("t", int(max(time.monotonic() - seconds, 0) * 1e6)),))
    with serving(logind):
        env = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={desk.socket}"}
        desk.run(OOMTRAY, env=env)
        desk.wait_for_tray_icon()
        second = desk.run(OOMTRAY, env=env)
        assert second.wait() == 0
        if opens:
            desk.wait_for_window(TITLE)
        else:
            desk.still()
            assert desk.windows(TITLE) == []


def test_a_double_click_opens_it(desk: Desktop) -> None:
    desk.run(OOMTRAY)
    icon = desk.wait_for_tray_icon()
    desk.opens(lambda: desk.click_on(icon, count=2), title=TITLE)
    desk.still(seconds=1)
    assert desk.windows(TITLE)
    desk.click_on(icon, count=2)
    desk.wait_for_no_window(TITLE)
    desk.still(seconds=1)
    assert not desk.windows(TITLE)


def test_a_panel_that_comes_late_leaves_the_window_under_the_hand(desk: Desktop) -> None:
    desk.stop("panel")
    desk.run(OOMTRAY)
    window = desk.wait_for_window(TITLE)
    wait_for(lambda: desk.focused() == TITLE, "the window to have the keyboard")
    desk.start("panel")
    desk.wait_for_tray_icon()
    desk.still(seconds=1)
    assert [found.id for found in desk.windows(TITLE)] == [window.id]
    assert desk.focused() == TITLE
    desk.key("Escape")
    desk.wait_for_no_window(TITLE)
    desk.opens(desk.click_icon, title=TITLE)


def test_a_menu_that_is_opened_before_the_first_scan_is_as_high_as_later(desk: Desktop, tmp_path: Path) -> None:
    """A panel makes no more room in a menu once it is open."""
    go = tmp_path / "go"
    with desk.bus.overhear(interface=ITEMS_MENU, member="GetGroupProperties") as read:
        desk.run(python_module("tests.desktop.late_scan"), env={"SCAN_WHEN_THERE": str(go)}, cwd=ROOT)
        read.next()  # until then the panel opens a menu of its own
    early = desk.icon_menu()
    desk.key("Escape")
    with desk.bus.listen(interface=ITEM, member="NewToolTip") as told:
        go.touch()
        told.next()
    desk.still()
    assert early.box.height == desk.icon_menu().box.height


def test_a_platform_of_qt_that_is_not_there_is_one_line(desk: Desktop) -> None:
    program = desk.run(OOMTRAY, env={"QT_QPA_PLATFORM": "wayland"})
    assert program.wait() == 1
    assert program.output().count("\n") == 1
    assert "QT_QPA_PLATFORM=wayland" in program.output()


def test_what_an_update_has_broken_is_said(desk: Desktop, tmp_path: Path) -> None:
    """Most code is imported when first needed: by then it is that of another version."""
    tree = tmp_path / "oomtray"
    shutil.copytree(ROOT / "oomtray", tree)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    desk.env["PYTHONPATH"] = str(tmp_path)
    desk.run(OOMTRAY, cwd=tmp_path)
    desk.wait_for_tray_icon()
    for path in (tree / "__init__.py", tree / "ui/app/history.py"):
        text = path.read_text()
        path.unlink()
        path.write_text(f"{text}\nfrom oomtray import of_the_new_version\n" if path.name == "history.py" else text)
    desk.icon_menu()
    desk.opens(lambda: desk.key(*["Up"] * UP_TO_HISTORY, "Return"), title=f"^{TITLE}$")
