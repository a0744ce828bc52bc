"""Stepping in: what the question says, which answers there are, who is really ended, and that it is only where it was shown."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from oomtray.config import Settings, StepIn
from oomtray.dbus.session import SessionBus
from oomtray.history.events import Event
from oomtray.kernel.snapshot import Process
from oomtray.risk.assessment import Assessment
from oomtray.risk.outlook import Forecast, Level
from oomtray.risk.step_in import COUNTDOWN
from oomtray.ui.app.step_in import KEY, OUTCOME, StepInController
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.popup.message_bar import MessageBar
from oomtray.ui.popup.popup import Popup
from tests.facts import GIB
from tests.facts.desktops import judged
from tests.rigs.processes.sleepers import Sleeper
from tests.ui.parts import texts, the

ME = 1000
PROGRAM = f"oomt{os.getpid()}"
SLEEPS = "import signal, sys, time\nif 'stubborn' in sys.argv: signal.signal(15, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(600)"
SETTINGS = Settings(step_in=StepIn(enabled=True, expendable=(PROGRAM,), grace_seconds=1.0))


class FakeNotifier:
    """A daemon that takes what it is told to show, once it is asked whether it did."""

    def __init__(self, _bus: SessionBus, on_action: Any, on_closed: Any, on_shown: Any) -> None:
        self.on_action, self.on_closed, self.on_shown = on_action, on_closed, on_shown
        self.shows_buttons = True
        self.shown: list[Any] = []
        self.standing: dict[str, Any] = {}

    def show(self, alert: Any) -> None:
        self.shown.append(alert)
        self.standing[alert.key] = alert

    def withdraw(self, key: str) -> None:
        self.standing.pop(key, None)

    def withdraw_all(self) -> None:
        self.standing.clear()

    def accept(self) -> None:
        self.on_shown(self.shown[-1])

    def press(self, action: str) -> None:
        pressed = self.standing.pop(KEY)
        self.on_action(pressed, action, None)
        self.on_closed(KEY)


class Tray:
    """The controller on a machine that is nearly out of memory, with a clock that the test sets."""

    def __init__(self, qtbot: Any, place: Path, settings: Settings = SETTINGS) -> None:
        self.qtbot, self.now, self.events = qtbot, 1000.0, list[Event]()
        self._program = place / PROGRAM
        shutil.copy(os.path.realpath("/usr/bin/python3"), self._program)
        self.started: list[subprocess.Popen[str]] = []
        self.controller = StepInController(
            SessionBus(None), settings, clock=lambda: self.now, uid=ME, notifier=self._connect,
            ask_in_front=lambda then: then(self.in_front),
        )  # fmt: skip
        self.controller.told.connect(self.events.append)
        self.told: list[str] = []
        self.in_front: bool | None = True
        self.controller.reported.connect(lambda report: self.told.append(report.text))

    def _connect(self, *args: Any) -> FakeNotifier:
        self.daemon = FakeNotifier(*args)
        return self.daemon

    def start(self, *how: str) -> subprocess.Popen[str]:
        self.started.append(
            subprocess.Popen([self._program, "-c", SLEEPS, *how], text=True, start_new_session=True, stdout=subprocess.PIPE)
        )
        assert self.started[-1].stdout is not None
        self.started[-1].stdout.readline()
        return self.started[-1]

    def _large(self, one: subprocess.Popen[Any]) -> Process:
        found = Sleeper(one, PROGRAM).facts
        path = "/user.slice/user-1000.slice/session-1.scope"
        return found._replace(uid=ME, rss=GIB, rss_anon=GIB, cgroup=path, unit_cgroup=path)

    def assessment(self, *, kill: float | None = 30.0, level: Level | None = None) -> Assessment:
        made = judged(tuple(self._large(one) for one in self.started if one.poll() is None), "critical")
        return replace(
            made,
            snapshot=made.snapshot._replace(at=self.now),
            level=level or Level("critical", 0.0, "used"),
            forecast=Forecast(kill=None if kill is None else (kill, kill)),
        )

    def read(self, **of: Any) -> None:
        self.controller.consider(self.assessment(**of))

    def wait(self, seconds: float, **of: Any) -> None:
        for _ in range(round(seconds)):
            self.now += 1
            self.read(**of)

    def close(self) -> None:
        self.controller.withdraw()
        for one in self.started:
            one.kill()
            one.communicate()


@pytest.fixture
def tray(qtbot: Any, tmp_path: Path) -> Iterator[Tray]:
    made = Tray(qtbot, tmp_path)
    yield made
    made.close()


def test_the_question_says_whom_it_ends_when_and_what_that_gives_back(tray: Tray) -> None:
    tray.start()
    tray.read()

    (alert,) = tray.daemon.shown
    assert alert.summary == f"Ending {PROGRAM} in 15 s"
    assert alert.body == "To keep the computer responsive, it is asked to end. That gives back at most 1.0 GiB."
    assert [label for _, label in alert.actions] == ["Show", "Don't", "End now"]
    assert (alert.urgency, alert.silent) == ("critical", False)


def test_after_the_countdown_it_is_ended_and_that_is_told_and_kept(tray: Tray) -> None:
    process = tray.start()
    tray.read()
    tray.daemon.accept()
    tray.wait(COUNTDOWN - 1)
    assert process.poll() is None
    tray.wait(1)

    assert process.wait(10) == -signal.SIGTERM
    tray.qtbot.waitUntil(lambda: bool(tray.events), timeout=20_000)
    assert tray.told == [f"{PROGRAM} was ended to keep the computer responsive."]
    assert KEY not in tray.daemon.standing
    outcome = tray.daemon.standing[OUTCOME]
    assert (outcome.summary, outcome.body) == (f"{PROGRAM} was ended", "This keeps the computer responsive.")
    (event,) = tray.events
    assert (event.kind, event.data["app"], event.data["cause"]) == ("step-in", PROGRAM, "kill")
    assert [(one["pid"], one["signal"], one["ended"]) for one in event.data["processes"]] == [(process.pid, "SIGTERM", True)]


def test_five_seconds_before_it_is_said_again_without_a_sound(tray: Tray) -> None:
    tray.start()
    tray.read()
    tray.daemon.accept()
    tray.wait(COUNTDOWN - 6)
    assert len(tray.daemon.shown) == 1
    tray.wait(3)

    first, second = tray.daemon.shown
    assert (first.key, second.key, second.silent) == (KEY, KEY, True)
    assert second.summary == f"Ending {PROGRAM} in 5 s"


def test_what_does_not_end_when_asked_is_ended_by_force_while_that_is_needed(tray: Tray) -> None:
    process = tray.start("stubborn")
    tray.read()
    tray.daemon.accept()
    tray.daemon.press("now")

    tray.qtbot.waitUntil(lambda: bool(tray.events), timeout=20_000)
    assert process.wait(10) == -signal.SIGKILL
    assert tray.told == [f"{PROGRAM} did not end when asked, and was ended by force to keep the computer responsive."]
    assert [one["signal"] for one in tray.events[0].data["processes"]] == ["SIGKILL"]


def test_and_is_not_once_memory_recovers(tray: Tray) -> None:
    process = tray.start("stubborn")
    tray.read()
    tray.daemon.accept()
    tray.daemon.press("now")
    tray.read(kill=None)

    tray.qtbot.waitUntil(lambda: bool(tray.events), timeout=20_000)
    assert process.poll() is None
    assert tray.told == [f"{PROGRAM} was asked to end and is still running."]
    assert tray.daemon.standing[OUTCOME].summary == f"{PROGRAM} is still running"


def _says_no(tray: Tray) -> None:
    tray.daemon.press("dont")


def _closes_it(tray: Tray) -> None:
    tray.daemon.on_closed(KEY)


def _loses_the_daemon(tray: Tray) -> None:
    tray.daemon.shows_buttons = False


def _recovers(tray: Tray) -> None:
    tray.read(kill=None)


def _falls(tray: Tray) -> None:
    tray.read(level=Level("critical", 0.0, "used", tray.now))


def _is_paused(tray: Tray) -> None:
    tray.controller.withdraw()


@pytest.mark.parametrize("happens", [_says_no, _closes_it, _loses_the_daemon, _recovers, _falls])
def test_what_ends_the_countdown_without_an_end(tray: Tray, happens: Any) -> None:
    process = tray.start()
    tray.read()
    tray.daemon.accept()
    tray.wait(10)
    happens(tray)
    tray.wait(20)

    assert process.poll() is None
    assert KEY not in tray.daemon.standing


def test_a_pause_takes_the_question_away(tray: Tray) -> None:
    process = tray.start()
    tray.read()
    tray.daemon.accept()
    _is_paused(tray)

    assert tray.daemon.standing == {}
    assert process.poll() is None


@pytest.mark.parametrize(
    ("buttons", "accepts"),
    [pytest.param(False, True, id="no buttons are drawn"), pytest.param(True, False, id="the daemon doesn't answer")],
)
def test_where_nobody_can_say_no_nothing_is_ended(tray: Tray, buttons: bool, accepts: bool) -> None:
    process = tray.start()
    tray.daemon.shows_buttons = buttons
    tray.read()
    if accepts:
        tray.daemon.accept()
    tray.wait(40)

    assert process.poll() is None


@pytest.mark.parametrize(("in_front", "ends"), [(False, False), (None, True)], ids=["locked", "nobody knows"])
def test_behind_a_locked_screen_nothing_is_ended(tray: Tray, in_front: bool | None, ends: bool) -> None:
    process = tray.start()
    tray.in_front = in_front
    tray.read()
    tray.daemon.accept()
    tray.wait(COUNTDOWN + 1)

    if ends:
        assert process.wait(10) == -signal.SIGTERM
        tray.qtbot.waitUntil(lambda: bool(tray.told), timeout=20_000)
    assert (process.poll() is None) is not ends


@pytest.fixture
def popup(qtbot: Any, tray: Tray) -> Iterator[Popup]:
    made = Popup(ChangeController(Settings().actions), Settings())
    qtbot.addWidget(made)
    tray.controller.attach(made)
    yield made
    made.put_away()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_open_popup_asks_too_and_the_seconds_run_on_its_card(tray: Tray, popup: Popup) -> None:
    process = tray.start()
    popup.open(None)
    QApplication.processEvents()
    tray.daemon.shows_buttons = False
    tray.read()
    tray.wait(3)
    button = the(QPushButton, popup.card, "Don't")
    assert f"{PROGRAM} ends in 12 s" in texts(popup.card)
    tray.wait(1)
    assert f"{PROGRAM} ends in 11 s" in texts(popup.card)
    assert the(QPushButton, popup.card, "Don't") is button, "whoever is about to press it does"
    assert not popup.message.isVisible(), "it is asked once"

    button.click()

    assert f"{PROGRAM} ends" not in " ".join(texts(popup.card))
    assert the(MessageBar, popup, "left alone").text == f"{PROGRAM} is left alone for half an hour."
    tray.wait(20)
    assert process.poll() is None


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_card_says_that_it_is_being_ended_until_that_is_known(tray: Tray, popup: Popup) -> None:
    process = tray.start()
    popup.open(None)
    tray.read()
    tray.wait(2)

    the(QPushButton, popup.card, "now").click()

    assert f"Ending {PROGRAM}…" in texts(popup.card)
    assert process.wait(10) == -signal.SIGTERM
    tray.qtbot.waitUntil(lambda: f"Ending {PROGRAM}…" not in texts(popup.card), timeout=20_000)
    assert popup.message.text == f"{PROGRAM} was ended to keep the computer responsive."


def test_a_popup_that_is_first_made_afterwards_says_what_was_answered(tray: Tray, request: pytest.FixtureRequest) -> None:
    """The bubble's button may be pressed before the popup has been made, which takes a moment after the level rose."""
    tray.start()
    tray.read()
    tray.daemon.accept()
    _says_no(tray)

    popup = request.getfixturevalue("popup")

    assert popup.message.isVisibleTo(popup)
    assert popup.message.text == f"{PROGRAM} is left alone for half an hour."


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_open_popup_alone_is_enough_to_be_asked_by(tray: Tray, popup: Popup) -> None:
    process = tray.start()
    popup.open(None)
    QApplication.processEvents()
    tray.daemon.shows_buttons = False
    tray.read()
    tray.wait(COUNTDOWN + 1)

    assert process.wait(10) == -signal.SIGTERM
    tray.qtbot.waitUntil(lambda: bool(tray.told), timeout=20_000)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_popup_that_is_closed_asks_nobody(tray: Tray, popup: Popup) -> None:
    process = tray.start()
    popup.open(None)
    QApplication.processEvents()
    tray.read()
    tray.wait(3)
    popup.put_away()
    tray.wait(20)

    assert process.poll() is None


def test_only_the_marked_app_is_ended(tray: Tray) -> None:
    process, other = tray.start(), subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        tray.started.append(other)
        tray.read()
        tray.daemon.accept()
        tray.daemon.press("now")
        assert process.wait(10) == -signal.SIGTERM
        tray.qtbot.waitUntil(lambda: bool(tray.told), timeout=20_000)
        assert other.poll() is None
    finally:
        other.kill()
