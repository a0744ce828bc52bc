"""Stepping in on a real desktop: a marked app is ended after the countdown in a notification, and Don't keeps it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.app import App
from tests.rigs.desktop.session import Desktop, wait_for
from tests.rigs.processes.proc import state_of
from tests.rigs.processes.users import NOBODY

PICTURES = Path(__file__).parents[2] / "build/notifications"
HOLDS = "held = bytearray(b'1') * (300 << 20); print(flush=True); import time; time.sleep(600)"
SETTINGS = """
[pace]
open_seconds = 0.5
calm_seconds = 1
[levels]
warning_percent = 1
critical_percent = 1.5
hysteresis_percent = 0.1
dwell_seconds = 0
[notifications]
warning = false
critical = false
limits = false
kills = false
[step_in]
enabled = true
expendable = ["{name}"]
"""
"""Any machine is at this level."""


@pytest.fixture
def desk(accessible_desk: Desktop) -> Desktop:
    return accessible_desk


class Victim:
    """A process of 300 MiB under a name of its own. Where the tests are root's it is nobody's, as root's are never ended."""

    def __init__(self, place: Path) -> None:
        self.name = f"Zebra{os.getpid()}"
        program = place / self.name
        shutil.copy(os.path.realpath("/usr/bin/python3"), program)
        program.chmod(0o755)
        for directory in (place, *place.parents[:2]):
            directory.chmod(0o755)
        self.uid = NOBODY if os.geteuid() == 0 else os.geteuid()
        whose = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process = subprocess.Popen([program, "-c", HOLDS], stdout=subprocess.PIPE, start_new_session=True, cwd="/", **whose)  # type: ignore[call-overload]
        self._process.stdout.readline()

    @property
    def has_ended(self) -> bool:
        return state_of(self._process.pid) == "Z"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(tmp_path)
    yield made
    made.close()


def start(app: App, victim: Victim, countdown: float) -> None:
    app.settings(SETTINGS.format(name=victim.name))
    argv = [sys.executable, "-m", "tests.desktop.quick_step_in"]
    env = {"VICTIM_UID": str(victim.uid), "COUNTDOWN": str(countdown)}
    app.program = app.desk.run(argv, env=env, cwd=Path(__file__).parents[2])
    app.desk.wait_for_tray_icon()


def test_a_marked_app_is_ended_after_the_countdown(desk: Desktop, app: App, victim: Victim) -> None:
    start(app, victim, countdown=15)  # a slow machine takes some of it until what is shown is found
    desk.notification()
    desk.accessible.wait_for("push button", "Don’t")
    assert not victim.has_ended
    desk.screenshot(PICTURES / "step-in.png")
    wait_for(lambda: victim.has_ended, "its end")
    wait_for(lambda: not desk.accessible.find("push button", "Don’t"), "the question to be taken away")
    desk.accessible.wait_for("label", f"{victim.name} was ended")
    desk.screenshot(PICTURES / "stepped-in.png")


def test_don_t_keeps_it(desk: Desktop, app: App, victim: Victim) -> None:
    start(app, victim, countdown=200)
    desk.notification()
    no = desk.accessible.wait_for("push button", "Don’t").box
    assert no is not None
    desk.click_on(no)
    wait_for(lambda: not desk.accessible.find("push button", "Don’t"), "the question to be taken away")
    app.popup()
    wait_for(lambda: f"{victim.name} is left alone for half an hour." in app.says(), "the answer in the popup")
    assert not victim.has_ended


def test_the_card_of_an_open_popup_asks_as_well(desk: Desktop, app: App, victim: Victim) -> None:
    start(app, victim, countdown=200)
    app.popup()
    desk.accessible.wait_for("label", f"{victim.name} ends within 15 s")
    desk.screenshot(PICTURES / "step-in-popup.png")
    no = desk.accessible.wait_for("push button", f"Don’t end {victim.name}").box  # once the popup has its place
    assert no is not None
    desk.click_on(no)
    wait_for(lambda: f"{victim.name} is left alone for half an hour." in app.says(), "the answer in the popup")
    assert not desk.accessible.find("push button", "Don’t")
    assert not victim.has_ended
