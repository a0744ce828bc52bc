"""Ending an app of real processes: who belongs to it, who is waited for, who stays, and that nobody else is hit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oomtray.actions.ending import EndingResult, SentSignals, with_newcomers
from oomtray.config import Settings
from oomtray.kernel.snapshot import Process
from oomtray.monitor import Monitor
from tests.facts.processes import process
from tests.rigs.processes.proc import start_time
from tests.rigs.processes.programs import wait_for

pytestmark = pytest.mark.system

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
SLOW = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit()))"
ORDINARY = "pass"
NEVER = 600.0
"""A patience that a test would not live through."""


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    made: list[subprocess.Popen[bytes]] = []

    def begin(code: str) -> Process:
        waits = f"{code}\nprint(flush=True)\nimport signal\nwhile True: signal.pause()"
        made.append(subprocess.Popen([sys.executable, "-c", waits], stdout=subprocess.PIPE))
        assert made[-1].stdout is not None
        made[-1].stdout.readline()
        return process(made[-1].pid, start_time=start_time(made[-1].pid))

    yield begin
    for one in made:
        one.kill()
        one.communicate()


def end(*processes: Process, number: signal.Signals = signal.SIGTERM, patience: float = NEVER) -> EndingResult:
    return SentSignals(processes, number).wait(patience)


def test_the_waiting_ends_with_the_last_of_them(start: Callable[..., Process]) -> None:
    app = start(ORDINARY), start(SLOW), start(ORDINARY)
    result = end(*app)
    assert [one.pid for one in result.endings] == [one.pid for one in app]
    assert all(one.done for one in result.endings)
    assert (result.stayed, result.refused) == ((), ())


def test_those_that_stay_are_named_and_can_be_forced(start: Callable[..., Process]) -> None:
    stubborn, *others = start(STUBBORN), start(ORDINARY), start(ORDINARY)
    result = end(stubborn, *others, patience=1.0)
    assert [(one.pid, one.name[:6]) for one in result.stayed] == [(stubborn.pid, "python")]
    assert result.refused == ()
    assert end(stubborn, number=signal.SIGKILL).stayed == ()


def test_all_are_asked_before_any_is_waited_for(start: Callable[..., Process]) -> None:
    stubborn, ordinary = start(STUBBORN), start(ORDINARY)
    sent = SentSignals((stubborn, ordinary), signal.SIGTERM)
    stat = Path(f"/proc/{ordinary.pid}/stat")
    wait_for(lambda: stat.read_text().rpartition(")")[2].split()[0] == "Z", "its end")
    sent.close()


def test_one_that_ended_by_itself_is_neither_refused_nor_waited_for(start: Callable[..., Process]) -> None:
    ordinary = start(ORDINARY)
    gone = process(ordinary.pid, start_time=ordinary.start_time - 1)
    result = end(gone)
    assert [one.error for one in result.endings] == ["pid-reused"]
    assert (result.stayed, result.refused) == ((), ())
    os.kill(ordinary.pid, 0)


def test_one_that_may_not_be_ended_is_refused() -> None:
    result = end(process(1, start_time=start_time(1)))
    assert [one.error for one in result.refused] == ["pid-1"]


def test_no_descriptor_is_left_behind(start: Callable[..., Process]) -> None:
    app = start(STUBBORN), start(ORDINARY)
    before = os.listdir("/proc/self/fd")
    end(*app, patience=0.2)
    SentSignals(app, signal.SIGTERM).close()
    assert os.listdir("/proc/self/fd") == before


PARENT = """
import os, subprocess, sys
children = []
for line in sys.stdin:
    children.append(subprocess.Popen(["sleep", "600"], start_new_session=line.strip() == "elsewhere"))
    print(children[-1].pid, flush=True)
for child in children:
    child.kill()
    child.wait()
"""


class Family:
    """An app of its own session, and the children that it starts when told to."""

    def __init__(self, program: Path) -> None:
        program.symlink_to("/usr/bin/python3")
        self.parent = subprocess.Popen(
            [program, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def starts(self, where: str = "here") -> int:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(f"{where}\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())

    def close(self) -> None:
        self.parent.communicate()


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path / "program")
    yield made
    made.close()


def test_what_an_app_has_started_since_the_scan_belongs_to_it(family: Family) -> None:
    known = family.starts()
    monitor = Monitor(Settings())
    assessment = monitor.survey(apps=True)
    monitor.close()
    of = next(app for app in assessment.apps if family.parent.pid in pids(app.members))
    members = [risk.process for risk in of.members]
    # another test's program of this name may be a member, and another user's is none
    ours = [one for one in members if one.pid in (family.parent.pid, known)]
    new, other = family.starts(), family.starts("elsewhere")
    for pid in (new, other):
        wait_for(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n", "exec")  # noqa: B023

    found = {one.pid for one in with_newcomers(ours, assessment.snapshot.processes)}

    assert found == {family.parent.pid, known, new}
    assert other not in found, "it leads a session of its own"


def pids(members: Any) -> set[int]:
    return {risk.process.pid for risk in members}
