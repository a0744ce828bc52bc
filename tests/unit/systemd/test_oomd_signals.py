"""Specifies that what systemd-oomd tells of its kills is taken from it alone, on a real bus."""

from __future__ import annotations

import array
import fcntl
import select
import termios
from collections.abc import Iterator

import pytest

from oomtray.dbus.connection import CHUNK
from oomtray.systemd.oomd_signals import OomdSignals
from tests.rigs.bus.peers import Peer, PrivateBus, serving
from tests.rigs.processes.programs import wait_for

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


def test_a_kill_that_comes_in_while_the_bus_is_asked_who_tells_is_told(oomd: Peer, signals: OomdSignals) -> None:
    """The second one comes in with the answer, for it is longer than what is left of one read."""
    long = "x" * (CHUNK - 1024)
    for path in (PATH, "/user.slice/b.scope"):
        oomd.emit(*WHERE, "Killed", "ss", (path, long))
    wait_for(lambda: _waiting(signals) > 2 * len(long), "both to be there")

    assert signals.read() == [PATH, "/user.slice/b.scope"]


def _waiting(signals: OomdSignals) -> int:
    """Bytes that have come in and are not read."""
    count = array.array("i", [0])
    fcntl.ioctl(signals.fileno(), termios.FIONREAD, count)
    return count[0]


def test_what_another_program_says_is_not_believed(private_bus: PrivateBus, oomd: Peer, signals: OomdSignals) -> None:
    other = private_bus.peer()
    other.emit(*WHERE, "Killed", "ss", (PATH, "memory-pressure"), to=signals._connection.unique_name)
    wait(signals)
    assert signals.read() == []


def test_a_bus_that_goes_is_given_up(private_bus: PrivateBus, oomd: Peer, signals: OomdSignals) -> None:
    private_bus.stop()
    wait(signals)
    assert signals.read() == []
    assert signals.lost
