"""What the change service remembers of a change, and what undo and reset take back of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.adjust import Change, Target
from oomtray.actions.change_plan import ChangeOutcome
from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.actions.journal_file import Batch
from tests.rigs.processes.sleepers import Spawn
from tests.unit.actions.changing import Pkexec, batch, full_disk, of


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
            if first.adj:
                raise KeyboardInterrupt
            yield self[1]

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


def test_what_has_ended_since_is_told_by_the_name_that_it_had(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    lives, gone = spawn(), spawn()
    journal.record("deprioritize", [replace(of(one, 0, 300), name="worker") for one in (lives, gone)])
    gone.end()
    assert [change.name for change in changer.foretell(changer.undo())] == [lives.facts.name, "worker"]
    assert [change.name for change in changer.apply(changer.undo()).changes] == [lives.facts.name, "worker"]


def test_what_was_set_back_is_remembered_as_one_undo_also_where_it_took_a_password(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    """For the history, with what each process had and has."""
    easy, stuck, gone = (spawn() for _ in range(3))
    for one in (easy, stuck, gone):
        one.set(300)
    journal.record("deprioritize", [of(easy, 10, 300), of(stuck, -5, 300), of(gone, 0, 300)])
    gone.end()
    outcome = changer.apply(changer.undo())
    (undone,) = journal.undone()
    assert (undone.action, [(one.before, one.after) for one in undone.changes]) == ("deprioritize", [(300, 10)])
    outcome = changer.authorize(outcome, Pkexec())
    (undone,) = journal.undone()
    assert outcome.undone == undone
    assert [(one.before, one.after) for one in undone.changes] == [(300, 10), (300, -5)]


def test_an_undo_of_what_is_gone_is_none(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    gone = spawn()
    journal.record("deprioritize", [of(gone, 0, 300)])
    gone.end()
    assert changer.apply(changer.undo()).undone is None
    assert (journal.last(), journal.undone()) == (None, [])


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
