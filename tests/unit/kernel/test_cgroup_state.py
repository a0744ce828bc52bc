"""A cgroup is judged within its own limit, and a stall of the machine is traced to the cgroup that it comes from."""

from __future__ import annotations

from oomtray.kernel.cgroup_state import StalledCgroup, stalled, within_limit
from oomtray.kernel.cgroups import MemoryCgroups
from tests.facts import MIB
from tests.unit.kernel.test_cgroups import Tree, groups, limit, tree  # noqa: F401


def pressure(full: float) -> str:
    return f"some avg10={full + 1:.2f} avg60=0.00 avg300=0.00 total=1\nfull avg10={full:.2f} avg60=0.00 avg300=0.00 total=1"


def test_a_group_at_92_of_100_mib_has_8_left(tree, groups):  # noqa: F811
    v2 = tree.version == 2
    cache = {"active_file": 3 * MIB, "inactive_file": MIB}
    stat = "\n".join(f"{'' if v2 else 'total_'}{key} {value}" for key, value in cache.items())
    usage = {"memory_current" if v2 else "memory_usage_in_bytes": 96 * MIB}
    tree.group("/a", **limit(tree, 100 * MIB), **usage, memory_stat=stat)
    found = within_limit(groups, groups.scope("/a", 0, 60))
    assert found is not None
    assert (found.total, found.available, found.used_percent) == (100 * MIB, 8 * MIB, 92.0)


def test_the_stalled_group_is_named_by_its_innermost_path(tmp_path):
    tree = Tree(tmp_path, 2)  # noqa: F811
    tree.group("/system.slice", memory_pressure=pressure(45))
    tree.group("/system.slice/calm.service", memory_pressure=pressure(0))
    tree.group("/system.slice/docker-1.scope", memory_pressure=pressure(60), memory_max=512 * MIB, memory_high=400 * MIB,
               memory_current=399 * MIB)  # fmt: skip
    tree.group("/user.slice", memory_pressure=pressure(2))
    assert stalled(MemoryCgroups(str(tmp_path)), 5.0) == StalledCgroup("/system.slice/docker-1.scope", 400 * MIB, 399 * MIB)


def test_a_stall_of_nobody_in_particular_names_no_group(tmp_path):
    tree = Tree(tmp_path, 2)  # noqa: F811
    tree.group("/system.slice", memory_pressure=pressure(1))
    assert stalled(MemoryCgroups(str(tmp_path)), 5.0) is None
    assert stalled(MemoryCgroups(str(tmp_path / "nowhere")), 5.0) is None
