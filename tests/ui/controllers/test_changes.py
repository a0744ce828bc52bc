"""What becomes of a change while the dialog for another is open, with real processes and a program where pkexec would be."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.preview import cautions
from oomtray.config import Presets
from oomtray.risk.assessment import Assessment
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from tests.facts.desktops import judged
from tests.rigs.processes.proc import adj_of
from tests.rigs.processes.sleepers import Sleeper, sleepers
from tests.rigs.processes.users import NOBODY, need_root
from tests.ui.reports import PASSWORD, UNDO, labels, press

PKEXEC = """\
#!{python}
import json, sys
asked = [json.loads(line) for line in sys.stdin]
code = int(open({answers!r}).readline())
if code:
    sys.exit(code)
for line in asked:
    print(json.dumps({{"pid": line["pid"], "start_time": line["start_time"], "from": 0, "to": line["adj"], "ok": True}}))
"""
"""Waits for the person at the dialog, and answers as the helper would."""


class Dialogs:
    """Two processes that can't be protected without a password, and the dialogs that ask for it."""

    def __init__(self, qtbot: QtBot, root: Path, *sleepers: Sleeper) -> None:
        os.mkfifo(root / "answers")
        self._answers = os.open(root / "answers", os.O_RDWR)
        pkexec = root / "pkexec"
        pkexec.write_text(PKEXEC.format(python=sys.executable, answers=str(root / "answers")))
        pkexec.chmod(0o755)
        self._qtbot = qtbot
        self.journal = Journal(str(root / "journal"))
        changer = Changer(
            Presets(), journal=self.journal, pkexec=str(pkexec), helper=str(pkexec), as_root=False
        )
        self.newest: Assessment | None = None
        """What is on screen since, if not `assessment`."""
        self.controller = ChangeController(Presets(), changer=changer, newest=lambda: self.newest or self.assessment)
        self.reports: list[Report] = []
        self.controller.reported.connect(self.reports.append)
        self.assessment: Assessment = judged(tuple(one.facts for one in sleepers))
        risks = {risk.process.pid: risk for risk in self.assessment.risks}
        self.first, self.second = (Subject.of_process(risks[one.pid]) for one in sleepers)
        self.sleepers = sleepers

    def protect(self, subject: Subject) -> Report:
        self.controller.do("protect", subject, self.assessment)
        return self.reports[-1]

    def answer(self, code: int) -> None:
        """The person at the dialog: 0 gives permission."""
        with self._qtbot.waitSignal(self.controller.changed, timeout=20_000):
            os.write(self._answers, b"%d\n" % code)

    def close(self) -> None:
        os.close(self._answers)


@pytest.fixture
def dialogs(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Dialogs]:
    with sleepers(tmp_path) as spawn:
        made = Dialogs(qtbot, tmp_path, spawn(), spawn())
        yield made
        made.close()


def remembered(journal: Journal) -> list[int]:
    last = journal.last()
    return [] if last is None else [change.pid for change in last.changes]


def test_the_answer_counts_for_what_was_asked(dialogs: Dialogs) -> None:
    """A menu drawn by the panel and a notification come over D-Bus, whatever dialog is open."""
    press(dialogs.protect(dialogs.first), PASSWORD)
    dialogs.protect(dialogs.second)
    dialogs.answer(0)

    assert remembered(dialogs.journal) == [dialogs.first.first.process.pid], "undo knows what root has changed"
    assert dialogs.reports[-1].tone == "done"
    assert labels(dialogs.reports[-1]) == [UNDO]


def test_a_second_dialog_is_not_opened_and_that_is_said(dialogs: Dialogs) -> None:
    press(dialogs.protect(dialogs.first), PASSWORD)
    press(dialogs.protect(dialogs.second), PASSWORD)
    assert "Another password dialog is open" in dialogs.reports[-1].text
    again = dialogs.reports[-1]
    dialogs.answer(0)
    press(again, PASSWORD)
    dialogs.answer(0)
    assert remembered(dialogs.journal) == [dialogs.second.first.process.pid]


def test_a_permission_that_was_not_given_is_told_once(dialogs: Dialogs) -> None:
    press(dialogs.protect(dialogs.first), PASSWORD)
    dialogs.answer(127)

    text = "%s not changed: going lower needs an administrator's permission, and it was not given."
    assert dialogs.reports[-1] == Report("failed", text % dialogs.first.name)


def test_a_dismissed_dialog_says_nothing(dialogs: Dialogs) -> None:
    asked = dialogs.protect(dialogs.first)
    press(asked, PASSWORD)
    dialogs.answer(126)
    assert dialogs.reports == [asked]


def test_what_the_first_of_two_dialogs_allowed_is_told_also_if_the_second_is_dismissed(qtbot: QtBot, tmp_path: Path) -> None:
    """One's own processes and another's are asked for apart."""
    need_root()
    with sleepers(tmp_path) as spawn:
        dialogs = Dialogs(qtbot, tmp_path, spawn(), spawn(user=NOBODY))
        app = Subject("shop", (*dialogs.first.risks, *dialogs.second.risks), app=True)
        press(dialogs.protect(app), PASSWORD)
        os.write(dialogs._answers, b"0\n")
        qtbot.waitUntil(lambda: remembered(dialogs.journal) == [dialogs.first.first.process.pid])
        dialogs.answer(126)
        dialogs.close()
    told = dialogs.reports[-1]
    assert (told.tone, labels(told)) == ("part", [PASSWORD, UNDO])


