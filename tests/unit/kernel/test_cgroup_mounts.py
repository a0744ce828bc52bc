"""Where the memory controller is, by the mounts and by what version 2 says that it has: alone, or beside the other version."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.cgroups import MemoryCgroups, memory_mount
from oomtray.kernel.process import cgroup_paths
from tests.facts import MIB

V2, V1_MEMORY, V1_CPU, NAMED = "cgroup2 cgroup2 rw,nsdelegate", "cgroup cgroup rw,memory", "cgroup cgroup rw,cpu,cpuacct", "cgroup cgroup rw,xattr,name=systemd"


class Machine:
    """A fake /proc and /sys/fs/cgroup; `mounts` are the kinds and options of what is mounted, by the place below /sys/fs/cgroup."""

    def __init__(self, at: Path, mounts: dict[str, str], controllers: dict[str, str]) -> None:
        self.proc, self.root = at / "proc", at / "sys/fs/cgroup"
        lines = ["22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro"]
        for number, (place, what) in enumerate(mounts.items(), 30):
            point = str(self.root / place).replace(" ", "\\040")
            lines.append(f"{number} 22 0:{number} / {point} rw,nosuid shared:{number} master:2 - {what}")
            (self.root / place).mkdir(parents=True, exist_ok=True)
        for place, names in controllers.items():
            self.write(f"{place or '.'}/cgroup.controllers", names)
        (self.proc / "self").mkdir(parents=True)
        (self.proc / "self/mountinfo").write_text("\n".join(lines) + "\n")

    def write(self, name: str, value: object) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")

    @property
    def found(self) -> tuple[int, str] | None:
        mount = memory_mount(str(self.root), str(self.proc))
        return mount and (mount[0], str(Path(mount[1]).relative_to(self.root)))


@pytest.mark.parametrize(
    ("mounts", "controllers", "found"),
    [
        pytest.param({"": V2}, {"": "cpu io memory pids"}, (2, "."), id="v2 alone"),
        pytest.param({"": "tmpfs tmpfs rw", "memory": V1_MEMORY, "cpu,cpuacct": V1_CPU, "systemd": NAMED}, {}, (1, "memory"), id="v1"),
        pytest.param({"memory": V1_MEMORY, "systemd": NAMED, "unified": V2}, {"unified": "hugetlb"}, (1, "memory"), id="hybrid, memory in v1"),
        pytest.param({"cpu": V1_CPU, "systemd": NAMED, "unified": V2}, {"unified": "memory pids"}, (2, "unified"), id="hybrid, memory in unified"),
        pytest.param({"cpu": V1_CPU, "all of it": V2}, {"all of it": "memory"}, (2, "all of it"), id="a place of its own, with a space"),
        pytest.param({"cpu,memory": "cgroup cgroup rw,cpu,memory"}, {}, (1, "cpu,memory"), id="v1, two controllers in one hierarchy"),
        pytest.param({"systemd": "cgroup cgroup rw,name=memory"}, {}, None, id="a hierarchy that only has the name"),
        pytest.param({"": V2}, {"": "cpu pids"}, None, id="v2 without memory"),
        pytest.param({"cpu": V1_CPU, "unified": V2}, {"unified": ""}, None, id="nowhere: cgroup_disable=memory"),
    ],
)
def test_where_the_memory_controller_is(tmp_path: Path, mounts: dict[str, str], controllers: dict[str, str], found: object) -> None:
    assert Machine(tmp_path, mounts, controllers).found == found


def test_a_cgroup_called_memory_is_no_hierarchy(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {"": V2}, {"": "cpu"})
    machine.write("memory/cgroup.procs", "")
    assert machine.found is None


@pytest.mark.parametrize(("files", "found"), [("unified/cgroup.controllers", (2, "unified")), ("cgroup.controllers", (2, ".")), ("memory/x", (1, "memory")), ("x", None)])
def test_where_the_mounts_can_not_be_read_the_usual_places_are_tried(tmp_path: Path, files: str, found: object) -> None:
    machine = Machine(tmp_path, {}, {})
    (machine.proc / "self/mountinfo").unlink()
    machine.write(files, "memory")
    assert machine.found == found


def test_mounts_elsewhere_are_others(tmp_path: Path) -> None:
    """As a container's that a host sees."""
    machine = Machine(tmp_path, {"unified": V2}, {"unified": "memory"})
    assert memory_mount(str(machine.root / "uni"), str(machine.proc)) is None


def test_a_hybrid_hierarchy_is_judged_by_version_2(tmp_path: Path) -> None:
    """A process has its path of version 2 then, and systemd doesn't learn of kills."""
    machine = Machine(tmp_path, {"cpu": V1_CPU, "systemd": NAMED, "unified": V2}, {"unified": "memory"})
    machine.write("unified/a/memory.max", 64 * MIB)
    machine.write("unified/a/memory.events", "oom_kill 3")
    machine.write("unified/a/cgroup.procs", 7)
    groups = MemoryCgroups(str(machine.root), str(machine.proc))
    path, _ = cgroup_paths(b"3:cpu,cpuacct:/c\n1:name=systemd:/s\n0::/a\n")
    assert path == "/a"
    assert (groups.version, groups.scope(path, 0, 60).limit, groups.pids(path), groups.oom_kills(path)) == (2, 64 * MIB, [7], 3)
    assert groups.normalize(f"{machine.root}/unified/a") == "/a"
    assert not groups.counts_kills(path)
