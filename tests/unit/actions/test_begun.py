"""Changes whose program was killed before it had recorded them: the journal has had them since before they were made."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.actions.change_plan import ChangeOutcome
from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from tests.rigs.processes.sleepers import Sleeper, Spawn
from tests.unit.actions.changing import Pkexec, batch, of

KILLED = """
import os, sys
from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.config import Presets
from oomtray.kernel.process import read_process
from oomtray.kernel.process_handle import ProcessHandle

directory, when, action, value, *pids = sys.argv[1:]
write, left = ProcessHandle.write_adj, len(pids)

def killed(handle, value):
    global left
    left -= 1
    if when == "before":
        os.kill(os.getpid(), 9)
    write(handle, value)
    if not left or when == "first":
        os.kill(os.getpid(), 9)

ProcessHandle.write_adj = killed
changer = Changer(Presets(), journal=Journal(directory), as_root=False)
processes = [read_process(f"/proc/{pid}", int(pid), os.open(f"/proc/{pid}/oom_score", os.O_RDONLY), 0.0) for pid in pids]
changer.apply(changer.undo() if action == "undo" else changer.plan(action, processes, int(value)))
"""


def killed(journal: Journal, when: str, action: str, value: int, *those: Sleeper) -> None:
    """Change them in a program that is killed at its writes of oom_score_adj."""
    pids = [str(one.pid) for one in those]
    argv = [sys.executable, "-c", KILLED, str(Path(journal.path).parent), when, action, str(value), *pids]
    assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL


def begin(journal: Journal, *changes: tuple[Sleeper, int, int]) -> None:
    """Leave what a program leaves that is killed before its first write."""
    journal.record("value", (), begun=tuple(of(*change) for change in changes))


@pytest.mark.parametrize("value", [300, 50], ids=["raised", "lowered"])
def test_what_a_killed_program_had_written_is_undone(spawn: Spawn, changer: Changer, journal: Journal, value: int) -> None:
    several = [spawn() for _ in range(3)]
    for one in several:
        one.set(200)
    killed(journal, "last", "value", value, *several)
    assert [one.adj for one in several] == [value] * 3
    assert batch(journal) == [(200, value)] * 3
    changer.apply(changer.undo())
    assert [one.adj for one in several] == [200] * 3
    assert journal.last() is None


def test_of_what_was_begun_only_what_was_written_counts(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    first, second = spawn(), spawn()
    killed(journal, "first", "deprioritize", 300, first, second)
    assert (first.adj, second.adj) == (300, 0)
    assert batch(journal) == [(0, 300)]
    assert journal.last_given() == {first.facts.identity: 300}
    changer.apply(changer.undo())
    assert (first.adj, second.adj, journal.last()) == (0, 0, None)
    (undone,) = journal.undone()
    assert [(one.pid, one.before, one.after) for one in undone.changes] == [(first.pid, 300, 0)]


def test_an_undo_that_was_killed_is_finished_by_the_next_one(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    first, second = spawn(), spawn()
    changer.apply(changer.plan("deprioritize", [first.facts, second.facts]))
    killed(journal, "first", "undo", 0, first, second)
    assert (first.adj, second.adj) == (0, 300)
    outcome = changer.apply(changer.undo())
    assert [change.error for change in outcome.changes] == [None, None]
    assert (first.adj, second.adj, journal.last()) == (0, 0, None)


def test_a_change_that_was_never_made_is_told_by_nobody(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    killed(journal, "before", "deprioritize", 300, sleeper)
    assert Path(journal.path).exists()
    assert (journal.last(), journal.batches(), journal.last_given(), journal.undone()) == (None, [], {}, [])
    assert (journal.first_values(), journal.note) == ({}, None)
    assert (changer.undo().steps, sleeper.adj) == ((), 0)


def test_a_reset_goes_back_behind_it_also_after_another_change(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    sleeper.set(20)
    killed(journal, "last", "deprioritize", 300, sleeper)
    assert changer.origins([sleeper.facts])[sleeper.pid].value == 20
    changer.apply(changer.plan("first", [sleeper.facts]))
    assert changer.origins([sleeper.facts])[sleeper.pid].value == 20
    for value in (300, 20):
        changer.apply(changer.undo())
        assert sleeper.adj == value
    assert journal.last() is None


@pytest.mark.parametrize(
    ("begun", "found", "counts"),
    [
        pytest.param((0, 300), 300, True, id="made"),
        pytest.param((0, 300), 0, False, id="not-made"),
        pytest.param((300, 0), 150, True, id="on-its-way-down"),
        pytest.param((0, 300), 301, False, id="beyond-it"),
        pytest.param((300, 200), 400, False, id="the-other-way"),
    ],
)
def test_a_value_that_others_have_set_is_not_taken_for_ours(
    spawn: Spawn, journal: Journal, begun: tuple[int, int], found: int, counts: bool
) -> None:
    sleeper = spawn()
    sleeper.set(found)
    begin(journal, (sleeper, *begun))
    assert batch(journal) == ([(begun[0], found)] if counts else [])


def test_what_has_ended_or_another_process_is_not_taken_for_it(spawn: Spawn, journal: Journal) -> None:
    gone, other = spawn(), spawn()
    other.set(300)
    begin(journal, (gone, 0, 300))
    gone.end()
    change = of(other, 0, 300)
    journal.record("value", (), begun=(replace(change, start_time=change.start_time + 1),))
    assert batch(journal) == []


def test_what_was_left_unmade_goes_with_the_next_change(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    left, sleeper = spawn(), spawn()
    begin(journal, (left, 0, 300))
    changer.apply(changer.plan("deprioritize", [sleeper.facts]))
    left.set(300)
    assert [[change.pid for change in one.changes] for one in journal.batches()] == [[sleeper.pid]]


def test_a_change_that_the_kernel_refuses_leaves_nothing_begun(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    outcome = changer.apply(changer.plan("protect", [sleeper.facts]))
    assert (outcome.batch, outcome.note) == (None, None)
    assert '"begun"' not in Path(journal.path).read_text()


def test_what_the_helper_has_written_is_undone_though_nobody_heard_its_answer(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    """The program that waits for it is killed after its writes; a plain write had brought the first half of the way."""
    first, second = spawn(), spawn()
    short = [replace(of(one, 200, after), done=after < 200, error="needs-authorisation", wanted=50) for one, after in ((first, 100), (second, 200))]
    outcome = changer.ask(changer.remember(ChangeOutcome("protect", tuple(short))))
    assert [len(call.changes) for call in outcome.calls] == [2]
    first.set(100)
    second.set(200)
    assert batch(journal) == [(200, 100)], "as long as the dialog is open"
    first.set(50)
    second.set(50)
    assert batch(journal) == [(200, 50), (200, 50)]
    changer.apply(changer.undo())
    assert (first.adj, second.adj) == (200, 200)
    assert journal.last() is None


def test_what_the_rules_had_written_is_none_of_what_the_helper_begins(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    """Their plain writes are in no journal as long as permission changes nothing."""
    sleeper = spawn()
    sleeper.set(100)
    short = replace(of(sleeper, 200, 100), error="needs-authorisation", wanted=50)
    outcome = changer.ask(ChangeOutcome("rules", (short,)))
    assert (batch(journal), '"begun"' in Path(journal.path).read_text()) == ([], True)
    sleeper.set(50)
    assert batch(journal) == [(100, 50)]
    sleeper.set(100)
    assert changer.finish(outcome, 126, b"", b"").batch is None
    assert (batch(journal), '"begun"' in Path(journal.path).read_text()) == ([], False)


@pytest.mark.parametrize("runner", [Pkexec(), Pkexec(126), Pkexec(127), Pkexec(fail=OSError(2, "No such file"))])
def test_once_it_is_answered_nothing_is_begun(spawn: Spawn, changer: Changer, journal: Journal, runner: Pkexec) -> None:
    sleeper = spawn()
    sleeper.set(200)
    outcome = changer.ask(changer.apply(changer.plan("protect", [sleeper.facts])))
    assert '"begun"' in Path(journal.path).read_text()
    changer.authorize(outcome, runner)
    assert '"begun"' not in Path(journal.path).read_text()


def test_what_came_into_the_way_of_the_journal_is_told_though_it_was_found_before_the_change(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    Path(journal.path).parent.mkdir()
    Path(journal.path).write_text("damage")
    outcome = changer.apply(changer.plan("deprioritize", [spawn().facts]))
    assert outcome.note is not None
    assert (outcome.note.id, outcome.note.aside) == ("damaged-kept", "changes.jsonl.damaged-1")
