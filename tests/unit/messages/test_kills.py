"""Specifies what is said of a kill in the terminal, below its headline."""

from __future__ import annotations

import pytest

from oomtray.messages.kills import details
from oomtray.risk.kill_event import KillEvent, KillScope
from oomtray.risk.postmortem import Cause
from tests.facts import MIB

BOX = KillScope(kind="cgroup", path=r"/user.slice/app-oomtray\x2ddrill-1.scope", limit=64 * MIB)
LIMIT = "app-oomtray-drill-1.scope had reached its memory limit of 64.0 MiB."


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        pytest.param(BOX, [LIMIT], id="a cgroup's limit"),
        pytest.param(KillScope(kind="system"), [], id="the machine's memory"),
        pytest.param(None, [], id="not known"),
    ],
)
def test_which_limit_was_reached_is_said(scope: KillScope | None, says: list[str]) -> None:
    assert details(KillEvent(time=1.0, killer="kernel", outcome="likely", scope=scope)) == says


def test_a_limit_that_is_the_cause_is_told_once() -> None:
    cause = Cause("misconfiguration", "medium", {"limit": 64 * MIB}, "raise-memory-max")
    told = details(KillEvent(time=1.0, killer="kernel", outcome="killed", scope=BOX, cause=cause))
    assert sum("64.0" in sentence for sentence in told) == 1
