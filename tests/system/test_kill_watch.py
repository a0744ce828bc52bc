"""Specifies that every kill for want of memory is noticed, named and recorded once, for an ordinary user without a log.

Each kill is a real one of the kernel, in a small memory cgroup; whoever watches is nobody, and learns of deaths in one way alone.
A recorder that is itself killed loses nothing: what happened meanwhile is in the kernel's count.
"""

from __future__ import annotations

import math
import os
import random
import select
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from oomtray.history.kills import read_kills
from oomtray.kernel.proc_connector import connect
from oomtray.kernel.reader import SystemReader
from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from oomtray.risk.kill_event import KillEvent
from tests.rigs.commands.program import TREE, environment
from tests.rigs.processes.memcg import MIB, Hog, MemoryCgroup
from tests.rigs.processes.programs import wait_for
from tests.rigs.processes.users import NOBODY, as_nobody, need_root, sleeper

pytestmark = pytest.mark.system

SLICE, ALL = 4, 100
WAYS = ["proc-connector", "pidfd"]

_WATCH = """
import sys
from oomtray.kills.followed_processes import FollowedProcesses
from oomtray.history.recorder import user_recorder
from oomtray.kills.record import KillRecord
from oomtray.kills.watch import KillWatch
from oomtray.monitor import Monitor

def kill_watch(reader, counted):
    record = KillRecord(recorder, counted=counted, followed=FollowedProcesses(), cgroup_kills=reader.cgroups.inode_and_kills)
    return KillWatch(reader, record, counted=counted, ways=sys.argv[1:2])

recorder = user_recorder()
monitor = Monitor(recorder=recorder, kill_watch=kill_watch)
while True:
    seen = monitor.survey(top=10, steady=True)
    print(*(process.pid for process in seen.snapshot.processes if process.name.startswith("victim")), flush=True)
    monitor.rest(0.1)
"""


class Watching:
    """A program of nobody's that notices kills, and the record that it keeps."""

    def __init__(self, way: str, state: Path) -> None:
        self._way, self._state = way, state
        self._env = environment({"XDG_STATE_HOME": str(state), "XDG_RUNTIME_DIR": str(state), "HOME": str(state)})
        self._program: subprocess.Popen[str] | None = None

    def start(self) -> None:
        argv = as_nobody([sys.executable, "-c", _WATCH, self._way])
        self._program = subprocess.Popen(argv, env=self._env, stdout=subprocess.PIPE, text=True, cwd=TREE)
        self.sees()

    def sees(self, *hogs: Hog) -> None:
        """Wait until a scan has found all of these."""
        assert self._program is not None
        assert self._program.stdout is not None
        for line in self._program.stdout:
            if {hog.pid for hog in hogs} <= {int(pid) for pid in line.split()}:
                return
        raise AssertionError(f"the watching program ended: {self._program.wait()}")

    def kill(self) -> None:
        assert self._program is not None
        with self._program as program:
            program.kill()

    def recorded(self) -> list[KillEvent]:
        (path,) = self._state.rglob("history.db")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return [one.event for one in read_kills(connection, 0)]

    def pids(self) -> list[int | None]:
        return [event.victims[0].pid if event.victims else None for event in self.recorded()]


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_root()
    path = tmp_path_factory.mktemp("state")
    for directory in (path, *path.parents):  # pytest's own are closed to others
        if directory.owner() == "root" and str(directory).startswith("/tmp/"):
            directory.chmod(directory.stat().st_mode | 0o011)
    os.chown(path, NOBODY, NOBODY)
    return path


@contextmanager
def watching(way: str, state: Path) -> Iterator[Watching]:
    if way == "proc-connector":
        connector = connect()
        if connector is None:
            pytest.skip("this kernel has no proc connector, or this is not its first pid namespace")
        connector.close()
    program = Watching(way, state)
    program.start()
    try:
        yield program
    finally:
        program.kill()


