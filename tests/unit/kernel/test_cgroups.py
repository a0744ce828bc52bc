"""The cgroup that an out-of-memory condition would strike, its total, its members and their memory, in v1 and v2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oomtray.kernel.cgroups import MemoryCgroups, NoMemoryCgroup, unit_pids
from oomtray.kernel.snapshot import PAGE_SIZE
from tests.facts import MIB


class Tree:
    def __init__(self, root, version):
        self.root, self.version = root, version
        if version == 2:
            self.write("cgroup.controllers", "cpu memory pids")
        else:
            self.write("memory/memory.limit_in_bytes", 9223372036854771712)

    def write(self, path, value):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{value}\n")

    def group(self, path, **files):
        base = path.lstrip("/") if self.version == 2 else "memory" + path
        self.write(f"{base}/cgroup.procs", "")
        for name, value in files.items():
            self.write(f"{base}/{name.replace('_', '.', 1)}", value)


@pytest.fixture(params=[1, 2], ids=["v1", "v2"])
def tree(tmp_path, request):
    return Tree(tmp_path, request.param)


@pytest.fixture
def groups(tree):
    return MemoryCgroups(str(tree.root))


def limit(tree, value):
    return {"memory_max": value} if tree.version == 2 else {"memory_limit_in_bytes": value}


def test_the_limit_is_the_total(tree, groups):
    tree.group("/a/b", **limit(tree, 128 * MIB))
    scope = groups.scope("/a/b", 0, 60)
    assert (scope.path, scope.limit, scope.total_pages) == ("/a/b", 128 * MIB, 128 * MIB // PAGE_SIZE)


@pytest.mark.parametrize(("control", "waits"), [(None, False), ("oom_kill_disable 0\nunder_oom 0", False), ("oom_kill_disable 1\nunder_oom 0", True)])
def test_whether_anybody_is_killed_at_the_limit(tree, groups, control, waits):
    """By the cgroup that has the limit, and on v1 alone."""
    files = {} if control is None else {"memory_oom_control": control}
    tree.group("/a", **limit(tree, 64 * MIB), **files)
    tree.group("/a/b", memory_oom_control="oom_kill_disable 1")
    assert groups.scope("/a/b", 0, 60).waits is (waits and tree.version == 1)


def test_the_oom_strikes_in_the_nearest_ancestor_with_a_limit(tree, groups):
    unlimited = "max" if tree.version == 2 else 9223372036854771712
    tree.group("/a", **limit(tree, 64 * MIB))
    tree.group("/a/b", **limit(tree, unlimited))
    assert groups.scope("/a/b", 0, 60).path == "/a"


def limit_of_all(tree, value):
    """The limit of a container, which is the root of its cgroup namespace; the machine's own root has no such file."""
    tree.write("memory.max" if tree.version == 2 else "memory/memory.limit_in_bytes", value)


def test_in_a_container_the_oom_strikes_in_the_container(tree, groups):
    limit_of_all(tree, 64 * MIB)
    tree.group("/a")
    assert [groups.scope(path, 0, 60).path for path in ("/a", "/")] == ["/", "/"]
    assert groups.scope("/a", 0, 60).limit == 64 * MIB


@pytest.mark.parametrize("path", ["/..", "/../a", "../.."])
def test_what_is_outside_a_container_has_not_the_containers_limit(tree, groups, path):
    limit_of_all(tree, 64 * MIB)
    tree.group("/a")
    with pytest.raises(NoMemoryCgroup, match="no-cgroup") as raised:
        groups.scope(path, 0, 60)
    assert raised.value.path == path


def test_what_a_32_bit_kernel_writes_for_no_limit_is_none(tmp_path):
    """LONG_MAX pages (include/linux/page_counter.h), which are 8 TiB of 4 KiB."""
    tree = Tree(tmp_path, 1)
    tree.group("/a", memory_limit_in_bytes=(2**31 - 1) * PAGE_SIZE)
    with pytest.raises(NoMemoryCgroup, match="no-limit"):
        MemoryCgroups(str(tmp_path)).scope("/a", 0, 60)


def test_without_a_limit_anywhere_there_is_no_scope(tree, groups):
    tree.group("/a", **limit(tree, "max" if tree.version == 2 else 9223372036854771712))
    with pytest.raises(NoMemoryCgroup, match="no-limit"):
        groups.scope("/a", 0, 60)


@pytest.mark.parametrize("path", ["/nowhere", "../../etc", ""], ids=repr)
def test_a_path_that_is_no_cgroup(groups, path):
    with pytest.raises(NoMemoryCgroup):
        groups.scope(path, 0, 60)


