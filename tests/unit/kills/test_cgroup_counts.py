"""Specifies how many kills in a cgroup are still to be explained."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.cgroups import MemoryCgroups
from oomtray.kills.cgroup_counts import CgroupKills


class Hierarchy:
    """Cgroups (v2) whose kills are set by the test."""

    def __init__(self, root: Path) -> None:
        self._root = root
        (root / "cgroup.controllers").write_text("cpu memory\n")

    def killed(self, path: str, count: int) -> None:
        directory = self._root / path.strip("/")
        directory.mkdir(exist_ok=True)
        (directory / "memory.events.local").write_text(f"low 0\nhigh 0\nmax 9\noom 3\noom_kill {count}\n")

    def gone(self, path: str) -> None:
        (self._root / path.strip("/") / "memory.events.local").unlink()

    def made_anew(self, path: str, count: int) -> None:
        """Remove it and make another of the same name, as a restart of its service does."""
        directory = self._root / path.strip("/")
        directory.rename(self._root / f"removed{path.replace('/', '-')}")  # it still exists, so its inode isn't given again
        self.killed(path, count)

    def kills(self) -> CgroupKills:
        return CgroupKills(MemoryCgroups(str(self._root)))


@pytest.fixture
def cgroups(tmp_path: Path) -> Hierarchy:
    return Hierarchy(tmp_path)


def test_what_was_killed_before_the_first_look_is_not_left(cgroups: Hierarchy) -> None:
    cgroups.killed("/build", 5)
    kills = cgroups.kills()
    kills.see(["/build"])
    assert kills.left("/build") == 0

    cgroups.killed("/build", 7)
    kills.see(["/build"])

    assert kills.left("/build") == 2


def test_each_that_is_accounted_for_leaves_one_less(cgroups: Hierarchy) -> None:
    cgroups.killed("/build", 0)
    kills = cgroups.kills()
    kills.see(["/build"])
    cgroups.killed("/build", 2)

    assert kills.account("/build")

    assert kills.left("/build") == 1


@pytest.mark.parametrize(("count", "left"), [pytest.param(0, 0, id="none of its kills"), pytest.param(3, None, id="no telling which")])
def test_of_one_that_was_never_seen(cgroups: Hierarchy, count: int, left: int | None) -> None:
    cgroups.killed("/build", count)
    assert cgroups.kills().left("/build") == left


def test_one_that_was_never_seen_counts_from_its_first_kill_on(cgroups: Hierarchy) -> None:
    cgroups.killed("/build", 3)
    kills = cgroups.kills()

    assert not kills.account("/build")

    cgroups.killed("/build", 4)
    assert kills.left("/build") == 1


def test_one_that_is_gone_is_dropped_when_all_begin_anew(cgroups: Hierarchy) -> None:
    cgroups.killed("/build", 1)
    cgroups.killed("/test", 1)
    kills = cgroups.kills()
    kills.see(["/build", "/test"])
    cgroups.killed("/build", 2)
    cgroups.gone("/test")
    assert kills.left("/test") is None

    kills.begin_anew(kills.read())

    assert [count for _, count in kills.accounted.values()] == [2]


def test_in_one_made_anew_all_kills_are_left(cgroups: Hierarchy) -> None:
    cgroups.killed("/shop.service", 0)
    kills = cgroups.kills()
    kills.see(["/shop.service"])
    cgroups.killed("/shop.service", 1)
    kills.account("/shop.service")
    kills.begin_anew(kills.read())

    cgroups.made_anew("/shop.service", 1)

    assert kills.left("/shop.service") == 1
    assert kills.account("/shop.service")
    assert kills.left("/shop.service") == 0
    kills.begin_anew(kills.read())
    assert [count for _, count in kills.accounted.values()] == [1]


def test_one_made_anew_does_not_tell_that_nobody_was_killed_in_the_one_before(cgroups: Hierarchy) -> None:
    """systemd restarts a killed service after a tenth of a second, before it is known that no other process ends."""
    cgroups.killed("/shop.service", 0)
    kills = cgroups.kills()
    kills.see(["/shop.service"])
    cgroups.killed("/shop.service", 1)
    cgroups.made_anew("/shop.service", 0)

    assert kills.left("/shop.service") is None
    assert not kills.account("/shop.service")

    cgroups.killed("/shop.service", 1)
    assert kills.left("/shop.service") == 1