def test_a_dialog_that_has_nothing_left_to_ask_for_says_so(dialogs: Dialogs) -> None:
    asked = dialogs.protect(dialogs.first)
    dialogs.sleepers[0].end()
    press(asked, PASSWORD)
    assert dialogs.reports[-1].text == f"{dialogs.first.name} not changed: it has ended."


def test_a_dialog_that_can_not_be_started_is_said_and_another_may_be(dialogs: Dialogs, tmp_path: Path, qtbot: QtBot) -> None:
    busy: list[bool] = []
    dialogs.controller.busy.connect(busy.append)
    program = (tmp_path / "pkexec").read_text()
    (tmp_path / "pkexec").write_text("#!/no/such/program\n")
    asked = dialogs.protect(dialogs.first)
    with qtbot.waitSignal(dialogs.controller.changed):
        press(asked, PASSWORD)
    assert (dialogs.reports[-1].tone, busy) == ("failed", [True, False])
    assert f"{tmp_path}/pkexec can't be started" in dialogs.reports[-1].text
    (tmp_path / "pkexec").write_text(program)
    press(asked, PASSWORD)
    dialogs.answer(0)
    assert remembered(dialogs.journal) == [dialogs.first.first.process.pid]


@pytest.mark.parametrize("action", ["deprioritize", "first"])
def test_an_undo_takes_back_what_its_own_report_told_of(
    dialogs: Dialogs, action: str
) -> None:
    dialogs.controller.do(action, dialogs.first, dialogs.assessment)
    earlier = dialogs.reports[-1]
    dialogs.controller.do(action, dialogs.second, dialogs.assessment)
    press(earlier, UNDO)
    first, second = (one.first.process.pid for one in (dialogs.first, dialogs.second))
    assert (adj_of(first), adj_of(second) > 0) == (0, True)
    assert remembered(dialogs.journal) == [second]


def test_a_change_of_the_settings_counts_from_the_next_change_on(dialogs: Dialogs) -> None:
    dialogs.controller.do("deprioritize", dialogs.first, dialogs.assessment)
    dialogs.controller.presets = Presets(deprioritize=123)
    dialogs.controller.do("deprioritize", dialogs.second, dialogs.assessment)
    assert adj_of(dialogs.second.first.process.pid) == 123


def test_whoever_is_next_after_an_undo_is_so_now_and_not_still(dialogs: Dialogs) -> None:
    """The change in between had made another one the next."""
    dialogs.controller.do("first", dialogs.second, dialogs.assessment)

    press(dialogs.reports[-1], UNDO)

    assert "The next victim is now " in dialogs.reports[-1].text
    assert "would free" not in dialogs.reports[-1].text


def test_an_undo_tells_of_who_is_next_by_what_is_on_screen_when_it_is_pressed(dialogs: Dialogs) -> None:
    """A large process that has ended since is nobody's victim."""
    first, second = (one.first.process for one in (dialogs.first, dialogs.second))
    gone = first._replace(pid=1 << 22, name="ended-since", oom_score_adj=900)
    now, dialogs.assessment = dialogs.assessment, judged((first, second, gone))
    dialogs.controller.do("deprioritize", dialogs.second, dialogs.assessment)
    assert "ended-since" in dialogs.reports[-1].text
    dialogs.newest = now

    press(dialogs.reports[-1], UNDO)

    assert "The next victim is now " in dialogs.reports[-1].text
    assert "ended-since" not in dialogs.reports[-1].text


def test_a_button_pressed_late_tells_of_who_is_next_by_what_is_on_screen_then(dialogs: Dialogs) -> None:
    """A notification hands over the assessment that it was about."""
    first, second = (one.first.process for one in (dialogs.first, dialogs.second))
    gone = first._replace(pid=1 << 22, name="ended-since", oom_score_adj=900)
    dialogs.newest = dialogs.assessment

    dialogs.controller.do("deprioritize", dialogs.second, judged((first, second, gone)))

    assert "The next victim is " in dialogs.reports[-1].text
    assert "ended-since" not in dialogs.reports[-1].text


def test_whoever_is_next_now_goes_by_no_number(dialogs: Dialogs) -> None:
    dialogs.controller.do("first", dialogs.second, dialogs.assessment)

    _, _, next_victim = dialogs.reports[-1].text.partition("The next victim is ")
    assert next_victim
    assert "(" not in next_victim


def test_what_was_said_of_each_such_change_before_is_not_told_again(dialogs: Dialogs) -> None:
    value = dialogs.second.first.process._replace(session=dialogs.second.first.process.pid)
    dialogs.newest = leads = judged((value,))
    (risk,) = leads.risks

    dialogs.controller.do("first", Subject.of_process(risk), leads)

    assert "children-inherit" in cautions(leads, {value.pid: Presets().first})
    assert "inherits" not in dialogs.reports[-1].text
