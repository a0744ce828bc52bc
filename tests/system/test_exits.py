"""Specifies how an ordinary user without access to a log is told of kills: by the proc connector, and by pidfds.

Each kernel kill here is real, in a small memory cgroup, and whoever watches is nobody.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from oomtray.kernel.pidfds import Pidfds
from oomtray.kernel.proc_connector import connect
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.users import as_nobody, sleeper

pytestmark = pytest.mark.system

_WATCH = """
import json, select, sys
from oomtray.kernel.pidfds import Pidfds
from oomtray.kernel.proc_connector import ProcConnector
way, *pids = sys.argv[1:]
source = ProcConnector() if way == "proc-connector" else Pidfds()
if way == "pidfd":
    source.follow([int(pid) for pid in pids])
print("ready", flush=True)
poll = select.poll()
poll.register(source.fileno(), select.POLLIN)
poll.register(0, select.POLLHUP)
wakes = 0
while True:
    for fd, events in poll.poll():
        if fd == 0:
            sys.exit()
        wakes += 1
        for told in source.read():
            print(json.dumps([told.pid, told.signal, wakes]), flush=True)
"""


@contextmanager
def watching(way: str, *pids: int) -> Iterator[subprocess.Popen[str]]:
    """A program of nobody's that prints [pid, signal, how often it has woken] for each exit that it is told."""
    program = [sys.executable, "-c", _WATCH, way, *map(str, pids)]
    process = subprocess.Popen(as_nobody(program), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.wait()
        yield process
        assert process.stdin is not None
        process.stdin.close()


def signal_of(pid: int, watcher: subprocess.Popen[str]) -> int | None:
    """What it was told of this process, which must be once; others on the machine may be killed as well."""
    assert watcher.stdout is not None
    assert watcher.stdin is not None
    told = (json.loads(line) for line in watcher.stdout)
    signal: int | None = next(signal for died, signal, _wakes in told if died == pid)
    watcher.stdin.close()
    assert pid not in [died for died, *_ in told]
    return signal


def need(way: str) -> None:
    if way == "proc-connector":
        connector = connect()
        if connector is None:
            pytest.skip("this kernel has no proc connector, or this is not its first pid namespace")
        connector.close()


@pytest.mark.parametrize("way", ["proc-connector", "pidfd"])
def test_each_of_many_kernel_kills_is_told_once_with_its_pid(way: str) -> None:
    need(way)
    with MemoryCgroup(32 * MIB) as group:
        rounds = [group.hog(10, name=f"victim{number}") for number in range(2)]
        for _ in range(5):
            with watching(way, *(hog.pid for hog in rounds)) as watcher:
                victim = group.kill_by(rounds[0], grow=40)
                assert signal_of(victim.pid, watcher) == 9
            rounds = [hog for hog in rounds if hog is not victim]
            rounds.append(group.hog(10, name="another"))


def test_commands_that_fail_wake_nobody() -> None:
    need("proc-connector")
    with watching("proc-connector") as watcher, sleeper() as sleeping:
        failed = []
        for _ in range(50):
            with subprocess.Popen(["false"]) as command:
                failed.append(command.pid)
        sleeping.kill()
        sleeping.wait()
        assert watcher.stdout is not None
        for line in watcher.stdout:
            pid, _signal, wakes = json.loads(line)
            assert pid not in failed
            if pid == sleeping.pid:
                break
        assert wakes < 25, "a wake for each of those that failed would be 50"


@pytest.mark.parametrize(
    ("end", "signal"),
    [pytest.param("kill", 9, id="killed"), pytest.param("terminate", 15, id="terminated")],
)
def test_a_pidfd_tells_the_signal(end: str, signal: int) -> None:
    pidfds = Pidfds()
    try:
        with sleeper() as process:
            pidfds.follow([process.pid])
            assert pidfds.read() == []
            getattr(process, end)()
            process.wait()
            (told,) = pidfds.read()
        assert told.pid == process.pid
        assert told.signal in (signal, None), "None before Linux 6.15"
        assert pidfds.read() == []
    finally:
        pidfds.close()


def test_a_pidfd_tells_no_signal_of_one_that_ends_by_itself() -> None:
    pidfds = Pidfds()
    try:
        with subprocess.Popen(["sh", "-c", "read line; exit 9"], stdin=subprocess.PIPE) as process:
            pidfds.follow([process.pid])
            process.communicate(b"\n")
            (told,) = pidfds.read()
        assert (told.pid, told.signal, process.returncode) == (process.pid, None, 9)
    finally:
        pidfds.close()


def test_who_is_followed_no_more_is_not_told() -> None:
    pidfds = Pidfds()
    try:
        with sleeper() as one, sleeper() as other:
            pidfds.follow([one.pid, other.pid])
            pidfds.follow([other.pid])
            for process in (one, other):
                process.kill()
                process.wait()
            assert [told.pid for told in pidfds.read()] == [other.pid]
    finally:
        pidfds.close()
