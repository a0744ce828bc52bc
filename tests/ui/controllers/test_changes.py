"""What becomes of a change while the dialog for another is open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from oomtray.actions import escalate
from oomtray.actions.adjust import Change
from oomtray.actions.journal import Journal
from oomtray.config import Presets
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Report
from oomtray.ui.controllers.row_actions import Subject
from oomtray.ui.qt.escalation import Escalation
from tests.facts.desktops import desktop
from tests.ui.reports import PASSWORD, UNDO, labels, press

DESKTOP = desktop()
FIRST, SECOND = (Subject.of_process(risk) for risk in DESKTOP.risks[:2])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every change needs permission; the calls for which a dialog was opened, none of which is answered."""
    calls: list[Any] = []
    monkeypatch.setattr(
        "oomtray.ui.controllers.changes.reach",
        lambda target, value, _, proc: Change(
            target.pid,
            target.start_time,
            "x",
            0,
            value,
            done=False,
            error="needs-authorisation",
            wanted=value,
        ),
    )
    monkeypatch.setattr(escalate, "missing", lambda *_: None)
    monkeypatch.setattr(escalate, "calls", lambda changes, **_: (tuple(changes), ()))
    monkeypatch.setattr(Escalation, "start", lambda _, made: calls.append(made))
    return calls


def pid(subject: Subject) -> int:
    return subject.first.process.pid


def test_the_answer_counts_for_what_was_asked(qapp: QApplication, asked: list[Any], tmp_path: Path) -> None:
    """A menu drawn by the panel and a notification come over D-Bus, whatever dialog is open."""
    journal = Journal(str(tmp_path))
    controller = ChangeController(Presets(), journal=lambda: journal)
    reports: list[Report] = []
    controller.reported.connect(reports.append)
    controller.do("protect", FIRST, DESKTOP)
    press(reports[-1], PASSWORD)
    controller.do("protect", SECOND, DESKTOP)

    ((change,),) = asked
    done = replace(change, after=change.wanted, done=True, error=None)
    controller._escalation.finished.emit(escalate.Outcome("done", (done,), None))

    last = journal.last()
    assert last is not None
    assert [one.pid for one in last.changes] == [pid(FIRST)], "undo knows what root has changed"
    assert reports[-1].tone == "done"
    assert labels(reports[-1]) == [UNDO]


def test_a_permission_that_was_not_given_is_told_once(qapp: QApplication, asked: list[Any], tmp_path: Path) -> None:
    controller = ChangeController(Presets(), journal=lambda: Journal(str(tmp_path)))
    reports: list[Report] = []
    controller.reported.connect(reports.append)
    controller.do("protect", FIRST, DESKTOP)
    press(reports[-1], PASSWORD)

    (change,) = asked
    says = escalate.remedy("not-authorised")
    controller._escalation.finished.emit(escalate.Outcome("not-authorised", change, says))

    text = "x (%d) not changed: going lower needs an administrator's permission, and it was not given."
    assert reports[-1] == Report("failed", text % pid(FIRST))


@pytest.mark.parametrize(
    ("me", "value", "offered"),
    [
        pytest.param(FIRST.first.process.uid, -500, True, id="ones-own"),
        pytest.param(FIRST.first.process.uid + 1, -500, False, id="lowered-anothers"),
        pytest.param(0, -500, True, id="root"),
    ],
)
def test_undo_is_offered_where_it_can_be_done(
    qapp: QApplication, asked: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, me: int, value: int, offered: bool
) -> None:
    """The helper never raises, so another user's process that was lowered stays so until its owner or root raises it."""
    journal = Journal(str(tmp_path))
    controller = ChangeController(Presets(), journal=lambda: journal)
    reports: list[Report] = []
    controller.reported.connect(reports.append)
    controller.do("protect", FIRST, DESKTOP)
    press(reports[-1], PASSWORD)
    ((change,),) = asked
    monkeypatch.setattr("oomtray.ui.controllers.changes.os", SimpleNamespace(geteuid=lambda: me))
    done = replace(change, after=value, done=True, error=None)
    controller._escalation.finished.emit(escalate.Outcome("done", (done,), None))
    assert (UNDO in labels(reports[-1])) is offered
