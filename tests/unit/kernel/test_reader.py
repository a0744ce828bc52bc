"""What ends together with a process, read from procfs and the cgroups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.kernel.reader import SystemReader
from oomtray.kernel.snapshot import Consequences
from oomtray.systemd.unit_names import unit_of
from oomtray.systemd.units import UnitFacts
from tests.rigs.processes.proc_tree import ProcTree


def test_an_oom_group_ends_without_those_that_are_exempt(tmp_path: Path) -> None:
    """As the kernel spares them (Documentation/admin-guide/cgroup-v2.rst, memory.oom.group)."""
    proc = ProcTree(tmp_path / "proc")
    for pid, adj in ((5, 0), (6, -1000), (7, -999)):
        proc.add(pid, adj=adj, score=0 if adj == -1000 else 666, cgroup="0::/box\n")
    box = tmp_path / "cgroups/box"
    box.mkdir(parents=True)
    (box.parent / "cgroup.controllers").write_text("memory\n")
    (box / "cgroup.procs").write_text("5\n6\n7\n")
    (box / "memory.oom.group").write_text("1\n")
    reader = SystemReader(str(proc), str(tmp_path / "cgroups"))
    snapshot = reader.snapshot()
    (victim,) = (process for process in snapshot.processes if process.pid == 5)
    found = reader.consequences(victim, snapshot.scope, None, None)
    reader.close()
    assert (found.oom_group, found.group_pids) == ("/box", (5, 7))


WEB = "/system.slice/web.service"
ALICE = "/user.slice/user-1000.slice/user@1000.service"


class Units(dict[str, UnitFacts]):
    """What the managers say of their units."""

    def facts(self, name: str, _uid: int | None = None) -> UnitFacts | None:
        return self.get(name)


class Machine:
    """Processes 5 and 6 in a unit, and 7 in one of alice's, whose manager is 8."""

    def __init__(self, root: Path) -> None:
        self.proc, self.cgroups = ProcTree(root / "proc"), root / "cgroups"
        self.cgroups.mkdir()
        (self.cgroups / "cgroup.controllers").write_text("memory\n")
        for pid, path in ((5, WEB), (6, WEB), (7, f"{ALICE}/app.slice/app.scope"), (8, f"{ALICE}/init.scope")):
            self.proc.add(pid, cgroup=f"0::{path}\n")
            group = self.cgroups / path[1:]
            group.mkdir(parents=True, exist_ok=True)
            for above in (group, *group.parents[: path.count("/") - 1]):
                with (above / "cgroup.procs").open("a") as file:
                    file.write(f"{pid}\n" if above == group else "")
        self.reader = SystemReader(str(self.proc), str(self.cgroups))

    def counts_kills(self, path: str) -> None:
        (self.cgroups / path[1:] / "memory.events").write_text("oom_kill 0\n")

    def with_it(self, pid: int, units: Units) -> Consequences:
        snapshot = self.reader.snapshot()
        process = {process.pid: process for process in snapshot.processes}[pid]
        return self.reader.consequences(process, snapshot.scope, unit_of(process.unit_cgroup), units)  # type: ignore[arg-type]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.reader.close()


def service(name: str, policy: str, main: int | None) -> Units:
    return Units({name: UnitFacts(policy, 0, main)})  # type: ignore[arg-type]


def test_the_policy_of_a_unit_whose_kills_are_counted(machine: Machine) -> None:
    units = service("web.service", "stop", None)
    machine.counts_kills(WEB)
    assert machine.with_it(5, units) == Consequences(unit="web.service", unit_policy="stop", unit_pids=(5, 6))


def test_the_policy_of_a_unit_without_memory_accounting_has_no_effect(machine: Machine) -> None:
    """systemd can't notice the kill; it says OOMPolicy=stop nevertheless."""
    units = service("web.service", "stop", None)
    assert machine.with_it(5, units) == Consequences(unit="web.service")


@pytest.mark.parametrize(("pid", "main"), [(5, True), (6, False)])
def test_a_main_process_is_known_by_its_number(machine: Machine, pid: int, main: bool) -> None:
    machine.counts_kills(WEB)
    found = machine.with_it(pid, service("web.service", "continue", 5))
    assert found == Consequences(unit="web.service", unit_policy="continue", unit_pids=(5, 6), main=main)


def test_a_users_manager_takes_all_of_its_units_along(machine: Machine) -> None:
    units = service("user@1000.service", "continue", 8)
    found = machine.with_it(8, units)
    assert (found.unit, found.main, set(found.unit_pids)) == ("user@1000.service", True, {7, 8})
    assert machine.with_it(7, units) == Consequences(unit="app.scope")
