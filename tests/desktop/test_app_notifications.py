"""What the notification of a raised level offers on a real desktop: what grows is ended by its button, and by its name."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.app import TITLE, App
from tests.rigs.desktop.session import Desktop, wait_for
from tests.rigs.processes.proc import state_of

PACE = "[pace]\nopen_seconds = 0.5\ncalm_seconds = 1\n"
LEVELS = f"{PACE}[levels]\nwarning_stall = 0\ncritical_stall = 0\ndwell_seconds = 0\n"
"""They go by the memory used alone: what other tests run out of on purpose would warn before anything has grown."""
CALM = f"{LEVELS}warning_percent = 98\ncritical_percent = 99\n"
WARNING = f"{LEVELS}warning_percent = 1\ncritical_percent = 99\nhysteresis_percent = 0.1\n"
"""Any machine is above this, so the level rises as it would under load."""
CRITICAL = WARNING.replace("critical_percent = 99", "critical_percent = 1.5")
PICTURES = Path(__file__).parents[2] / "build/notifications"

GROWS = """
import ctypes, time
ctypes.CDLL(None).prctl(15, b{name!r})
open("/proc/self/oom_score_adj", "w").write("1000")  # the next victim, whatever else runs here: other tests give 1000 to less
held = []
for _ in range(14):
    held.append(bytearray(b"1") * (40 << 20))
    time.sleep(0.5)
print(flush=True)
time.sleep(600)
"""


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


@contextlib.contextmanager
def grown(name: str) -> Iterator[int]:
    """A process of this name that has taken 560 MiB in seven seconds; gives its pid."""
    code = GROWS.format(name=name)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
    finally:
        process.kill()
        process.communicate()


def test_what_grows_is_ended_by_its_button(desk: Desktop, app: App) -> None:
    app.settings(CALM)
    app.start()
    with grown("zebrafish") as pid:
        app.settings(WARNING)
        desk.notification()
        button = desk.accessible.wait_for("push button", "End zebrafish").box
        desk.accessible.wait_for("push button", "Snooze for 30 min")
        desk.screenshot(PICTURES / "warning.png")
        assert button is not None
        desk.click_on(button)
        wait_for(lambda: state_of(pid) == "Z", "its end")


def test_when_memory_is_nearly_gone_it_is_ended_in_the_same_bubble(desk: Desktop, app: App) -> None:
    app.settings(CALM)
    app.start()
    with grown("zebrafish") as pid:
        app.settings(WARNING)
        desk.accessible.wait_for("push button", "Protect zebrafish")
        app.settings(CRITICAL)
        wait_for(lambda: not desk.accessible.find("push button", "Protect zebrafish"), "the warning to be replaced")
        button = desk.accessible.wait_for("push button", "End zebrafish").box
        desk.screenshot(PICTURES / "critical.png")
        assert button is not None
        desk.click_on(button)
        wait_for(lambda: state_of(pid) == "Z", "its end")


def test_opened_from_a_warning_the_popup_offers_not_to_warn_about_that_app(desk: Desktop, app: App) -> None:
    app.settings(WARNING)
    app.start()
    desk.notification()
    button = desk.accessible.wait_for("push button", "Show").box
    assert button is not None
    desk.click_on(button)
    desk.wait_for_window(TITLE)
    wait_for(lambda: "holds most memory." in app.says() or "a minute." in app.says(), "the popup to say why")
    desk.screenshot(PICTURES / "known.png")
