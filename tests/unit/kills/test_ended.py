"""Specifies who waits to be explained: each death once, whoever tells of it, and none again for a minute."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from oomtray.kernel.exits import Exit
from oomtray.kernel.snapshot import Process
from oomtray.kills.ended import EndedProcesses
from oomtray.risk.last_scan import LastScan
from tests.facts.assessments import assessment
from tests.facts.processes import process
from tests.facts.snapshots import snapshot
from tests.rigs.processes.proc_tree import ProcTree
from tests.rigs.processes.users import sleeper

NOBODY = 2**22 + 7
"""Above every pid that the kernel gives (PID_MAX_LIMIT)."""
NOW = 1000.0


def scan(*rows) -> LastScan:
    found = LastScan()
    found.take(assessment(snapshot=snapshot(*rows)))
    return found


def told(pid: int = NOBODY, *, signal: int | None = 9, at: float = NOW, source="proc-connector") -> Exit:
    return Exit(pid=pid, signal=signal, at=at, source=source)


@pytest.fixture
def ended() -> EndedProcesses:
    return EndedProcesses()


def test_a_death_that_two_sources_tell_of_is_one(ended: EndedProcesses) -> None:
    java = process(NOBODY, name="java")

    ended.take([told(signal=None, source="pidfd"), told()], scan(java), NOW)

    (one,) = ended
    assert (one.process, one.name, one.signal, tuple(one.sources)) == (java, "java", 9, ("pidfd", "proc-connector"))


def test_of_one_that_came_and_went_nothing_is_known(ended: EndedProcesses) -> None:
    ended.take([told()], scan(), NOW)

    (one,) = ended
    assert (one.process, one.name) == (None, "")


def test_one_that_no_scan_saw_is_read_until_it_is_reaped() -> None:
    limits: list[Process | None] = []
    ended = EndedProcesses(limit_of=limits.append)
    brief = sleeper()
    brief.kill()
    os.waitid(os.P_PID, brief.pid, os.WEXITED | os.WNOWAIT)

    ended.take([told(brief.pid)], scan(), NOW)

    (one,) = ended
    brief.wait()
    assert one.process is not None
    assert limits == [one.process], "the limit is read while its cgroup is there"
    assert (one.process.pid, one.process.name, one.process.rss) == (brief.pid, one.name, None)


@pytest.mark.parametrize(
    ("lines", "cgroup", "unit_cgroup"),
    [
        pytest.param("0::/app.slice/leaf.scope", "/app.slice/leaf.scope", "/app.slice/leaf.scope", id="v2"),
        pytest.param("0::/leaf.scope (deleted)", "/leaf.scope", "/leaf.scope", id="removed as soon as it was empty"),
        pytest.param("5:cpu,memory:/\n1:name=systemd:/\n0::/leaf.scope", None, "/leaf.scope", id="hybrid"),
        pytest.param("5:memory:/\n1:name=systemd:/", None, None, id="v1, where all that have ended are at the root"),
    ],
)
def test_its_cgroup_is_the_one_that_it_ended_in(tmp_path: Path, lines: str, cgroup: str | None, unit_cgroup: str | None) -> None:
    proc = ProcTree(tmp_path / "proc")
    proc.add(NOBODY, state="Z", rss_kib=None, cgroup=lines + "\n")
    ended = EndedProcesses(str(proc))

    ended.take([told()], scan(), NOW)

    (one,) = ended
    assert one.process is not None
    assert (one.process.cgroup, one.process.unit_cgroup) == (cgroup, unit_cgroup)


def test_a_pid_that_is_in_use_again_is_not_the_process_of_the_last_scan(ended: EndedProcesses) -> None:
    mine = os.getpid()

    ended.take([told(mine)], scan(process(mine, name="another", start_time=1)), NOW)

    (one,) = ended
    assert one.process is None
    assert one.name not in ("", "another")


@pytest.mark.parametrize(("later", "again"), [(59.0, False), (61.0, True)])
def test_what_is_explained_is_not_taken_again_for_a_minute(ended: EndedProcesses, later: float, again: bool) -> None:
    ended.take([told()], scan(), NOW)
    ended.explain([NOBODY], NOW)
    assert not ended

    ended.take([told(source="pidfd")], scan(), NOW + later)

    assert (bool(ended), ended.is_explained(NOBODY)) == (again, not again)


@pytest.mark.parametrize(("started", "again"), [(1, False), (2, True)])
def test_another_that_has_its_pid_is_not_the_one_that_is_explained(ended: EndedProcesses, started: int, again: bool) -> None:
    ended.take([told()], scan(process(NOBODY, start_time=1)), NOW)
    ended.explain([NOBODY], NOW)

    ended.take([told()], scan(process(NOBODY, start_time=started)), NOW + 9)

    assert (bool(ended), ended.is_explained(NOBODY)) == (again, not again)


def test_one_of_several_who_may_have_died_of_it_still_waits(ended: EndedProcesses) -> None:
    ended.take([told(), told(NOBODY + 1)], scan(), NOW)

    ended.explain([NOBODY], NOW, keep=True)

    assert [one.pid for one in ended] == [NOBODY, NOBODY + 1]
    assert ended.is_explained(NOBODY)


def test_the_first_death_says_when_to_look(ended: EndedProcesses) -> None:
    assert ended.first == math.inf
    ended.take([told(at=NOW - 1), told(NOBODY + 1, at=NOW - 3)], scan(), NOW)
    assert ended.first == NOW - 3

    ended.explain_but([NOBODY], NOW)

    assert ended.first == NOW - 1
