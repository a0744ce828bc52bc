"""A row's mark as expendable: where it is offered, what it writes, and that stepping in is switched on by a click of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oomtray.config import Settings, StepIn, load
from oomtray.messages import step_in as words
from oomtray.ui.controllers.expendable import ExpendableController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject, expendable
from tests.facts import desktops
from tests.ui.reports import labels, press

ME = 1000
DESKTOP = desktops.desktop()


def subject(key: str) -> Subject:
    return Subject.of_app(next(app for app in DESKTOP.apps if app.key == key))


class Marks:
    """The settings file, and what a person is told of it."""

    def __init__(self, path: Path) -> None:
        self.path, self.reports, self.changes = path, list[Report](), list[bool]()
        self._controller = ExpendableController(str(path), uid=ME)
        self._controller.reported.connect(self.reports.append)
        self._controller.changed.connect(lambda: self.changes.append(True))

    @property
    def settings(self) -> StepIn:
        return load(self.path)[0].step_in

    def switch(self, key: str) -> Report:
        self._controller.switch(subject(key), DESKTOP, self.settings)
        return self.reports[-1]


@pytest.fixture
def marks(qapp: Any, tmp_path: Path) -> Marks:
    return Marks(tmp_path / "config.toml")


def test_it_is_written_by_the_name_that_the_rules_know_and_taken_out_again(marks: Marks) -> None:
    assert marks.switch("slack").text == words.marked("slack", on=False)
    assert marks.settings == StepIn(expendable=("slack",))
    marks.switch("spotify")
    assert marks.settings.expendable == ("slack", "spotify")
    assert marks.switch("slack").text == words.unmarked("slack")
    assert marks.settings.expendable == ("spotify",)
    assert len(marks.changes) == 3


def test_what_a_person_wrote_in_other_words_is_taken_out_too(marks: Marks) -> None:
    marks.path.write_text('[step_in]\nexpendable = ["Slack", "app-*slack-*.scope", "Gimp"]\n')
    marks.switch("slack")
    assert marks.settings.expendable == ("Gimp",)


def test_a_mark_switches_nothing_on_and_offers_to(marks: Marks) -> None:
    report = marks.switch("slack")
    assert labels(report) == [words.switch_on(), "Undo"]
    assert not marks.settings.enabled
    press(report, words.switch_on())
    assert marks.settings == StepIn(enabled=True, expendable=("slack",))
    assert labels(marks.reports[-1]) == [words.switch_off()]
    press(marks.reports[-1], words.switch_off())
    assert not marks.settings.enabled


def test_undo(marks: Marks) -> None:
    press(marks.switch("slack"), "Undo")
    assert marks.settings.expendable == ()
    marks.switch("slack")
    press(marks.switch("slack"), "Undo")
    assert marks.settings.expendable == ("slack",)


def test_a_broken_file_is_named_and_stays(marks: Marks) -> None:
    marks.path.write_text("[step_in\n")
    report = marks.switch("slack")
    assert (report.tone, marks.path.read_text()) == ("failed", "[step_in\n")
    assert "line 1" in report.text
    assert marks.changes == []


@pytest.mark.parametrize(
    ("key", "on", "checked"),
    [
        pytest.param("slack", (), False, id="not marked"),
        pytest.param("slack", ("Slack",), True, id="marked"),
        pytest.param("mysql.service", (), None, id="a service"),
        pytest.param("org.gnome.Shell@wayland.service", (), None, id="the session"),
        pytest.param("init.scope", (), None, id="another user's"),
    ],
)
def test_the_menu_has_it_for_an_app_of_one_s_own(key: str, on: tuple[str, ...], checked: bool | None) -> None:
    found = expendable(DESKTOP, subject(key), StepIn(expendable=on), ME)
    assert (None if found is None else found.checked) is checked


def test_a_script_can_not_be_marked_as_that_would_mark_all_that_its_interpreter_runs(marks: Marks) -> None:
    now = desktops.scripts()
    script = Subject.of_app(now.apps[0])
    assert (script.name, len(script.risks)) == ("train.py", 2)
    assert expendable(now, script, StepIn(), ME) is None
    ExpendableController(str(marks.path), uid=ME).switch(script, now, marks.settings)
    assert not marks.path.exists()


def test_no_setting_is_needed_for_what_is_off_by_default() -> None:
    assert Settings().step_in == StepIn(enabled=False, expendable=())
