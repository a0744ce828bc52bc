"""The memory-cgroup rig itself: the kernel really kills there, and it takes whom badness in the cgroup names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rigs.memcg import MIB, MemoryCgroup

pytestmark = pytest.mark.system

LIMIT = 144 * MIB
TRIGGER_GROWS = 64
"""MiB; more than the limit leaves, less than any victim and the rest give back, so that one death is enough."""


@pytest.mark.parametrize(
    ("adjs", "victim"),
    [
        pytest.param((0, 0, 0), "large", id="the-biggest-when-nothing-is-adjusted"),
        pytest.param((0, 300, 0), "middle", id="plus-300-outweighs-24-MiB"),
        pytest.param((600, 300, 0), "small", id="the-smallest-when-its-adj-says-so"),
        pytest.param((100, 100, 100), "large", id="the-same-adj-for-all-changes-nothing"),
        pytest.param((100, 300, 250), "large", id="a-little-more-size-beats-a-little-more-adj"),
    ],
)
def test_the_kernel_kills_the_highest_badness_of_the_cgroup(adjs: tuple[int, int, int], victim: str) -> None:
    with MemoryCgroup(LIMIT) as group:
        sizes = zip(("small", "middle", "large"), (24, 36, 60), adjs, strict=True)
        hogs = {name: group.hog(mb, adj, name) for name, mb, adj in sizes}
        trigger = group.hog(1, 0, "trigger")
        predicted = max(hogs.values(), key=lambda hog: hog.badness(group.total_pages))

        died = group.kill_by(trigger, grow=24)

        assert died.name == predicted.name == victim
        assert group.oom_kills() == 1


def test_a_limit_above_rules_the_groups_below() -> None:
    with MemoryCgroup(96 * MIB) as parent:
        left, right = parent.child(96 * MIB), parent.child(96 * MIB)
        left.hog(50, 0, "left")
        right.hog(20, 0, "right")
        trigger = right.hog(1, 0, "trigger")

        assert parent.kill_by(trigger, grow=30).name == "left"
        assert (left.oom_kills(), right.oom_kills()) == (1, 0)


def test_nothing_is_left_behind() -> None:
    with MemoryCgroup(32 * MIB) as group:
        below = group.child(16 * MIB)
        pids = [below.hog(4).pid, below.hog(4).pid]
        assert sorted(below.pids()) == sorted(pids)
        assert Path(f"/proc/{pids[0]}/cgroup").read_text().count(below.path) == 1
    assert not group.dir.exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_limit_that_would_press_the_machine_is_refused() -> None:
    with pytest.raises(AssertionError, match="press the machine"):
        MemoryCgroup(512 * MIB)
