"""The change service: plain writes to real processes, permission by a runner that stands for pkexec, memory and undo."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.adjust import Change, Target
from oomtray.actions.changes import ChangeOutcome, Changer, Terms
from oomtray.actions.journal import Batch, Journal
from oomtray.config import Presets
from tests.facts.processes import process
from tests.rigs.processes.proc_tree import ProcTree
from tests.rigs.processes.sleepers import Sleeper, Spawn, sleepers


class Pkexec:
    """A runner that notes the calls and answers as told; where it answers, the helper would have done as asked."""

    def __init__(self, *codes: int, interrupt: bool = False, fail: OSError | None = None) -> None:
        self.codes, self.interrupt, self.fail = list(codes), interrupt, fail
        self.asked: list[list[dict[str, Any]]] = []
        self.verbs: list[str] = []

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, bytes, bytes]:
        requests = [json.loads(line) for line in stdin.splitlines()]
        self.asked.append(requests)
        self.verbs.append(argv[-1])
        if self.interrupt:
            raise KeyboardInterrupt
        if self.fail is not None:
            raise self.fail
        code = self.codes.pop(0) if self.codes else 0
        if code:
            return code, b"", b"Error: no\n"
        answers = [
            {"pid": r["pid"], "start_time": r["start_time"], "from": 0, "to": r["adj"], "ok": True, "error": None}
            for r in requests
        ]
        return 0, "\n".join(map(json.dumps, answers)).encode(), b""


@pytest.fixture
def spawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawn]:
    with sleepers(tmp_path_factory.mktemp("bin")) as made:
        yield made


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "journal"))


@pytest.fixture
def changer(journal: Journal) -> Changer:
    """Of a user: what the kernel refuses may be asked for."""
    return Changer(Presets(), journal=journal, helper="/bin/true", pkexec="/bin/true", as_root=False)


def batch(journal: Journal) -> list[tuple[int | None, int]]:
    """What an undo would take back."""
    last = journal.last()
    return [] if last is None else [(change.before, change.after) for change in last.changes]


def of(sleeper: Sleeper, before: int, after: int) -> Change:
    return Change(sleeper.pid, sleeper.facts.start_time, "x", before, after, done=True, wanted=after)


# plain writes


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


# permission


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


# what is remembered, and taken back


def test_ctrl_c_at_the_dialog_forgets_nothing(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    sleeper.set(200)
    outcome = changer.apply(changer.plan("protect", [sleeper.facts]))
    with pytest.raises(KeyboardInterrupt):
        changer.authorize(outcome, Pkexec(interrupt=True))
    assert batch(journal) == [(200, 0)]


def test_ctrl_c_between_two_processes_forgets_nothing(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    first, second = spawn(), spawn()

    plan = changer.plan("deprioritize", [first.facts, second.facts])

    class Interrupted(tuple[Any, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[Any]:
            yield self[0]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        changer.apply(type(plan)(plan.action, Interrupted(plan.steps), plan.uids))
    assert (first.adj, second.adj) == (300, 0)
    assert batch(journal) == [(0, 300)]


def test_an_undo_that_was_dismissed_can_be_tried_again(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    sleeper.set(300)
    journal.record("deprioritize", [of(sleeper, -5, 300)])
    for _ in range(2):
        outcome = changer.authorize(changer.apply(changer.undo()), Pkexec(126))
        (change,) = outcome.changes
        assert (outcome.status, change.done, change.error) == ("dismissed", False, "needs-authorisation")
    (change,) = changer.authorize(changer.apply(changer.undo()), Pkexec()).changes
    assert (change.done, change.after) == (True, -5)
    assert journal.last() is None


def test_of_an_undo_only_what_is_stuck_can_be_tried_again(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    easy, stuck, changed, gone = (spawn() for _ in range(4))
    for one in (easy, stuck, gone):
        one.set(300)
    changed.set(70)
    journal.record("value", [of(easy, 10, 300), of(stuck, -5, 300), of(changed, 0, 300), of(gone, 0, 300)])
    gone.end()
    outcome = changer.apply(changer.undo())
    assert [change.error for change in outcome.changes] == [None, "needs-authorisation", "changed-since", "gone"]
    assert (easy.adj, changed.adj) == (10, 70), "another's later change is left alone"
    assert batch(journal) == [(-5, 300)]


def test_an_older_undo_takes_back_its_own_batch_and_no_newer_one(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    """A button may be pressed late; batches are numbered anew once all were taken back."""
    old, new = spawn(), spawn()
    first = changer.apply(changer.plan("deprioritize", [old.facts]))
    changer.apply(changer.undo())
    changer.apply(changer.plan("deprioritize", [new.facts]))
    changer.apply(changer.undo(first.batch))
    assert (old.adj, new.adj) == (0, 300)
    assert batch(journal) == [(0, 300)]


def test_without_a_change_there_is_nothing_to_undo(changer: Changer, journal: Journal) -> None:
    plan = changer.undo()
    assert (plan.steps, plan.note) == ((), None)
    Path(journal.path).parent.mkdir()
    Path(journal.path).write_text("no journal")
    note = changer.undo().note
    assert note is not None
    assert note.id == "damaged"


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow, as where no space is left. (SIGXFSZ is ignored by Python.)"""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_change_on_a_full_disk_stands_and_is_not_offered_to_undo(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    plan = changer.plan("deprioritize", [sleeper.facts])
    with full_disk():
        outcome = changer.apply(plan)
    assert (sleeper.adj, outcome.batch, outcome.undoable_by(os.getuid())) == (300, None, False)
    assert outcome.note is not None
    assert outcome.note.id == "not-recorded"


def test_undo_on_a_full_disk_says_only_what_is_so(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    """It is undone and can't be noted; the next undo finds it undone, and forgets it once there is space."""
    sleeper, other = spawn(), spawn()
    changer.apply(changer.plan("deprioritize", [other.facts]))
    changer.apply(changer.plan("deprioritize", [sleeper.facts]))
    with full_disk():
        outcome = changer.apply(changer.undo())
    (change,) = outcome.changes
    assert (sleeper.adj, change.done, change.error) == (0, True, None)
    assert outcome.note is not None
    assert outcome.note.id == "not-taken-back"
    (change,) = changer.apply(changer.undo()).changes
    assert (change.moved, change.error) == (False, None)
    (change,) = changer.apply(changer.undo()).changes
    assert (change.pid, other.adj) == (other.pid, 0)


def test_an_undo_that_took_nothing_back_writes_nothing(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    """So that a full disk gives it nothing to say either."""
    sleeper = spawn()
    sleeper.set(300)
    journal.record("deprioritize", [of(sleeper, -5, 300)])
    with full_disk():
        outcome = changer.apply(changer.undo())
    assert (outcome.changes[0].error, outcome.note) == ("needs-authorisation", None)


@pytest.mark.parametrize(
    ("me", "owner", "after", "can"),
    [
        pytest.param(1000, 1000, -500, True, id="ones-own"),
        pytest.param(1000, 0, -500, False, id="lowered-anothers"),
        pytest.param(1000, 0, 500, True, id="raised-anothers"),
        pytest.param(0, 1000, -500, True, id="root"),
        pytest.param(1000, None, -500, True, id="owner-not-known"),
    ],
)
def test_undo_is_offered_where_it_can_be_done(me: int, owner: int | None, after: int, can: bool) -> None:
    """The helper never raises, so another user's process that was lowered stays so until its owner or root raises it."""
    change = Change(7, 8, "x", 0, after, done=True, wanted=after)
    uids = {} if owner is None else {Target(7, 8): owner}
    done = ChangeOutcome("protect", (change,), uids=uids, batch=Batch(1, 0.0, "protect", (change,)))
    assert done.undoable_by(me) is can


# reset


@pytest.mark.parametrize(
    ("unit", "after"), [(None, "nothing-known"), (150, 150)], ids=["no-unit", "a-unit-with-a-value"]
)
def test_reset_of_an_unchanged_process_goes_to_its_units_value(
    spawn: Spawn, changer: Changer, unit: int | None, after: int | str
) -> None:
    sleeper = spawn()
    (change,) = changer.apply(changer.plan("reset", [sleeper.facts], unit_value=lambda _: unit)).changes
    assert (change.after if change.done else change.error) == after
    assert sleeper.adj == (unit or 0)


def test_reset_goes_to_the_first_value_and_does_not_ask_the_unit(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    sleeper.set(20)
    for value in (300, 500):
        changer.apply(changer.plan("value", [sleeper.facts], value))
    asked: list[int] = []

    def unit_value(process: Any) -> int:
        asked.append(process.pid)
        return 7

    plan = changer.plan("reset", [sleeper.facts], unit_value=unit_value)
    changer.apply(plan)
    assert (sleeper.adj, asked) == (20, [])
    changer.apply(changer.undo())
    assert sleeper.adj == 500


def test_a_plan_for_nobody_does_nothing(changer: Changer, journal: Journal) -> None:
    outcome = changer.authorize(changer.apply(changer.plan("protect", [])), Pkexec())
    assert (outcome.changes, outcome.batch, journal.last()) == ((), None, None)


def test_a_process_that_is_another_by_now_is_not_touched(spawn: Spawn, changer: Changer) -> None:
    sleeper = spawn()
    other = process(sleeper.pid, start_time=sleeper.facts.start_time + 1)
    (change,) = changer.apply(changer.plan("deprioritize", [other])).changes
    assert (change.error, sleeper.adj) == ("pid-reused", 0)
