"""Which killers are found among the processes, whose processes they may end, and how seldom they are looked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import Earlyoom, Unjudged
from oomtray.kernel.killers import LOOK_EVERY, KillerReader
from oomtray.kernel.killers.daemons import daemons
from tests.rigs.processes.proc_tree import ProcTree
from tests.unit.kernel.killers.running import ALL_CAPABILITIES, NONE, rows, run

CAP_KILL = 1 << 5
SOMEBODY = 4321 if os.geteuid() != 4321 else 4322


@pytest.mark.parametrize(
    ("facts", "reach"),
    [
        pytest.param({"uid": 0, "capabilities": ALL_CAPABILITIES}, "all", id="root"),
        pytest.param({"uid": 61234, "capabilities": CAP_KILL}, "all", id="a user of systemd's with CAP_KILL"),
        pytest.param({"uid": SOMEBODY, "capabilities": NONE}, "none", id="another user"),
        pytest.param({"uid": os.geteuid(), "capabilities": NONE}, "own", id="the same user"),
        pytest.param(
            {"uid": SOMEBODY, "capabilities": ALL_CAPABILITIES, "ids": "         0       4321          1\n"}, "none",
            id="capabilities in a user namespace of its own",
        ),
    ],
)  # fmt: skip
def test_a_name_proves_nothing(proc: ProcTree, facts: dict[str, object], reach: str) -> None:
    run(proc, "earlyoom", **facts)  # type: ignore[arg-type]
    (found,) = daemons(rows(proc), str(proc))
    assert (found.name, found.pid, found.reach) == ("earlyoom", 300, reach)


@pytest.mark.parametrize(("capabilities", "reach"), [(ALL_CAPABILITIES, "all"), (NONE, "own")])
def test_one_in_a_pid_namespace_of_its_own_finds_nobody_outside(proc: ProcTree, capabilities: int, reach: str) -> None:
    run(proc, "earlyoom", "earlyoom", "--prefer", "(a*)*b", uid=os.geteuid(), capabilities=capabilities)
    status = proc.root / "300/status"
    facts = status.read_text()
    status.write_text(f"{facts}NSpid:\t300\n")
    assert [found.reach for found in daemons(rows(proc), str(proc))] == [reach]
    status.write_text(f"{facts}NSpid:\t300\t1\n")
    assert [found.reach for found in daemons(rows(proc), str(proc))] == ["none"]


def test_of_several_with_one_name_the_one_counts_that_reaches_most(proc: ProcTree) -> None:
    run(proc, "earlyoom", pid=300, uid=SOMEBODY, capabilities=NONE)
    run(proc, "earlyoom", pid=301)
    run(proc, "earlyoom", pid=302, uid=SOMEBODY, capabilities=NONE)
    assert [found.pid for found in daemons(rows(proc), str(proc))] == [301]


def test_a_script_and_a_name_that_proc_cuts(proc: ProcTree) -> None:
    run(proc, "python3", "python3", "/usr/sbin/nohang", "--monitor", pid=300)
    run(proc, "low-memory-monitor", pid=301)
    run(proc, "bash", "bash", "-c", "earlyoom", pid=302)
    assert {found.name for found in daemons(rows(proc), str(proc))} == {"nohang", "low-memory-monitor"}


def test_what_an_interpreter_runs_is_read_once_and_not_waited_for(proc: ProcTree) -> None:
    run(proc, "python3", "python3", "/usr/sbin/nohang", pid=300)
    run(proc, "python3", pid=301)
    (proc.root / "301/cmdline").unlink()
    os.mkfifo(proc.root / "301/cmdline")
    scripts: dict[tuple[int, int], str] = {}
    silent = os.open(proc.root / "301/cmdline", os.O_RDWR)  # a read waits as long as it is open
    try:
        assert [found.pid for found in daemons(rows(proc), str(proc), scripts)] == [300]
    finally:
        os.close(silent)
    proc.write("300/cmdline", "python3\0/usr/bin/other\0")
    (proc.root / "301/cmdline").unlink()
    assert [found.pid for found in daemons(rows(proc), str(proc), scripts)] == [300]


def test_the_settings_of_a_killer_that_reaches_nobody_are_not_even_read(proc: ProcTree) -> None:
    run(proc, "earlyoom", "earlyoom", "--prefer", "(a*)*b", uid=SOMEBODY, capabilities=NONE)
    (facts,) = KillerReader(str(proc)).read(rows(proc), 0.0)
    assert isinstance(facts, Unjudged)


def test_they_are_looked_for_seldom_and_at_once_when_one_has_ended(proc: ProcTree, root: Path) -> None:
    reader = KillerReader(str(proc), root=str(root))
    assert reader.read(rows(proc), 100.0) == ()
    run(proc, "earlyoom", "earlyoom", "-m", "7")
    assert reader.read(rows(proc), 100.0 + LOOK_EVERY / 2) == ()
    (facts,) = reader.read(rows(proc), 100.0 + LOOK_EVERY)
    assert isinstance(facts, Earlyoom)
    proc.write("300/cmdline", "earlyoom\0-m\00050\0")
    (again,) = reader.read(rows(proc), 101.0 + LOOK_EVERY)
    assert again is facts, "what it takes at its start is read once"
    proc.remove(300)
    assert reader.read(rows(proc), 102.0 + LOOK_EVERY) == ()


def test_another_process_with_its_pid_is_another_killer(proc: ProcTree) -> None:
    run(proc, "earlyoom", "earlyoom", "-m", "7")
    reader = KillerReader(str(proc))
    reader.read(rows(proc), 0.0)
    run(proc, "earlyoom", "earlyoom", "-m", "9")
    stat = (proc.root / "300/stat").read_text()
    proc.write("300/stat", stat.replace(" 4711 ", " 4712 "))
    (facts,) = reader.read(rows(proc), LOOK_EVERY)
    assert isinstance(facts, Earlyoom)
    assert facts.memory.percent == 9


def test_one_that_could_not_be_read_this_time_stays_while_it_lives(proc: ProcTree) -> None:
    """On a machine that stalls a process may be missing from a look."""
    run(proc, "earlyoom", "earlyoom", "-m", "7")
    reader = KillerReader(str(proc))
    (facts,) = reader.read(rows(proc), 0.0)
    others = [row for row in rows(proc) if row.pid != 300]
    assert reader.read(others, LOOK_EVERY) == (facts,)
    assert reader.read(rows(proc), 2 * LOOK_EVERY) == (facts,)
    stat = (proc.root / "300/stat").read_text()
    proc.write("300/stat", stat.replace(" 4711 ", " 4712 "))
    assert reader.read(others, 3 * LOOK_EVERY) == ()
