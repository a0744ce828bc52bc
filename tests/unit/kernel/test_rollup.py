"""What a death frees and what an app holds: private and proportional memory, on real processes that share after a fork."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from oomtray.cli.exact_memory import with_shares
from oomtray.config import Settings
from oomtray.kernel import rollup
from oomtray.kernel.process_table import ProcessTable
from oomtray.kernel.rollup import Rollup, Rollups, given_back, read_rollup
from oomtray.kernel.snapshot import Process
from oomtray.monitor import Monitor
from tests.facts import MIB
from tests.rigs.processes.programs import wait_for

HELD = 48 * MIB


def row(pid: int) -> Process:
    table = ProcessTable(keep_descriptors=False)
    try:
        return next(process for process in table.scan(0.0) if process.pid == pid)
    finally:
        table.close()


FAMILY = f"""
import os, signal
held = bytearray(os.urandom(1 << 16) * {HELD >> 16})
for _ in range(3):
    if os.fork() == 0:
        break
os.write(1, b"%d\\n" % os.getpid())
signal.pause()
"""


LEADERLESS = f"""
import ctypes, os, signal, threading
held = bytearray(os.urandom(1 << 16) * {HELD >> 16})
threading.Thread(target=signal.pause).start()
ctypes.CDLL(None).pthread_exit(None)
"""


@pytest.fixture
def family() -> Iterator[list[int]]:
    """A process that fills memory and then forks three times: four processes, and the memory once.

    It is a program of its own: a fork of the test runner would share the runner's memory, which grows test by test.
    """
    command = [sys.executable, "-S", "-c", FAMILY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as parent:
        assert parent.stdout is not None
        pids = sorted(int(parent.stdout.readline()) for _ in range(4))
        wait_for(lambda: all(row(pid).state == "S" for pid in pids), "a family that waits, so that its memory stays as it is")
        yield pids
        os.killpg(parent.pid, signal.SIGKILL)


def test_what_is_shared_after_a_fork_is_freed_by_no_single_death(family: list[int]) -> None:
    for pid in family:
        process, rollup = row(pid), read_rollup(row(pid))
        assert rollup is not None
        assert process.rss_anon is not None
        assert process.rss_anon >= HELD, "as it looks"
        assert rollup.private + rollup.swap < HELD / 4, "as it is"


def test_what_a_family_shares_comes_back_once_with_all_of_it_and_with_none_of_it_alone(family: list[int]) -> None:
    whole, alone = given_back(map(row, family)), given_back([row(family[0])])
    assert whole is not None
    assert alone is not None
    assert HELD <= whole < HELD * 3 / 2
    assert alone < HELD / 4


def test_what_has_ended_gives_nothing_back_any_more(family: list[int]) -> None:
    first, second = row(family[0]), row(family[1])
    gone = second._replace(start_time=second.start_time + 1)
    assert given_back([gone]) is None
    assert given_back([first, gone]) == given_back([first])


def test_the_proportional_shares_of_a_family_add_up_to_what_it_holds(family: list[int]) -> None:
    told = [read_rollup(row(pid)) for pid in family]
    assert HELD <= sum(rollup.pss for rollup in told if rollup is not None) < 2 * HELD


def test_an_app_without_a_control_group_of_its_own_is_summed_by_shares_where_that_is_asked_for(family: list[int]) -> None:
    monitor = Monitor(Settings(), once=True)
    try:
        found = monitor.survey(apps=True)
        mine = next(app for app in found.apps if {risk.process.pid for risk in app.members} >= set(family))
        # others of this interpreter come and go
        family_alone = replace(mine, members=tuple(risk for risk in mine.members if risk.process.pid in family))
        (shared,) = with_shares(replace(found, apps=(family_alone,))).apps
    finally:
        monitor.close()
    if mine.memory_from == "cgroup":
        pytest.skip("this machine gives the test a control group of its own")
    assert (mine.memory_exact, shared.memory_exact, shared.memory_from) == (False, True, "pss")
    assert shared.memory is not None
    assert HELD <= shared.memory < 2 * HELD


def test_the_next_victims_private_memory_is_read_and_says_so() -> None:
    def surveyed() -> tuple[bool, bool] | None:
        """Whether it says so, and whether it can be read; None where the victim, another's, has ended meanwhile."""
        monitor = Monitor(Settings(), once=True)
        try:
            victim = monitor.survey().victim
        finally:
            monitor.close()
        assert victim is not None
        found = read_rollup(victim.risk.process)
        return None if found == Rollup(0, 0, False, 0) else (victim.risk.frees_exact, found is not None)

    says, read = next(found for _ in range(100) if (found := surveyed()) is not None)
    assert says is read


def test_nothing_is_read_while_the_machine_hardly_gets_on(family: list[int]) -> None:
    rollups, process = Rollups(), row(family[0])
    assert rollups.of([process], 0.0, read=False) == {}
    known = rollups.of([process], 1.0, read=True)
    assert rollups.of([process], 100.0, read=False) == known
    grown = process._replace(rss=2 * (process.rss or 0))
    assert rollups.of([grown], 101.0, read=False) == {}, "what was known no longer fits"


def test_numbers_stand_longer_where_the_size_is_the_same_to_the_byte(family: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Process] = []

    def counted(process: Process, proc: str) -> Rollup | None:
        read.append(process)
        return read_rollup(process, proc)

    monkeypatch.setattr(rollup, "read_rollup", counted)
    rollups, same = Rollups(), row(family[0])
    other = same._replace(rss=(same.rss or 0) + 4096)
    for at, process, times in ((0, same, 1), (60, same, 1), (61, same, 2), (81, other, 2), (82, other, 3)):
        assert rollups.of([process], at, read=True)
        assert len(read) == times, at


def test_a_process_that_has_gone_or_is_another_holds_nothing(family: list[int]) -> None:
    process = row(family[0])
    assert read_rollup(process._replace(start_time=process.start_time + 1)) == Rollup(0, 0, False, 0)
    assert Rollups().of([process._replace(start_time=process.start_time + 1)], 0.0, read=True) == {}


def test_a_process_whose_first_thread_has_ended_still_holds_its_memory() -> None:
    """/proc/PID/smaps_rollup says then what it says of a process that is gone; its threads' say the truth."""
    with subprocess.Popen([sys.executable, "-S", "-c", LEADERLESS]) as process:
        try:
            wait_for(lambda: row(process.pid).state == "Z", "its first thread's end")
            assert (given_back([row(process.pid)]) or 0) > HELD
        finally:
            process.kill()