def test_the_directory_is_taken_as_well(tree, groups):
    tree.group("/a", **limit(tree, MIB))
    directory = tree.root / "a" if tree.version == 2 else tree.root / "memory" / "a"
    assert groups.scope(str(directory), 0, 60).path == "/a"


@pytest.mark.parametrize(
    ("version", "files", "swappiness", "extra"),
    [
        pytest.param(2, {"memory_swap.max": 32 * MIB}, 60, 32 * MIB, id="v2-own-swap-limit"),
        pytest.param(2, {"memory_swap.max": "max"}, 60, 1024 * MIB, id="v2-all-swap"),
        pytest.param(2, {"memory_swap.max": 32 * MIB}, 0, 0, id="v2-swappiness-0"),
        pytest.param(1, {"memory_memsw.limit_in_bytes": 160 * MIB, "memory_swappiness": 60}, 60, 32 * MIB, id="v1-memsw"),
        pytest.param(1, {"memory_memsw.limit_in_bytes": 160 * MIB, "memory_swappiness": 0}, 60, 0, id="v1-swappiness-0"),
        pytest.param(1, {"memory_swappiness": 60}, 60, 1024 * MIB, id="v1-swap-not-accounted"),
    ],
)
def test_swap_counts_as_far_as_the_cgroup_may_use_it(tmp_path, version, files, swappiness, extra):
    tree = Tree(tmp_path, version)
    tree.group("/a", **limit(tree, 128 * MIB), **files)
    scope = MemoryCgroups(str(tmp_path)).scope("/a", 1024 * MIB, swappiness)
    assert scope.total_pages == (128 * MIB + extra) // PAGE_SIZE


def test_members_of_the_cgroup_and_all_below(tree, groups):
    tree.group("/a", cgroup_procs="10\n11")
    tree.group("/a/b/c", cgroup_procs="12")
    tree.group("/ab", cgroup_procs="13")
    assert sorted(groups.pids("/a")) == [10, 11, 12]


def test_charged_memory_is_anonymous_shared_and_swapped(tree, groups):
    if tree.version == 2:
        tree.group("/a", memory_stat="anon 100\nfile 999\nshmem 20\n", **{"memory_swap.current": 3})
    else:
        tree.group("/a", memory_stat="rss 1\ntotal_rss 100\ntotal_cache 999\ntotal_shmem 20\ntotal_swap 3\n")
    charged = groups.charged("/a", 7.5)
    assert (charged.memory, charged.read_at) == (123, 7.5)
    assert groups.charged("/none", 7.5) is None


def test_the_topmost_oom_group_counts(tmp_path):
    tree = Tree(tmp_path, 2)
    tree.group("/a")
    tree.group("/a/b", **{"memory_oom.group": 1})
    tree.group("/a/b/c", **{"memory_oom.group": 1})
    groups = MemoryCgroups(str(tmp_path))
    assert groups.oom_group("/a/b/c") == "/a/b"
    assert groups.oom_group("/a/b/c", top="/a/b/c") == "/a/b/c", "an OOM inside doesn't reach above its own cgroup"
    assert groups.oom_group("/a") is None


def test_a_container_may_be_an_oom_group_as_a_whole(tmp_path):
    tree = Tree(tmp_path, 2)
    tree.group("/a")
    tree.write("memory.oom.group", 1)
    groups = MemoryCgroups(str(tmp_path))
    assert [groups.oom_group(path) for path in ("/a", "/", "/../a")] == ["/", "/", None]


@pytest.mark.parametrize("base", ["", "systemd", "unified"], ids=["v2", "v1", "hybrid"])
def test_pids_of_a_unit(tmp_path, base):
    unit = tmp_path / base / "user.slice" / "x.scope"
    unit.mkdir(parents=True)
    (unit / "cgroup.procs").write_text("5\n0\n6\n")
    assert unit_pids(str(tmp_path), "/user.slice/x.scope") == (5, 6)


def test_groups_nested_deeper_than_the_stack_are_read(tmp_path):
    """As deep as a path can name them: whoever is lent a group may make them."""
    depth = sys.getrecursionlimit() + 100
    here = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir("a", dir_fd=here)
            below = os.open("a", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        inner = str(tmp_path) + "/a" * depth
        assert len(inner) < 4000
        (tmp_path / "cgroup.procs").write_text("5\n")
        Path(inner, "cgroup.procs").write_text("6\n")
        assert unit_pids(str(tmp_path), "") == (5, 6)
    finally:
        os.close(here)
        subprocess.run(["rm", "-r", str(tmp_path / "a")], check=True)  # shutil's would call itself as often