def killed_in_a_row(way: str, state: Path, kills: int, seed: int) -> None:
    """So many kills, and halfway the recorder is killed itself at a moment that is drawn; raises AssertionError for a loss."""
    drawn = random.Random(seed)
    dead: list[int] = []
    with MemoryCgroup(32 * MIB) as group, watching(way, state) as program:
        alive = [group.hog(10, name=f"victim{number}") for number in range(2)]
        for number in range(kills):
            program.sees(*alive)
            victim = group.kill_by(alive[0], grow=40)
            dead.append(victim.pid)
            alive = [hog for hog in alive if hog is not victim]
            if drawn.random() < 0.2 or number == kills // 2:
                program.kill()
                program.start()
            else:
                wait_for(lambda: victim.pid in program.pids(), f"{victim} in the record")  # noqa: B023 - asked for at once
            alive.append(group.hog(10, name=f"victim{number + 2}"))
        wait_for(lambda: len(program.pids()) >= kills, "the last kill in the record")
        recorded = program.recorded()
    # other tests' kills may be among them
    events = [event for event in recorded if event.victims and event.victims[0].pid in dead]
    named = [event.victims[0].pid for event in events]
    unnamed = sum(not event.victims for event in recorded)
    assert [pid for pid in dead if pid in named] == named, "in their order, each once"
    assert len(named) + unnamed >= kills
    # what died in the moment in which the recorder did is known by who was followed, and at worst by the count alone
    assert len(named) >= kills - drawn_restarts(kills, seed)
    watched = [event for event in events if event.not_before is None]
    assert len(watched) >= kills - drawn_restarts(kills, seed)
    for event in watched:
        assert (event.killer, event.certainty) == ("kernel", "certain")
        assert way in event.sources
        assert event.scope is not None
        assert event.scope.path == group.path
        assert event.victims[0].oom_score_adj is not None


def drawn_restarts(kills: int, seed: int) -> int:
    drawn = random.Random(seed)
    return sum(drawn.random() < 0.2 or number == kills // 2 for number in range(kills))


@pytest.mark.parametrize("way", WAYS)
def test_each_of_a_few_kills_is_recorded_once(way: str, state: Path) -> None:
    killed_in_a_row(way, state, SLICE, seed=1)


@pytest.mark.proof
@pytest.mark.parametrize("way", WAYS)
def test_each_of_a_hundred_kills_is_recorded_once(way: str, state: Path) -> None:
    killed_in_a_row(way, state, ALL, seed=2)


def test_what_a_user_kills_is_no_event(state: Path) -> None:
    with MemoryCgroup(32 * MIB) as group, watching("proc-connector", state) as program, sleeper() as mine:
        alive = [group.hog(10, name=f"victim{number}") for number in range(2)]
        program.sees(*alive)
        mine.kill()
        mine.wait()
        victim = group.kill_by(alive[0], grow=40)
        wait_for(lambda: victim.pid in program.pids(), f"{victim} in the record")
        assert mine.pid not in program.pids()


def test_what_happened_while_nobody_watched_is_told_by_who_is_gone(state: Path) -> None:
    with MemoryCgroup(32 * MIB) as group:
        alive = [group.hog(10, name=f"victim{number}") for number in range(2)]
        with watching("pidfd", state) as program:
            program.sees(*alive)
            victim = group.kill_by(alive[0], grow=40)
            wait_for(lambda: victim.pid in program.pids(), f"{victim} in the record")
            program.kill()
            (left,) = [hog for hog in alive if hog is not victim]
            assert group.kill_by(left, grow=40) is left
            program.start()
            wait_for(lambda: left.pid in program.pids(), "the kill that nobody has watched")
            missed = next(event for event in program.recorded() if event.victims and event.victims[0].pid == left.pid)
    assert missed.certainty == "likely", "it was followed before, its cgroup has counted a kill, and it is gone"
    assert missed.not_before is not None
    assert missed.time is not None
    assert missed.not_before <= missed.time


def test_where_no_death_is_told_the_first_in_the_order_that_is_gone_is_likely(state: Path) -> None:
    """As on Linux before 6.6, for one whose end no pidfd tells."""
    with MemoryCgroup(32 * MIB) as group, watching("neither", state) as program:
        first, other = group.hog(10, adj=1000, name="victim0"), group.hog(4, name="victim1")
        program.sees(first, other)
        assert group.kill_by(other, grow=40) is first
        wait_for(lambda: first.pid in program.pids(), f"{first} in the record")
        told = next(event for event in program.recorded() if event.victims and event.victims[0].pid == first.pid)
    assert told.certainty == "likely"
    assert told.victims[0].name == "victim0"
    assert told.sources == ("vmstat",)


def test_a_command_that_fails_wakes_nobody_and_sets_no_timer() -> None:
    reader = SystemReader()
    watch = KillWatch(reader, KillRecord(None, counted=None), counted=None, ways=["proc-connector"])
    poll = select.poll()
    poll.register(watch.fileno(), select.POLLIN)
    try:
        wakes = 0
        for _ in range(50):
            subprocess.run(["false"], check=False)
            if poll.poll(0):
                wakes += 1
                watch.check()
        assert wakes < 25, "a wake for each of those that failed would be 50; others' kills may wake too"
        wait_for(lambda: not watch.check() and watch.due == math.inf, "no more to do")
    finally:
        watch.close()
        reader.close()
