"""What else is to be known of the memory: what no killing mends, and what is no danger to the machine."""

from __future__ import annotations

from typing import Any

import pytest

from oomtray.config import Thresholds
from oomtray.kernel.cgroup_state import StalledCgroup
from oomtray.kernel.snapshot import OomPolicy
from oomtray.messages.victim import notes
from oomtray.risk.conditions import conditions
from oomtray.risk.outlook import Level
from tests.facts import GIB, MIB
from tests.facts.assessments import assessment
from tests.facts.memory import memory
from tests.facts.snapshots import snapshot

PROMISED = {"commit_limit": 12 * GIB, "committed": 12 * GIB - 10 * MIB}


@pytest.mark.parametrize(
    ("facts", "policy", "ids"),
    [
        pytest.param({}, 0, [], id="an ordinary machine"),
        pytest.param({"available": None}, 0, ["left-unknown"], id="how much is left is not told"),
        pytest.param({"shmem": 13 * GIB, "available": GIB}, 0, ["files-in-memory"], id="13 GiB in tmpfs"),
        pytest.param({"shmem": GIB}, 0, [], id="a little in tmpfs"),
        pytest.param(PROMISED, 2, ["commit-limit"], id="all is promised, and promises count"),
        pytest.param(PROMISED, 0, [], id="all is promised, but promises don't count"),
        pytest.param({"stall": 45.0, "used": 50}, 0, ["stall-without-shortage"], id="a stall with plenty left"),
        pytest.param({"swap_total": 0, "swap_free": 0, "used": 85}, 0, ["no-swap"], id="memory is short, and there is no swap"),
        pytest.param({"swap_total": 0, "swap_free": 0, "used": 50}, 0, [], id="no swap, and plenty left"),
        pytest.param({"swappiness": 0, "used": 85}, 0, ["swap-unused"], id="swap that the kernel won't use"),
        pytest.param({"zram": 64 * GIB, "used": 85}, 0, ["zram-large"], id="zram four times as large as RAM"),
        pytest.param({"zram": 16 * GIB, "swappiness": 60, "used": 85}, 0, [], id="zram as large as RAM"),
        pytest.param({"stall": 45.0, "used": 85}, 0, [], id="a stall of the machine itself"),
    ],
)
def test_conditions(facts: dict[str, Any], policy: int, ids: list[str]) -> None:
    found = conditions(snapshot(memory=memory(**facts), policy=OomPolicy(0, 0, policy)), Thresholds())
    assert [condition.id for condition in found] == ids


def said(stalled: StalledCgroup | None = None, level: str = "normal", **facts: Any) -> list[str]:
    taken = snapshot(memory=memory(**facts))
    found = conditions(taken, Thresholds(), stalled)
    return [note.text for note in notes(assessment(conditions=found, level=Level(level)))]


def test_a_group_held_back_by_its_own_limit_is_named_and_the_machine_left_alone() -> None:
    box = StalledCgroup("/system.slice/docker-1.scope", 400 * MIB, 399 * MIB)
    assert said(box, stall=45.0, used=50) == [
        "docker-1.scope waits for memory: it has 399 MiB of its own 400 MiB. The machine itself has enough."
    ]


def test_nobodys_death_is_promised_to_free_files_in_memory() -> None:
    (told,) = said(level="warning", shmem=13 * GIB, available=2 * GIB)
    assert told == (
        "13.0 GiB is files in memory and shared memory, which ending a process may not free:"
        " after the next victim the kernel would kill program1002."
    )
