"""`--cgroup`: a group is ranked among its own processes, against the limit that would strike it."""

from __future__ import annotations

import os

import pytest

from tests.rigs.commands.program import oomtray
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable
from tests.system.reading import report, row

pytestmark = pytest.mark.system


def test_a_cgroup_ranks_its_own_tasks_against_its_limit(group: MemoryCgroup) -> None:
    big, small = group.hog(40, name="big"), group.hog(20, name="small", adj=300)
    got = report("list", "--cgroup", group.path)
    assert got["scope"]["path"] == group.path
    assert got["scope"]["limit"] == group.limit
    total = got["scope"]["total_pages"]
    assert total == group.total_pages or got["memory"]["swap_total"]
    assert [(p["pid"], p["rank"], p["name"]) for p in got["processes"]] == [
        (small.pid, 1, "small"),
        (big.pid, 2, "big"),
    ]
    for hog in (big, small):
        assert row(got, hog.pid)["badness"] == hog.badness(total)


def test_a_group_without_a_limit_counts_against_the_nearest_above(group: MemoryCgroup) -> None:
    below = group.child(64 * MIB)
    below.write(
        "memory.max" if below.version == 2 else "memory.limit_in_bytes", "max" if below.version == 2 else -1
    )
    hog = below.hog(10)
    got = report("list", "--cgroup", below.path)
    assert (got["scope"]["path"], got["scope"]["limit"]) == (group.path, group.limit)
    assert [process["pid"] for process in got["processes"]] == [hog.pid]


def test_a_process_is_found_however_deep_it_lies(group: MemoryCgroup) -> None:
    """No directory can be named by a path of more than 4095 bytes, and the kernel shows no more of one (PATH_MAX)."""
    name, depth, hog = "x" * 250, 20, group.hog(10)
    above = [os.open(group.dir, os.O_PATH)]
    try:
        for _ in range(depth):
            os.mkdir(name, dir_fd=above[-1])
            above.append(os.open(name, os.O_PATH, dir_fd=above[-1]))
        procs = os.open("cgroup.procs", os.O_WRONLY, dir_fd=above[-1])
        os.write(procs, str(hog.pid).encode())
        os.close(procs)
        got = report("list", "--cgroup", group.path)
        assert [process["pid"] for process in got["processes"]] == [hog.pid]
    finally:
        group.write("cgroup.procs", hog.pid)
        while len(above) > 1:
            os.close(above.pop())
            os.rmdir(name, dir_fd=above[-1])
        os.close(above[0])


def test_an_empty_cgroup_has_no_victim(group: MemoryCgroup) -> None:
    got = report("list", "--cgroup", group.path)
    assert (got["processes"], got["next_victim"]) == ([], None)
    assert "no process" in oomtray("list", "--cgroup", group.path).stdout


def test_where_its_processes_wait_nobody_is_next(group: MemoryCgroup) -> None:
    if group.version == 2:
        raise RigUnavailable("cgroup v2 always kills")
    hog = group.hog(20)
    group.write("memory.oom_control", 1)
    got = report("list", "--cgroup", group.path)
    assert (got["next_victim"], got["killers"][0]["next"], got["killers"][0]["idle_because"]) == (None, [], "switched-off")
    assert (row(got, hog.pid)["rank"], "next-victim" in row(got, hog.pid)["reasons"]) == (1, False)
    assert report("list", "--until", "10M", "--cgroup", group.path)["processes"] == []
    assert "its processes would wait" in oomtray("list", "--cgroup", group.path).stdout


def test_a_cgroup_nearly_at_its_limit_is_critical_though_the_machine_is_not(group: MemoryCgroup) -> None:
    group.hog(118)
    document = report("list", "--cgroup", group.path)
    assert document["level"] == "critical"
    assert "is nearly gone in" in oomtray("list", "--cgroup", group.path).stdout
    assert report("list")["level"] == "normal"
