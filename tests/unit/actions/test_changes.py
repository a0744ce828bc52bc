"""The change service: plain writes to real processes, and permission by a runner that stands for pkexec."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.change_plan import ChangeOutcome, Terms
from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.config import Presets
from tests.facts.processes import process
from tests.rigs.processes.proc_tree import ProcTree
from tests.rigs.processes.sleepers import Spawn
from tests.unit.actions.changing import Pkexec, batch


@pytest.mark.parametrize(
    ("before", "action", "value", "after"),
    [
        pytest.param(0, "deprioritize", None, 300, id="deprioritize"),
        pytest.param(0, "first", None, 900, id="first"),
        pytest.param(400, "deprioritize", None, 400, id="deprioritize-never-lowers"),
        pytest.param(400, "deprioritize", 50, 50, id="deprioritize-with-a-value-does"),
        pytest.param(100, "protect", 250, 250, id="protect-with-a-value-raises"),
        pytest.param(300, "protect", 0, 0, id="protect-within-what-is-allowed"),
        pytest.param(300, "value", 7, 7, id="any-value"),
    ],
)
def test_what_needs_no_permission(
    spawn: Spawn, changer: Changer, journal: Journal, before: int, action: str, value: int | None, after: int
) -> None:
    sleeper = spawn()
    sleeper.set(before)
    plan = changer.plan(action, [sleeper.facts], value)
    (foretold,) = changer.foretell(plan)
    assert (foretold.before, foretold.after, foretold.done, sleeper.adj) == (before, after, False, before)
    outcome = changer.apply(plan)
    assert (sleeper.adj, outcome.wanting, changer.ask(outcome).calls) == (after, (), ())
    assert batch(journal) == ([(before, after)] if before != after else [])


def test_a_batch_is_undone_as_one(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    several = [spawn() for _ in range(3)]
    changer.apply(changer.plan("deprioritize", [one.facts for one in several]))
    assert [one.adj for one in several] == [300] * 3
    outcome = changer.apply(changer.undo())
    assert [change.after for change in outcome.changes] == [0] * 3
    assert [one.adj for one in several] == [0] * 3
    assert journal.last() is None


def test_presets_follow_the_settings(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    changer.presets = Presets(deprioritize=111)
    changer.apply(changer.plan("deprioritize", [sleeper.facts]))
    assert sleeper.adj == 111


@pytest.mark.parametrize(
    ("runner", "status", "after", "error"),
    [
        pytest.param(Pkexec(), None, -500, None, id="authorised"),
        pytest.param(Pkexec(126), "dismissed", 0, "needs-authorisation", id="dismissed"),
        pytest.param(Pkexec(127), "not-authorised", 0, "needs-authorisation", id="not-authorised"),
        pytest.param(
            Pkexec(fail=OSError(2, "No such file")), "failed", 0, "needs-authorisation", id="no-start"
        ),
    ],
)
def test_how_it_ends(
    spawn: Spawn, changer: Changer, journal: Journal, runner: Pkexec, status: str | None, after: int, error: str | None
) -> None:
    sleeper = spawn()
    sleeper.set(200)
    outcome = changer.apply(changer.plan("protect", [sleeper.facts]))
    assert [(step.before, step.after, step.error) for step in outcome.wanting] == [(200, 0, "needs-authorisation")]
    outcome = changer.authorize(outcome, runner)
    (change,) = outcome.changes
    assert (outcome.status, change.before, change.after, change.error) == (status, 200, after, error)
    assert runner.asked[0][0]["adj"] == -500
    assert batch(journal) == [(200, after)], "undone as one change"


def test_a_raise_never_asks(spawn: Spawn, changer: Changer) -> None:
    runner = Pkexec()
    sleeper = spawn()
    outcome = changer.authorize(changer.apply(changer.plan("deprioritize", [sleeper.facts])), runner)
    assert (outcome.changes[0].after, runner.asked) == (300, [])


def test_one_dialog_for_all(spawn: Spawn, changer: Changer) -> None:
    runner = Pkexec()
    plan = changer.plan("protect", [spawn().facts for _ in range(3)])
    outcome = changer.authorize(changer.apply(plan), runner)
    assert [change.after for change in outcome.changes] == [-500] * 3
    assert [len(requests) for requests in runner.asked] == [3]


@pytest.mark.parametrize(
    ("codes", "status", "afters", "calls"),
    [
        pytest.param((0, 0), None, [-500, -500], 2, id="both-given"),
        pytest.param((126,), "dismissed", [0, 0], 1, id="dismissed-means-the-other-too"),
        pytest.param((0, 126), "dismissed", [-500, 0], 2, id="the-second-dismissed"),
        pytest.param((127, 0), "not-authorised", [0, -500], 2, id="the-first-refused"),
    ],
)
def test_ones_own_and_anothers_are_asked_for_apart(
    tmp_path: Path, codes: tuple[int, ...], status: str | None, afters: list[int], calls: int
) -> None:
    tree, me = ProcTree(tmp_path / "proc"), os.getuid()
    for pid, uid in ((300, me), (301, me + 1)):
        tree.add(pid, uid=uid, start=pid, adj=0)
    journal = Journal(str(tmp_path / "journal"), proc=str(tree))
    changer = Changer(Presets(), journal=journal, proc=str(tree), helper="/bin/true", pkexec="/bin/true")
    short = tuple(
        Change(pid, pid, "x", 200, 0, done=True, error="needs-authorisation", wanted=-500) for pid in (300, 301)
    )
    runner = Pkexec(*codes)
    outcome = changer.authorize(changer.remember(ChangeOutcome("protect", short)), runner)
    assert (outcome.status, [change.after for change in outcome.changes]) == (status, afters)
    assert (len(runner.asked), runner.verbs) == (calls, ["own", "other"][:calls])
    assert batch(journal) == [(200, after) for after in afters]


@pytest.mark.parametrize("lacking", ["helper", "pkexec"])
def test_nobody_is_asked_where_something_is_missing(
    spawn: Spawn, journal: Journal, tmp_path: Path, lacking: str
) -> None:
    installed = {"helper": "/bin/true", "pkexec": "/bin/true"} | {lacking: str(tmp_path / "away")}
    changer = Changer(Presets(), journal=journal, as_root=False, **installed)
    runner = Pkexec()
    outcome = changer.authorize(changer.apply(changer.plan("protect", [spawn().facts])), runner)
    assert (outcome.status, runner.asked) == (f"no-{lacking}", [])


def test_what_ended_while_it_was_planned_is_not_asked_for(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    sleeper.set(200)
    outcome = changer.apply(changer.plan("protect", [sleeper.facts]))
    sleeper.end()
    outcome = changer.ask(outcome)
    assert (outcome.calls, outcome.changes[0].error) == ((), "gone")
    assert batch(journal) == []


def test_the_rules_ask_only_for_those_that_wait_and_name_what_must_still_hold(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    """Their engine has done the plain writes; what it changed besides is remembered with the rest."""
    waits, name_only = spawn(), spawn()
    tried = tuple(
        Change(one.pid, one.facts.start_time, "x", 200, 0, done=True, error="needs-authorisation", wanted=-500)
        for one in (waits, name_only)
    )
    target = tried[0].target
    terms = Terms(frozenset([target]), exes={target: "/usr/bin/x"}, owners={target: os.getuid()})
    runner = Pkexec()
    outcome = changer.authorize(changer.remember(ChangeOutcome("rules", tried, terms)), runner)
    ((request,),) = runner.asked
    assert (request["pid"], request["exe"], request["uid"]) == (waits.pid, "/usr/bin/x", os.getuid())
    assert [change.error for change in outcome.changes] == [None, "needs-authorisation"]
    assert batch(journal) == [(200, -500), (200, 0)]
    last = journal.last()
    assert last is not None
    assert last.action == "rules"


def test_an_owner_that_is_another_by_now_is_not_asked_for(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    short = Change(sleeper.pid, sleeper.facts.start_time, "x", 0, -500, done=False, error="needs-authorisation", wanted=-500)
    terms = Terms(owners={short.target: os.getuid() + 1})
    runner = Pkexec()
    outcome = changer.authorize(ChangeOutcome("rules", (short,), terms), runner)
    assert (outcome.changes[0].error, runner.asked) == ("wrong-owner", [])


def test_a_plan_for_nobody_does_nothing(changer: Changer, journal: Journal) -> None:
    outcome = changer.authorize(changer.apply(changer.plan("protect", [])), Pkexec())
    assert (outcome.changes, outcome.batch, journal.last()) == ((), None, None)


def test_a_process_that_is_another_by_now_is_not_touched(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    other = process(sleeper.pid, start_time=sleeper.facts.start_time + 1)
    (change,) = changer.apply(changer.plan("deprioritize", [other])).changes
    assert (change.error, sleeper.adj) == ("pid-reused", 0)
