"""Whom `list` names just before is whom low-memory-monitor has the kernel take when everything waits for memory.

Random machines, drawn from seeds: one here, twenty by `make proof`.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.guest.commands import said_at_once
from tests.guest.conftest import LOADED
from tests.guest.draws import Outcome, check, crowd, killer_named
from tests.guest.test_killers_truth import CROWD_MB, described
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest
from tests.rigs.processes.programs import wait_for

pytestmark = [pytest.mark.guest, pytest.mark.timeout(600)]

CONFIG = "/etc/low-memory-monitor.conf"


def kills(guest: Guest, seeds: range) -> Iterator[Outcome]:
    """One small program waits for memory all the time, held back by its control group: nothing else runs, so all wait."""
    for seed in seeds:
        random = Random(seed)
        guest.restore(LOADED)
        guest.push({CONFIG: "[Configuration]\nTriggerKernelOom=true\n"})
        user = random.choice(["root", ALICE])
        for program in crowd(random, CROWD_MB):
            guest.hog(program.mb, user=user, adj=program.adj, name=program.name)
        guest.sh("systemctl start low-memory-monitor")
        [report] = said_at_once(guest, "list", "--json", "--all")
        said = killer_named(report, "low-memory-monitor")
        assert said["idle_because"] is None, said
        guest.sh("echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir /sys/fs/cgroup/stalls")
        guest.sh("echo 4M >/sys/fs/cgroup/stalls/memory.high")
        waits = guest.hog(2, cgroup="/stalls", adj=-900, name="waits")
        waits.grow(40)
        kill = wait_for(guest.kills, "the kernel's report", timeout=120)[0]
        named = {*said["next"], *report["next_victim"]["near"]}
        yield Outcome(seed, frozenset(named), kill.pid, described(report))


def test_it_has_the_kernel_take_whom_we_name(loaded_guest: Guest) -> None:
    check(kills(loaded_guest, range(1)), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_it_has_the_kernel_take_whom_we_name_many_times(loaded_guest: Guest) -> None:
    check(kills(loaded_guest, range(1, 21)), 0.95)


@pytest.mark.proof
def test_without_its_setting_it_kills_nobody(loaded_guest: Guest) -> None:
    loaded_guest.restore(LOADED)
    loaded_guest.sh(f"rm -f {CONFIG} && systemctl start low-memory-monitor")
    [report] = said_at_once(loaded_guest, "list", "--json", "--all")
    assert killer_named(report, "low-memory-monitor")["idle_because"] == "switched-off"
    assert report["next_victim"]["killer"] == "kernel"
