"""How the commands look at the system once: when they ask systemd, and what they leave open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.journal import Journal
from oomtray.cli import Failure
from oomtray.cli.monitoring import SetByHand, Units, monitoring
from oomtray.config import Settings
from oomtray.kernel.cgroups import NoMemoryCgroup
from oomtray.systemd import units as systemd
from tests.rigs.processes.proc import adj_of, start_time


class Reader:
    made = closed = 0

    def __init__(self) -> None:
        type(self).made += 1

    def facts(self, name: str, uid: int | None = None) -> tuple[str, int | None]:
        return name, uid

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> type[Reader]:
    fresh = type("Reader", (Reader,), {"made": 0, "closed": 0})
    monkeypatch.setattr(systemd, "UnitReader", fresh)
    return fresh


def test_systemd_is_asked_only_when_there_is_a_question(reader: type[Reader]) -> None:
    units = Units()
    units.close()
    assert reader.made == 0
    assert units.facts("a.service") == ("a.service", None)
    assert units.facts("b.scope", 1000) == ("b.scope", 1000)
    units.close()
    assert (reader.made, reader.closed) == (1, 1)


def test_a_scope_that_goes_away_fails_the_command() -> None:
    with pytest.raises(Failure, match="there is no memory cgroup /x"), monitoring(Settings()):
        raise NoMemoryCgroup("no-cgroup", "/x")


def test_descriptors_are_given_back() -> None:
    before = os.listdir("/proc/self/fd")
    for once in (True, False):
        with monitoring(Settings(), once=once) as monitor:
            monitor.survey()
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_value_set_from_here_is_known_again(xdg: Path) -> None:
    """The journal is only looked into where there is one."""
    assert dict(SetByHand()) == {}
    assert not (xdg / "state" / "oomtray").exists()
    started, value = start_time(os.getpid()), adj_of(os.getpid())
    change = Change(os.getpid(), started, "python", value - 1, value, done=True, error=None)
    Journal().record("protect", [change])
    assert dict(SetByHand()) == {(os.getpid(), started): value}
