"""What became of a change of a unit, and why there was none: whole sentences, each with the place that it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.helper_run import Complaint
from oomtray.actions.units.changer import Failure, UnitOutcome
from oomtray.actions.units.plan import to_remove, to_set
from oomtray.actions.units.request import NotWritten
from oomtray.actions.units.settings import Refusal, UnitRefused, UnitSettings
from oomtray.config import Presets
from oomtray.file_access import FileProblem
from oomtray.messages import unit_results as results
from oomtray.messages import units
from oomtray.systemd.manager import ManagerProblem
from tests.unit.actions.units.test_plan import state


def change(pid: int, *, done: bool = True, error: str | None = None) -> Change:
    return Change(pid, 1, "x", 0, -500, done=done, error=error, wanted=-500)


def outcome(*changes: Change, reset: bool = False, status: str = "done", failure: Failure | None = None) -> UnitOutcome:
    before = state(0, 0, ours=UnitSettings(-500) if reset else None)
    plan = to_remove(before, 0) if reset else to_set("protect", UnitSettings(), Presets(), before)
    return UnitOutcome(plan, status, failure, edited=failure is None, changes=changes, after=None)


@pytest.mark.parametrize(
    ("done", "says"),
    [
        pytest.param(outcome(), "x.service has OOMScoreAdjust=-500 for good.", id="set"),
        pytest.param(outcome(reset=True), "x.service is again as its own files say.", id="removed"),
        pytest.param(
            outcome(change(1), change(2)),
            "x.service has OOMScoreAdjust=-500 for good. 2 running processes were changed as well.",
            id="with-its-processes",
        ),
        pytest.param(
            outcome(change(1), change(2, done=False, error="wrong-owner")),
            "x.service has OOMScoreAdjust=-500 for good. 1 running process was changed as well. 1 running process was not"
            " changed: it belongs to another user now.",
            id="not-all-of-them",
        ),
    ],
)
def test_what_was_done(done: UnitOutcome, says: str) -> None:
    assert results.result(done) == says


PATH = "/units/x.service.d/50-oomtray.conf"


@pytest.mark.parametrize(
    ("done", "says"),
    [
        pytest.param(
            outcome(status="no-helper"), "The helper that may change this is not installed (/no/helper).", id="no-helper"
        ),
        pytest.param(
            outcome(status="not-authorised"), "An administrator's permission is needed, and it was not given.", id="refused"
        ),
        pytest.param(
            outcome(status="failed", failure=Complaint("no", 1)), "The helper ended with status 1: no.", id="helper-failed"
        ),
        pytest.param(replace(outcome(status="failed"), edited=False), "It was not done.", id="no-word-of-it"),
        pytest.param(
            outcome(status="failed", failure=NotWritten("/p", "disk-full")),
            "/p is not written, because no space is left on the disk.",
            id="not-written",
        ),
        pytest.param(
            outcome(status="failed", failure=NotWritten("/p", "new-one")), "/p is not written: new-one.", id="unknown"
        ),
        pytest.param(
            outcome(status="failed", failure=ManagerProblem("not-reloaded", 7, detail="no")),
            f"{PATH} is written. Your user manager does not reload: no. Try systemctl --user daemon-reload.",
            id="not-reloaded",
        ),
    ],
)
def test_why_it_was_not_done(done: UnitOutcome, says: str) -> None:
    assert results.failure(done, helper="/no/helper").startswith(says)


@pytest.mark.parametrize(
    ("why", "says"),
    [
        (Refusal("template", "x@.service"), "x@.service is a template: name one instance of it, such as x@NAME.service."),
        (Refusal("no-unit", "x.service"), "There is no unit x.service in the system's manager."),
        (Refusal("no-unit", "x.service", user=True), "There is no unit x.service in your user manager."),
        (Refusal("no-unit-name", "x\x1b"), "x\\x1b is not the name of one service."),
        (FileProblem("is-link", "/p"), "/p is a symbolic link and is left as it is."),
        (ManagerProblem("no-bus", None), "The system's manager can't be reached: it has no bus here."),
        (
            ManagerProblem("no-bus", 0),
            "Your user manager can't be reached: it has no bus here. Run this as the user whose service it is.",
        ),
        (Refusal("no-service", ""), "(an empty name) is not a service, and only services can be given a lasting value."),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_why_a_unit_is_refused(why: Refusal | FileProblem | ManagerProblem, says: str) -> None:
    assert results.refused(why) == says


def test_the_manager_that_has_it_is_named() -> None:
    error = UnitRefused(Refusal("no-unit", "x.service"))
    assert results.refused_there(error, user=False).endswith("Your user manager has one of that name: add --user.")
    assert results.refused_there(error, user=True).endswith("The system's manager has one of that name: leave out --user.")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param(
            state(0, 0),
            "A service of the system's manager. It runs 2 processes, and oom_score_adj is 0. One death ends the whole unit"
            " with its 2 processes.",
            id="runs",
        ),
        pytest.param(
            replace(state(has=300, policy="continue"), user=True),
            "A service of your user manager. It isn't running, and oom_score_adj is +300. One death leaves the rest of"
            " the unit running.",
            id="does-not",
        ),
    ],
)
def test_how_a_unit_stands(given: object, says: str) -> None:
    assert units.summary(given) == says


@pytest.mark.parametrize(
    ("values", "original", "told"),
    [((0, 0), None, True), ((0, 0), 300, False), ((), None, False)],
    ids=["unknown", "known", "nothing runs"],
)
def test_where_the_values_before_are_not_known_that_is_said(values: tuple[int, ...], original: int | None, told: bool) -> None:
    plan = to_remove(state(*values, ours=UnitSettings(-500)), original)
    assert any(note.startswith("What its processes go back to is not known") for note in units.notes_in_terminal(plan)) is told


def test_the_dialog_says_that_what_runs_goes_along() -> None:
    plan = to_set("protect", UnitSettings(), Presets(), state(0, 0))
    assert units.notes(plan) == ["2 running processes get the value at once, without a restart."]
