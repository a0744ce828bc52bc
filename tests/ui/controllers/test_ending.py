"""Ending from the window: an app is asked about, all of it is waited for, and what stays is named and can be forced."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from oomtray.config import Presets
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers import ending
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from tests.facts.desktops import judged
from tests.rigs.processes.sleepers import Sleeper
from tests.ui.reports import labels, offers, press

PROGRAM = f"oomt{os.getpid()}"
WAITS = """
import signal, subprocess, sys
if "stubborn" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(flush=True)
for line in sys.stdin:
    child = subprocess.Popen(["sleep", "600"])
    print(child.pid, flush=True)
"""


class Ending:
    """Processes of one app, and what the window was told."""

    def __init__(self, qtbot: Any, place: Path) -> None:
        self.qtbot, self._program = qtbot, place / PROGRAM
        shutil.copy(os.path.realpath("/usr/bin/python3"), self._program)
        self.started: list[subprocess.Popen[str]] = []
        self.reports: list[Report] = []
        self.controller = ChangeController(Presets())
        self.controller.reported.connect(self.reports.append)

    def start(self, *how: str) -> subprocess.Popen[str]:
        argv = [self._program, "-c", WAITS, *how]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.started.append(subprocess.Popen(argv, text=True, start_new_session=True, **pipes))  # type: ignore[call-overload]
        self.started[-1].stdout.readline()
        return self.started[-1]

    @property
    def assessment(self) -> Assessment:
        return judged(tuple(Sleeper(one, PROGRAM).facts for one in self.started))  # type: ignore[arg-type]

    def do(self, action: str, *, app: bool = True) -> Report:
        """On the app of all that was started, or on the first of them alone."""
        assessment = self.assessment
        of = assessment.apps[0]
        assert len(of.members) == len(self.started)
        first = next(one for one in of.members if one.process.pid == self.started[0].pid)
        subject = Subject.of_app(of) if app else Subject.of_process(first)
        self.controller.do(action, subject, assessment)  # type: ignore[arg-type]
        return self.reports[-1]

    def told(self, text: str) -> Report:
        self.qtbot.waitUntil(lambda: any(text in one.text for one in self.reports), timeout=20_000)
        return next(one for one in self.reports if text in one.text)

    def close(self) -> None:
        for one in self.started:
            one.kill()
            one.communicate()


@pytest.fixture
def app(qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ending]:
    monkeypatch.setattr(ending, "PATIENCE", 1.0)
    monkeypatch.setattr(ending, "TICK_MS", 50)
    made = Ending(qtbot, tmp_path)
    yield made
    made.close()


def test_an_end_waits_and_says_so_and_can_be_called_off(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "TICK_MS", 3_600_000)
    app.start()
    app.start()
    waits = app.do("end")
    assert (waits.tone, waits.closable, labels(waits)) == ("ask", False, ["Don't"])
    assert waits.text == f"Ending {PROGRAM} in 3 s: 2 processes."
    press(waits, "Don't")
    assert app.reports[-1].text == f"Not ended: {PROGRAM}."
    assert not any(timer.isActive() for timer in app.controller.findChildren(QTimer))
    assert [one.poll() for one in app.started] == [None, None]


def test_what_can_not_be_called_off_any_more_is_not_said_to_be(app: Ending) -> None:
    app.start()
    waits = app.do("end", app=False)
    app.told("was asked to end")
    told = len(app.reports)
    press(waits, "Don't")
    app.controller.unseen()
    assert not [one for one in app.reports[told:] if "ot ended" in one.text]


@pytest.mark.parametrize("action", ["end", "kill"])
def test_where_no_process_may_be_signaled_that_is_said_at_once(app: Ending, action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int, number: int, *_: object) -> None:
        assert number == 0, "only asked"
        raise PermissionError

    app.start()
    app.start()
    monkeypatch.setattr(signal, "pidfd_send_signal", refuse)
    told = app.do(action)
    assert (told.tone, labels(told)) == ("failed", [])
    assert "belongs to another user" in told.text
    assert not any(timer.isActive() for timer in app.controller.findChildren(QTimer))


def test_where_one_of_them_may_be_signaled_it_is_counted_down(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "TICK_MS", 3_600_000)
    send, asked = signal.pidfd_send_signal, []

    def refuse_first(descriptor: int, number: int, *_: object) -> None:
        asked.append(number)
        if len(asked) == 1:
            raise PermissionError
        send(descriptor, number)

    app.start()
    app.start()
    monkeypatch.setattr(signal, "pidfd_send_signal", refuse_first)
    assert (app.do("end").tone, asked) == ("ask", [0, 0])
    assert [one.poll() for one in app.started] == [None, None]


def test_the_seconds_run(app: Ending) -> None:
    app.start()
    said: list[str] = []
    app.controller.counted.connect(lambda text: said.append(text))
    app.do("end", app=False)
    app.told("has ended")
    assert [text.partition(" in ")[2] for text in said] == ["2 s.", "1 s."]


def test_after_that_all_are_asked_to_end_and_waited_for(app: Ending) -> None:
    app.start()
    app.start()
    app.do("end")
    assert app.told("2 processes have ended").tone == "done"
    assert [one.wait() for one in app.started] == [-signal.SIGTERM] * 2


def test_where_the_window_goes_away_meanwhile_nothing_is_ended_and_it_is_offered_anew(app: Ending) -> None:
    app.start()
    app.do("end", app=False)
    app.controller.unseen()
    told = app.reports[-1]
    assert (told.tone, labels(told)) == ("part", ["End"])
    assert "This window was closed before the time was up." in told.text
    assert not any(timer.isActive() for timer in app.controller.findChildren(QTimer))
    assert app.started[0].poll() is None
    press(told, "End")
    app.told("has ended")


def test_asked_twice_it_waits_once(app: Ending) -> None:
    app.start()
    app.do("end", app=False)
    app.do("end", app=False)
    app.told("has ended")
    assert len([one for one in app.reports if "was asked to end" in one.text]) == 1


def test_a_second_one_is_counted_down_with_the_first(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "TICK_MS", 3_600_000)
    app.start()
    app.start()
    found = app.assessment
    for one in app.started:
        risk = next(risk for risk in found.risks if risk.process.pid == one.pid)
        app.controller.do("end", Subject.of_process(risk), found)
    told = app.reports[-1]
    assert all(f"Ending {PROGRAM} ({one.pid}) in 3 s." in told.text for one in app.started)
    press(told, "Don't")
    assert [one.poll() for one in app.started] == [None, None]


def test_what_is_told_meanwhile_stands_beside_don_t(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "TICK_MS", 3_600_000)
    app.start()
    app.do("end", app=False)
    app.controller.reported.emit(Report("done", "Something else.", offers("Undo")))
    told = app.reports[-1]
    assert labels(told) == ["Don't", "Undo"]
    assert told.text.endswith("in 3 s. Something else.")
    press(told, "Don't")
    assert app.started[0].poll() is None


def test_those_that_stay_are_named_and_can_be_forced(app: Ending) -> None:
    app.start("stubborn")
    app.start()
    app.do("end")
    stayed = app.told("still running")
    assert stayed.text == f"1 of 2 is still running: {PROGRAM} ({app.started[0].pid})."
    assert (stayed.tone, labels(stayed)) == ("part", ["Force kill"])
    press(stayed, "Force kill")
    assert app.started[0].wait() == -signal.SIGKILL
    assert app.told("ended by force").tone == "done"


def test_where_one_was_refused_that_the_others_ended_is_not_told_over_it(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    send, refused = signal.pidfd_send_signal, []

    def refuse_one(descriptor: int, number: int, *_: object) -> None:
        if number == signal.SIGTERM and not refused:
            refused.append(descriptor)
            raise PermissionError
        send(descriptor, number)

    app.start()
    app.start()
    with app.qtbot.waitSignals([app.controller.changed] * 2, timeout=20_000):  # sent, and ended
        app.do("end")
        monkeypatch.setattr(signal, "pidfd_send_signal", refuse_one)
    assert app.reports[-1].tone == "failed"


def test_what_stays_after_force_is_said_and_no_second_force_is_offered(app: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that waits in the kernel for a broken disk."""
    send = signal.pidfd_send_signal
    monkeypatch.setattr(signal, "pidfd_send_signal", lambda fd, number, *_: send(fd, 0 if number == signal.SIGKILL else number))
    app.start("stubborn")
    press(app.do("kill", app=False), "Force kill")
    told = app.told("The kernel ends it once it no longer waits")
    assert (told.tone, labels(told)) == ("part", [])


