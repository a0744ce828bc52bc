"""What ends together with a process, read from procfs and the cgroups."""

from __future__ import annotations

from pathlib import Path

from oomtray.kernel.reader import SystemReader
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
