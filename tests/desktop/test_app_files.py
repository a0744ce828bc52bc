"""A log is opened with the desktop's own file dialog if its portal has one, else with Qt's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.app import App
from tests.rigs.bus.file_portal import FilePortal
from tests.rigs.bus.peers import serving
from tests.rigs.desktop.session import Desktop, Window, wait_for

UP_TO_KILLS = 7
"""Quit, Help, Start at login, Pause, Settings, Rule profiles, What was killed."""
BUTTON, TITLE = "Open a log…", "Open a log"
NONE = "[notifications]\nwarning = false\ncritical = false\nlimits = false\nkills = false\n"


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


@pytest.fixture
def log(desk: Desktop) -> Path:
    log = Path(desk.env["HOME"]) / "of another computer.log"
    log.write_text("Nov 28 12:00:00 other kernel: nothing\n")
    return log


@pytest.fixture
def kills(desk: Desktop, app: App) -> Window:
    app.settings(NONE)
    app.start()
    app.menu()
    window = desk.opens(lambda: desk.key(*["Up"] * UP_TO_KILLS, "Return"), title="What was killed")
    wait_for(lambda: "Recorded on this computer" in app.says(), "what was recorded")
    return window


@pytest.fixture
def portal(desk: Desktop) -> Iterator[FilePortal]:
    """Replaces the rig's own portal, which has no file dialogs."""
    desk.stop("portal")
    portal = FilePortal(f"unix:path={desk.socket}")
    with serving(portal.peer):
        yield portal
    portal.peer.close()


def test_the_desktop_s_dialog_belongs_to_the_window_and_gives_it_the_log(
    app: App, portal: FilePortal, kills: Window, log: Path
) -> None:
    app.press(BUTTON)
    wait_for(lambda: portal.open, "the desktop's dialog")
    assert portal.wanted[0][:3] == ("OpenFile", f"x11:{kills.id:x}", TITLE)
    portal.choose(log.as_uri())
    wait_for(lambda: log.name in app.says(), "the log in the window")


def test_the_desktop_s_dialog_goes_with_the_window(desk: Desktop, app: App, portal: FilePortal, kills: Window) -> None:
    app.press(BUTTON)
    wait_for(lambda: portal.open, "the desktop's dialog")
    app.press("Close")
    wait_for(lambda: not portal.open, "its end")
    desk.wait_for_no_window(kills.title)


def test_a_desktop_without_one_has_qt_s_own(desk: Desktop, app: App, kills: Window, log: Path) -> None:
    desk.opens(lambda: app.press(BUTTON), title=TITLE)
    desk.type(str(log))
    desk.key("Return")
    desk.wait_for_no_window(TITLE)
    wait_for(lambda: log.name in app.says(), "the log in the window")
