"""By `make proof`: a global kill is noticed on Linux 6.1, where no user is told who died, and the likely victim is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.guest.commands import answer, oomtray
from tests.guest.conftest import STATE
from tests.guest.draws import Outcome, check, crowd
from tests.rigs.debian.debian_tree import ALICE
from tests.rigs.guest import Guest
from tests.rigs.processes.programs import wait_for

pytestmark = pytest.mark.guest

CROWD_MB = 200
SLOW = 240.0
"""Seconds for what an emulated machine takes long for, the more so while the real one is busy."""
WATCHED = "watched"
WATCHES = "PYTHONPATH=/src setsid python3 -m oomtray watch --json -i 1 -n 200 </dev/null >{file} 2>&1 &"


@pytest.fixture(scope="session")
def watched(running_guest: Guest) -> Guest:
    """The guest with alice's `watch` running in the state WATCHED: it takes long to start on an emulated machine."""
    running_guest.restore(STATE)
    running_guest.run_as(ALICE, WATCHES.format(file=_file(ALICE)))
    wait_for(lambda: seen_by(running_guest, ALICE), "the first reading", SLOW)
    running_guest.save(WATCHED)
    return running_guest


def seen_by(guest: Guest, user: str) -> set[int]:
    lines = guest.run_as(user, f"tail -n 1 {_file(user)}").out.splitlines()
    try:
        return {row["pid"] for row in json.loads(lines[-1])["processes"]} if lines else set()
    except ValueError:  # it was just being written
        return set()


def recorded(guest: Guest, user: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = answer(oomtray(guest, "kills", "--json", user=user))["events"]
    return events


def noticed(guest: Guest, user: str, seeds: range) -> Iterator[tuple[Outcome, dict[str, Any]]]:
    """Each kill that memory running out brings, beside what the record of `user` says of it."""
    for seed in seeds:
        random = Random(seed)
        guest.restore(WATCHED)
        hogs = [
            guest.hog(program.mb, user=ALICE, adj=program.adj, name=program.name) for program in crowd(random, CROWD_MB)
        ]
        wait_for(lambda hogs=hogs: {hog.pid for hog in hogs} <= seen_by(guest, user), "all to be seen", SLOW)
        kill = guest.run_out_of_memory()[0]
        events = wait_for(lambda: recorded(guest, user), "the kill in the record", SLOW)
        victims = frozenset(victim["pid"] for victim in events[0]["victims"])
        crowd_told = ", ".join(f"{hog.pid} {hog.name}" for hog in hogs)
        yield Outcome(seed, victims, kill.pid, crowd_told), events[0]


def _file(user: str) -> str:
    return f"/tmp/watch-{user}.json"


def outcomes(guest: Guest, user: str, seeds: range, certainty: str) -> Iterator[Outcome]:
    for outcome, event in noticed(guest, user, seeds):
        assert event["certainty"] == certainty, event
        yield outcome


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_without_a_log_the_victim_is_likely(watched: Guest) -> None:
    check(outcomes(watched, ALICE, range(1), "likely"), 1)


@pytest.mark.proof
@pytest.mark.timeout(0)
def test_without_a_log_the_likely_victim_is_right(watched: Guest) -> None:
    check(outcomes(watched, ALICE, range(1, 41), "likely"), 0.95)
