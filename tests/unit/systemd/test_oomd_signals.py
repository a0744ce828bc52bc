"""Specifies that what systemd-oomd tells of its kills is taken from it alone, on a real bus."""

from __future__ import annotations

import select
from collections.abc import Iterator

import pytest

from oomtray.systemd.oomd_signals import OomdSignals
from tests.rigs.bus.peers import Peer, PrivateBus, serving

NAME = "org.freedesktop.oom1"
WHERE = "/org/freedesktop/oom1", "org.freedesktop.oom1.Manager"
PATH = "/user.slice/app-firefox-7.scope"


@pytest.fixture
def oomd(private_bus: PrivateBus) -> Iterator[Peer]:
    peer = private_bus.peer(NAME)
    with serving(peer):
        yield peer


@pytest.fixture
def signals(private_bus: PrivateBus, oomd: Peer) -> Iterator[OomdSignals]:
    signals = OomdSignals(private_bus.address)
    yield signals
    signals.close()


def wait(signals: OomdSignals) -> None:
    poll = select.poll()
    poll.register(signals.fileno(), select.POLLIN)
    assert poll.poll(10_000)


def test_a_kill_is_told_by_its_control_group(oomd: Peer, signals: OomdSignals) -> None:
    assert signals.read() == []
    oomd.emit(*WHERE, "Killed", "ss", (PATH, "memory-pressure"))
    wait(signals)
    assert signals.read() == [PATH]
    assert signals.read() == []


def test_what_another_program_says_is_not_believed(private_bus: PrivateBus, oomd: Peer, signals: OomdSignals) -> None:
    other = private_bus.peer()
    other.emit(*WHERE, "Killed", "ss", (PATH, "memory-pressure"), to=str(signals.unique_name))
    wait(signals)
    assert signals.read() == []


def test_a_bus_that_goes_is_given_up(private_bus: PrivateBus, oomd: Peer, signals: OomdSignals) -> None:
    private_bus.stop()
    wait(signals)
    assert signals.read() == []
    assert signals.lost
