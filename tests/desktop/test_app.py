"""The app as a person uses it: real clicks on a real panel, menus, rows and notifications."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.desktop.app import TITLE, sleeper
from tests.rigs.desktop.session import ROOT, Desktop, python_module, wait_for
from tests.rigs.processes.proc import adj_of, state_of


@pytest.fixture
def desk(accessible_desk):
    return accessible_desk


WARNING = "[levels]\nwarning_percent = 1\ncritical_percent = 99\nhysteresis_percent = 0.1\ndwell_seconds = 0\n"
"""Any machine is above this, so the level rises as it would under load."""
CALM = "[levels]\nwarning_percent = 98\ncritical_percent = 99\ndwell_seconds = 0\n"


def test_a_click_on_the_icon_opens_the_popup_and_another_closes_it(desk, app):
    app.start()
    popup = app.popup()
    assert popup.box.width > 400
    app.row("")
    assert "the kernel would kill" in app.says()
    desk.still(seconds=0.6)  # else it would be the second click of a double one
    desk.click_icon()
    desk.wait_for_no_window(TITLE)
    assert app.program.stop() == 0, app.program.output()


def test_a_screen_reader_hears_how_full_memory_is(desk, app):
    app.start()
    app.popup()
    app.row("")
    heard = {node.name: node for node in desk.accessible.find("progress bar", app="oomtray")}
    gauge = heard["Memory used"]
    assert gauge.value is not None
    assert f"{gauge.value:.0f} % used" in gauge.description
    assert 0 < heard["Memory used over the last ten minutes"].value <= 100
    assert 0 < gauge.value <= 100


def test_escape_closes_and_typing_filters(desk, app):
    with sleeper("zebrafish"):
        app.alone("zebrafish")
        desk.key("Escape", "Escape")
        desk.wait_for_no_window(TITLE)


def test_deprioritize_by_the_rows_menu_and_undo_by_the_bar(desk, app):
    with sleeper("zebrafish") as pid:
        row = app.alone("zebrafish")
        desk.opens(lambda: desk.click_on(row, button=3))
        desk.key("Down", "Down", "Return")  # Protect, Deprioritize
        wait_for(lambda: adj_of(pid) == 300, "the process to be deprioritized")
        wait_for(lambda: "raised from 0 to +300" in app.says(), "the bar to say so")
        app.press("Undo")
        wait_for(lambda: adj_of(pid) == 0, "the change to be undone")


def test_a_dialog_is_one_of_a_kind_and_closes_with_the_popup(desk, app):
    with sleeper("zebrafish"):
        app.alone("zebrafish")
        box = desk.accessible.wait_for("text", "Filter by name or PID", app="oomtray").box
        for _ in range(2):
            desk.click_on(box)
            desk.key("Down")  # into the rows, whose first one is current
            desk.opens(lambda: desk.key("Menu"))
            desk.key("Up", "Right", "Down", "Down", "Return")  # More, and in it below what is strong
            wait_for(lambda: len(desk.windows("Set a value")) == 1, "one dialog alone")
            assert desk.windows(f"^{TITLE}$")
    desk.click_icon()
    desk.wait_for_no_window(TITLE)
    desk.wait_for_no_window("Set a value")


def test_end_by_the_keyboard(desk, app):
    with sleeper("zebrafish") as pid:
        app.alone("zebrafish")
        desk.key("Down")
        desk.opens(lambda: desk.key("Menu"))
        desk.key(*["Down"] * 3, "Return")  # below Protect and Deprioritize, as there is nothing to reset
        wait_for(lambda: state_of(pid) == "Z", "its end")


def test_the_panels_menu_opens_and_quits(desk, app):
    app.start()
    assert app.menu().box.height > 100
    desk.key("Up", "Return")  # the last item
    assert app.program.wait() == 0, app.program.output()


def test_start_at_login_is_a_switch_in_the_menu(desk, app):
    entry = Path(desk.env["XDG_CONFIG_HOME"]) / "autostart" / "io.github.oomtray.OOMTray.desktop"
    app.start()
    for expected in (True, False):
        app.menu()
        desk.key("Up", "Up", "Up", "Return")  # above Quit and Help
        wait_for(lambda expected=expected: _on(entry) is expected, f"the entry to be {expected}")


def _on(entry):
    return entry.exists() and "Hidden=true" not in entry.read_text()


def test_a_second_start_shows_the_first_and_ends(desk, app):
    app.start()
    second = desk.run(python_module("oomtray"))
    desk.wait_for_window(TITLE)
    assert second.wait() == 0
    assert app.program.alive


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_signals_end_it_cleanly(app, number):
    app.start()
    app.program.send(number)
    assert app.program.wait() == 0, app.program.output()


def test_without_the_x_server_it_ends_and_nothing_is_destroyed_under_its_thread(desk):
    """C's exit() would run what was registered before it, such as the destructors of libraries."""
    code = "import ctypes, sys; c = ctypes.CDLL(None); c.on_exit(c.abort, None); from oomtray.__main__ import main; sys.exit(main())"
    app = desk.run([sys.executable, "-c", code], cwd=ROOT)
    desk.wait_for_tray_icon()
    desk.part("xvfb").stop(signal.SIGKILL)
    assert app.wait() == 1, app.output()


def test_a_raised_level_notifies_and_its_button_shows_the_popup(desk, app):
    app.settings(WARNING)
    app.start()
    desk.notification()
    button = desk.accessible.wait_for("push button", "Show").box
    desk.click_on(button)
    desk.wait_for_window(TITLE)


def test_a_recovery_withdraws_the_notification(desk, app):
    app.settings(WARNING)
    app.start()
    desk.notification()
    app.settings(CALM)
    desk.wait_for_no_notification(timeout=40)


def test_the_panel_dies_and_comes_back(desk, app):
    app.start()
    desk.restart("panel", signal.SIGKILL)
    desk.wait_for_tray_icon()
    app.popup()


def test_the_bus_dies_and_comes_back(desk, app):
    app.start()
    desk.restart_bus()
    icon = desk.wait_for_tray_icon(timeout=40)
    # a bus of the same address, started anew, lets nobody overhear the panel's calls
    desk.opens(lambda: desk.click_on(icon), title=TITLE)
    assert app.program.alive


def test_the_notification_daemon_dies_and_comes_back(desk, app):
    desk.stop("notifications")
    app.settings(CALM)
    app.start()
    app.settings(WARNING)
    app.popup()
    wait_for(lambda: "getting tight" in app.says() or "Memory is" not in app.says(), "the popup to tell")
    desk.start("notifications")
    app.settings(CALM)
    wait_for(lambda: "Memory is fine" in app.says(), "the level to fall")
    assert app.program.alive


def test_the_panel_may_come_up_later():
    with Desktop(accessible=True) as desk:
        desk.stop("panel")
        program = desk.run(python_module("oomtray"))
        wait_for(lambda: desk.bus.has_owner("io.github.oomtray.OOMTray"), "the app")
        desk.start("panel")
        desk.wait_for_tray_icon()
        desk.opens(desk.click_icon, title=TITLE)
        assert program.stop() == 0


def test_xembed_alone_is_served(xembed_desk):
    program = xembed_desk.run(python_module("oomtray"))
    xembed_desk.wait_for_tray_icon()
    xembed_desk.opens(xembed_desk.click_icon, title=TITLE)
    assert program.stop() == 0


def test_without_any_tray_it_is_a_window_that_says_why(trayless_desk):
    program = trayless_desk.run(python_module("oomtray"))
    trayless_desk.wait_for_window(TITLE)
    assert "No panel here shows tray icons" in program.output()
    assert program.stop() == 0
