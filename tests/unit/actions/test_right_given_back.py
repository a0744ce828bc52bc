"""Undo and reset take back what permission gave besides the value: how low an owner may go, and what children inherited."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change, Target
from oomtray.actions.changes import Changer
from oomtray.actions.escalate import calls
from oomtray.actions.journal import Journal
from oomtray.messages.changes import says
from tests.rigs.processes.proc import adj_of, start_time
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.sleepers import Sleeper, Spawn
from tests.unit.actions.changing import Pkexec

GIVEN = 100
"""Stands for a value below the floor: nothing here needs a real one, as the runner plays the helper."""


def given(journal: Journal, sleeper: Sleeper, before: int = 300, floor: int | None = 200) -> Change:
    """As after a lowering with permission."""
    change = Change(
        sleeper.pid, sleeper.facts.start_time, "x", before, GIVEN, done=True, wanted=GIVEN,
        right="moved" if floor is not None else "unknown", floor=floor,
    )  # fmt: skip
    journal.record("protect", [change])
    sleeper.set(GIVEN)
    return change


def test_the_floor_that_the_helper_moved_is_kept_with_the_change(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    sleeper = spawn()
    sleeper.set(200)
    changer.authorize(changer.apply(changer.plan("protect", [sleeper.facts])), Pkexec(floor=0))
    (change,) = Journal(os.path.dirname(journal.path)).last().changes  # type: ignore[union-attr]
    assert (change.right, change.floor) == ("moved", 0)
    assert list(journal.floors().values()) == [0]


def test_undo_puts_the_value_back_at_once_and_the_floor_with_permission(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    sleeper = spawn()
    given(journal, sleeper)
    outcome = changer.apply(changer.undo())
    assert (sleeper.adj, [change.error for change in outcome.changes]) == (300, ["right-stays"])
    pkexec = Pkexec()
    outcome = changer.authorize(outcome, pkexec)
    assert [change.error for change in outcome.changes] == [None]
    ((line,),) = pkexec.asked
    assert (pkexec.verbs, pkexec.kinds) == (["own"], ["undo"])
    assert (line["adj"], line["floor"]) == (300, 200)
    assert (journal.last(), journal.floors()) == (None, {})


def test_a_dismissed_undo_leaves_the_right_and_says_so(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    given(journal, sleeper)
    outcome = changer.authorize(changer.apply(changer.undo()), Pkexec(126))
    assert [(change.done, change.error) for change in outcome.changes] == [(True, "right-stays")]
    assert journal.last() is None
    assert list(journal.floors().values()) == [200], "a reset can still ask for it"


def test_reset_gives_back_what_a_dismissed_undo_left(spawn: Spawn, changer: Changer, journal: Journal) -> None:
    sleeper = spawn()
    given(journal, sleeper)
    changer.authorize(changer.apply(changer.undo()), Pkexec(126))
    pkexec = Pkexec()
    outcome = changer.authorize(changer.apply(changer.plan("reset", [sleeper.facts])), pkexec)
    assert [change.error for change in outcome.changes] == [None]
    assert (pkexec.kinds, pkexec.asked[0][0]["floor"]) == (["undo"], 200)
    assert journal.floors() == {}


def test_reset_gives_back_a_floor_that_was_moved_while_another_program_overwrote_the_value(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    sleeper = spawn()
    sleeper.set(200)
    outcome = changer.apply(changer.plan("protect", [sleeper.facts], value=-300))
    lost = Pkexec(error="changed-meanwhile", floor=200)
    (change,) = changer.authorize(outcome, lost).changes
    assert says(change).endswith("Its owner may still set it as low again without a password, until it ends.")

    pkexec = Pkexec()
    changer.authorize(changer.apply(changer.plan("reset", [sleeper.facts], unit_value=lambda _: 300)), pkexec)
    assert (pkexec.kinds, pkexec.asked[0][0]["floor"]) == (["undo"], 200)


def test_what_another_program_has_changed_since_is_left_and_the_right_that_stays_is_told(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    sleeper = spawn()
    given(journal, sleeper)
    sleeper.set(150)
    (change,) = changer.apply(changer.undo()).changes
    assert (sleeper.adj, change.error) == (150, "changed-since")
    assert says(change).endswith("Its owner may still set it as low again without a password, until it ends.")


def test_where_the_floor_is_not_known_it_stays_and_nobody_is_asked(
    spawn: Spawn, changer: Changer, journal: Journal
) -> None:
    sleeper = spawn()
    given(journal, sleeper, floor=None)
    outcome = changer.apply(changer.undo())
    assert (outcome.wanting, [change.error for change in outcome.changes]) == ((), ["right-stays"])


@pytest.mark.parametrize(("error", "uid", "verb"), [("not-yours", 1, "other"), ("guarded", os.getuid(), "own")])
def test_what_only_root_may_raise_is_raised_again_only_where_permission_lowered_it(error: str, uid: int, verb: str) -> None:
    pid, start = os.getpid(), start_time(os.getpid())
    other = Change(pid, start, "x", -500, 0, done=False, error=error, wanted=0)
    helped = Change(pid, start, "x", -500, 0, done=False, error=error, wanted=0, right="same")
    assert calls([other], uid=uid)[0] == ()
    ((call,), rest) = calls([helped], uid=uid)
    assert rest == ()
    assert call.argv[3:] == (verb, "undo", "1")
    assert json.loads(call.stdin)["floor"] is None


# what children have inherited


class Family:
    """A shell that starts a child when it is told to."""

    def __init__(self) -> None:
        script = "while read x; do sleep 600 <&- & echo $!; done"
        pipe = subprocess.PIPE
        self.shell = subprocess.Popen(["sh", "-c", script], stdin=pipe, stdout=pipe, text=True)
        self.children: list[int] = []
        self.pid = self.shell.pid

    def child(self) -> int:
        assert self.shell.stdin
        assert self.shell.stdout
        self.shell.stdin.write("\n")
        self.shell.stdin.flush()
        self.children.append(int(self.shell.stdout.readline()))
        return self.children[-1]

    def close(self) -> None:
        for pid in self.children:
            os.kill(pid, 9)
        self.shell.communicate()


@pytest.fixture
def family() -> Iterator[Family]:
    made = Family()
    yield made
    made.close()


def facts(pid: int) -> object:
    from oomtray.kernel.process import read_process

    with Path(f"/proc/{pid}/oom_score").open("rb") as score:
        return read_process(f"/proc/{pid}", pid, score.fileno(), 0.0)


def test_undo_takes_back_what_children_have_inherited(family: Family, changer: Changer) -> None:
    older = family.child()
    Path(f"/proc/{older}/oom_score_adj").write_text("300")  # its own: it began before
    tick = os.sysconf("SC_CLK_TCK")
    wait_for(lambda: int(time.clock_gettime(time.CLOCK_BOOTTIME) * tick) > start_time(older), "the tick after its start")
    changer.apply(changer.plan("deprioritize", [facts(family.pid)]))  # type: ignore[list-item]
    heir, changed = family.child(), family.child()
    Path(f"/proc/{changed}/oom_score_adj").write_text("400")
    outcome = changer.apply(changer.undo())
    assert {change.pid for change in outcome.changes} == {family.pid, heir}
    assert [adj_of(pid) for pid in (family.pid, older, heir, changed)] == [0, 300, 0, 400]


def test_reset_takes_an_inherited_value_back(family: Family, changer: Changer) -> None:
    changer.apply(changer.plan("deprioritize", [facts(family.pid)]))  # type: ignore[list-item]
    heir = family.child()
    plan = changer.plan("reset", [facts(heir)])  # type: ignore[list-item]
    assert [origin.source for origin in changer.origins([facts(heir)]).values()] == ["inherited"]  # type: ignore[list-item]
    changer.apply(plan)
    assert (adj_of(heir), adj_of(family.pid)) == (0, 300)


def test_the_floor_goes_back_for_what_inherited_it_too(family: Family, changer: Changer, journal: Journal) -> None:
    change = Change(family.pid, start_time(family.pid), "x", 300, GIVEN, done=True, wanted=GIVEN, right="moved", floor=200)
    journal.record("protect", [change])
    Path(f"/proc/{family.pid}/oom_score_adj").write_text(str(GIVEN))
    heir = family.child()
    pkexec = Pkexec()
    changer.authorize(changer.apply(changer.undo()), pkexec)
    (asked,) = pkexec.asked
    assert {line["pid"]: (line["adj"], line["floor"]) for line in asked} == {
        family.pid: (300, 200),
        heir: (300, 200),
    }


def test_an_inherited_floor_is_known_to_reset(family: Family, changer: Changer, journal: Journal) -> None:
    change = Change(family.pid, start_time(family.pid), "x", 300, GIVEN, done=True, wanted=GIVEN, right="moved", floor=200)
    journal.record("protect", [change])
    Path(f"/proc/{family.pid}/oom_score_adj").write_text(str(GIVEN))
    heir = family.child()
    (step,) = changer.plan("reset", [facts(heir)]).steps  # type: ignore[list-item]
    assert (step.target, step.value, step.floor) == (Target(heir, start_time(heir)), 300, 200)
