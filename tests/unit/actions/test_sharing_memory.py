"""Processes that run in one memory are previewed, changed, recorded and undone as one: the kernel does it so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oomtray.actions.changes import Changer
from oomtray.actions.journal import Journal
from oomtray.kernel.process import read_process
from oomtray.kernel.snapshot import Process
from tests.rigs.processes.proc import adj_of
from tests.rigs.processes.shared_memory import sharing_memory
from tests.unit.actions.changing import Pkexec


@pytest.fixture
def pair() -> Iterator[tuple[Process, Process]]:
    with sharing_memory() as pids:
        yield tuple(map(facts, pids))


def facts(pid: int) -> Process:
    with open(f"/proc/{pid}/oom_score", "rb") as score:
        return read_process(f"/proc/{pid}", pid, score.fileno(), 0.0)


def test_the_preview_names_both(changer: Changer, pair) -> None:
    (one, other) = pair
    told = changer.foretell(changer.plan("deprioritize", [one], 300))
    assert [(change.pid, change.before, change.after) for change in told] == [(one.pid, 0, 300), (other.pid, 0, 300)]
    assert (adj_of(one.pid), adj_of(other.pid)) == (0, 0)


@pytest.mark.parametrize("picked", [(0,), (1,), (0, 1)], ids=["the parent", "the child", "both"])
def test_both_are_changed_and_undone(changer: Changer, journal: Journal, pair, picked) -> None:
    outcome = changer.apply(changer.plan("deprioritize", [pair[number] for number in picked], 300))
    assert {(change.pid, change.before, change.after) for change in outcome.moved} == {(p.pid, 0, 300) for p in pair}
    assert [adj_of(process.pid) for process in pair] == [300, 300]

    undone = changer.apply(changer.undo())
    assert {(change.pid, change.before, change.after) for change in undone.moved} == {(p.pid, 300, 0) for p in pair}
    assert [adj_of(process.pid) for process in pair] == [0, 0]
    assert journal.last() is None


def test_what_is_lowered_a_part_of_the_way_takes_the_other_along(changer: Changer, pair) -> None:
    one, other = pair
    changer.apply(changer.plan("deprioritize", [one], 300))
    outcome = changer.apply(changer.plan("protect", [facts(one.pid)], -900))
    lowest = adj_of(one.pid)
    assert [(c.pid, c.before, c.after, c.done) for c in outcome.changes] == [
        (one.pid, 300, lowest, True),
        (other.pid, 300, lowest, True),
    ]


def test_permission_is_asked_for_both(changer: Changer, pair) -> None:
    one, other = pair
    pkexec = Pkexec(floor=0)
    outcome = changer.authorize(changer.apply(changer.plan("protect", [one], -900)), pkexec)
    assert [line["pid"] for line in pkexec.asked[0]] == [one.pid, other.pid]
    assert [change.after for change in outcome.changes] == [-900, -900]