def test_a_button_of_a_notification_ends_at_once(app: Ending) -> None:
    """Its label says whom it hits, and there nothing could be called off."""
    app.start()
    app.start()
    found = app.assessment
    first = next(one for one in found.risks if one.process.pid == app.started[0].pid)
    app.controller.end_named(Subject.of_process(first), found)
    assert app.reports[-1].text == f"{PROGRAM} ({app.started[0].pid}) was asked to end."
    app.told(f"{PROGRAM} ({app.started[0].pid}) has ended.")
    assert app.started[1].poll() is None


def test_what_it_has_started_since_the_scan_ends_with_it(app: Ending) -> None:
    first = app.start()
    app.start()
    app.do("end")
    assert first.stdin is not None
    assert first.stdout is not None
    print(file=first.stdin, flush=True)
    child = int(first.stdout.readline())
    app.told("3 processes were asked to end")
    app.told("3 processes have ended")
    assert not Path(f"/proc/{child}/exe").exists()


def test_that_all_went_well_is_not_told_over_other_news(app: Ending) -> None:
    app.start()
    other = Report("done", "Something else.")

    def tell_other(report: Report) -> None:
        if "was asked to end" in report.text:
            QTimer.singleShot(0, lambda: app.controller.reported.emit(other))

    app.controller.reported.connect(tell_other)
    with app.qtbot.waitSignals([app.controller.changed] * 2, timeout=20_000):  # sent, and ended
        app.do("end", app=False)
    assert app.reports[-1] is other


def test_force_is_asked_about(app: Ending) -> None:
    app.start("stubborn")
    app.start("stubborn")
    asked = app.do("kill")
    assert labels(asked) == ["Force kill", "Cancel"]
    assert [one.poll() for one in app.started] == [None, None]
    press(asked, "Force kill")
    app.told("2 processes were ended by force")
    assert [one.wait() for one in app.started] == [-signal.SIGKILL] * 2
