"""Unit facts over D-Bus: what a manager is asked, how long an answer is remembered, and when asking is given up.

The manager is the test's own, on a real bus. What a real systemd answers is in tests/system/test_systemd_units.py.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from oomtray.systemd.units import UnitFacts, UnitReader, manager_address
from tests.rigs.bus.peers import Peer, PrivateBus, serving

NAME = "org.freedesktop.systemd1"
UNKNOWN = "org.freedesktop.DBus.Error.UnknownProperty"
SERVICE = {
    "OOMPolicy": ("s", "stop"),
    "OOMScoreAdjust": ("i", -500),
    "Version": ("s", "252.39-1~deb12u1"),
}


class Manager:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.properties: dict[str, object] = dict(SERVICE)
        self.units = {"db.service", "app.scope"}
        peer.answers = {"GetUnit": self._unit, "Get": self._get}

    def _unit(self, name: str):
        return ("o", ("/unit",)) if name in self.units else f"{NAME}.NoSuchUnit"

    def _get(self, _interface: str, name: str):
        value = self.properties.get(name, UNKNOWN)
        return value if isinstance(value, str) or value is None else ("v", (value,))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def manager(private_bus: PrivateBus) -> Iterator[Manager]:
    manager = Manager(private_bus.peer(NAME))
    with serving(manager.peer):
        yield manager


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(private_bus: PrivateBus, clock: Clock) -> Iterator[UnitReader]:
    reader = UnitReader(lambda _: private_bus.address, timeout=5, clock=clock)
    yield reader
    reader.close()


def test_all_facts_of_a_service(manager: Manager, reader: UnitReader) -> None:
    assert reader.facts("db.service") == UnitFacts(oom_policy="stop", oom_score_adjust=-500)


@pytest.mark.parametrize(
    ("name", "prop", "value", "fact", "expected"),
    [
        ("db.service", "OOMPolicy", UNKNOWN, "oom_policy", None),
        ("app.scope", "OOMPolicy", UNKNOWN, "oom_policy", "continue"),
        ("app.scope", "OOMPolicy", "org.freedesktop.DBus.Error.AccessDenied", "oom_policy", None),
        ("app.scope", "OOMPolicy", ("s", "kill"), "oom_policy", "kill"),
        ("db.service", "OOMPolicy", ("s", "something-new"), "oom_policy", None),
        ("db.service", "OOMPolicy", ("i", 3), "oom_policy", None),
        ("app.scope", "OOMScoreAdjust", ("i", 0), "oom_score_adjust", None),
        ("db.service", "OOMScoreAdjust", ("i", 0), "oom_score_adjust", 0),
        ("db.service", "OOMScoreAdjust", UNKNOWN, "oom_score_adjust", None),
    ],
)
def test_what_a_manager_does_not_tell_is_unknown(
    manager: Manager, reader: UnitReader, name: str, prop: str, value: object, fact: str, expected: object
) -> None:
    manager.properties[prop] = value
    assert getattr(reader.facts(name), fact) == expected


@pytest.mark.parametrize(
    ("name", "told", "stops_with"),
    [
        pytest.param("db.service", {}, 4711, id="systemd ends all others of a service after its main process"),
        pytest.param("db.service", {"KillMode": ("s", "mixed")}, 4711, id="in one way or another"),
        pytest.param("db.service", {"KillMode": ("s", "process")}, None, id="KillMode=process: they go on"),
        pytest.param("db.service", {"ExitType": ("s", "cgroup")}, None, id="ExitType=cgroup: it goes on while any lives"),
        pytest.param("db.service", {"ExitType": UNKNOWN}, 4711, id="before 250"),
        pytest.param("db.service", {"MainPID": ("u", 0)}, None, id="it has no main process"),
        pytest.param("db.service", {"KillMode": UNKNOWN}, None, id="unknown"),
        pytest.param("app.scope", {}, None, id="a scope has no main process"),
    ],
)
def test_after_whom_a_service_ends(
    manager: Manager, reader: UnitReader, name: str, told: dict[str, object], stops_with: int | None
) -> None:
    manager.properties |= {"MainPID": ("u", 4711), "KillMode": ("s", "control-group"), "ExitType": ("s", "main"), **told}
    facts = reader.facts(name)
    assert facts is not None
    assert facts.stops_with == stops_with


@pytest.mark.parametrize("name", ["gone.service", "x.slice", "rubbish", ""])
def test_what_is_no_loaded_service_or_scope_has_no_facts(
    manager: Manager, reader: UnitReader, name: str
) -> None:
    assert reader.facts(name) is None


def test_an_answer_is_remembered_for_a_while(manager: Manager, reader: UnitReader, clock: Clock) -> None:
    reader.facts("db.service")
    manager.properties["OOMPolicy"] = ("s", "continue")
    clock.now += 29
    assert reader.facts("db.service").oom_policy == "stop"
    clock.now += 2
    assert reader.facts("db.service").oom_policy == "continue"


def test_that_there_is_no_answer_is_not_remembered_for_long(
    private_bus: PrivateBus, reader: UnitReader, clock: Clock
) -> None:
    assert reader.facts("db.service") is None
    with serving(Manager(private_bus.peer(NAME)).peer):
        clock.now += 3
        assert reader.facts("db.service") is not None


@pytest.mark.parametrize(
    ("told", "version"),
    [("252.39-1~deb12u1", 252), ("v255", 255), ("257~rc1", 257), ("", None), ("systemd", None)],
)
def test_the_version(manager: Manager, reader: UnitReader, told: str, version: int | None) -> None:
    manager.properties["Version"] = ("s", told)
    assert reader.manager_version() == version


def test_a_silent_manager_is_left_alone_for_a_while(private_bus: PrivateBus, clock: Clock) -> None:
    peer = private_bus.peer(NAME)
    reader = UnitReader(lambda _: private_bus.address, timeout=1, clock=clock)
    with serving(peer):
        assert reader.facts("db.service") is None
        for n in range(20):
            assert reader.facts(f"{n}.service") is None
        assert len(peer.called("GetUnit")) == 1
    manager = Manager(peer)
    clock.now += 61
    reader = UnitReader(lambda _: private_bus.address, timeout=5, clock=clock)
    with serving(manager.peer):
        assert reader.facts("db.service") is not None
    reader.close()


def test_a_late_answer_is_not_taken_for_the_next(private_bus: PrivateBus, clock: Clock) -> None:
    manager = Manager(private_bus.peer(NAME))
    reader = UnitReader(lambda _: private_bus.address, timeout=1, patience=0, clock=clock)
    assert reader.facts("db.service") is None  # nobody serves yet: the question waits
    reader.close()
    with serving(manager.peer):
        reader = UnitReader(lambda _: private_bus.address, timeout=5, clock=clock)
        assert reader.facts("app.scope") == UnitFacts(oom_policy="stop", oom_score_adjust=None)
    reader.close()


def test_a_bus_that_dies_is_come_back_to(
    private_bus: PrivateBus, manager: Manager, reader: UnitReader, clock: Clock
) -> None:
    assert reader.facts("db.service") is not None
    private_bus.stop()
    clock.now += 31
    assert reader.facts("db.service") is None
    private_bus.start()
    clock.now += 61
    again = Manager(private_bus.peer(NAME))
    with serving(again.peer):
        assert reader.facts("db.service") is not None


def test_without_a_systemd_there_are_no_facts_and_nothing_is_started(
    private_bus: PrivateBus, reader: UnitReader
) -> None:
    assert reader.facts("db.service") is None
    assert reader.manager_version() is None


def test_each_manager_is_asked_for_its_own(private_bus: PrivateBus, manager: Manager) -> None:
    asked: list[int | None] = []

    def address(uid: int | None) -> str | None:
        asked.append(uid)
        return private_bus.address if uid is None else None

    reader = UnitReader(address, timeout=5)
    assert reader.facts("db.service", 1234) is None
    assert reader.facts("db.service") is not None
    assert asked == [1234, None]
    reader.close()


def test_another_users_manager_can_not_be_reached() -> None:
    assert manager_address(os.geteuid() + 1) is None
    assert manager_address(None) is not None


def test_it_works_in_a_thread_of_its_own(manager: Manager, reader: UnitReader) -> None:
    found: list[UnitFacts | None] = []
    thread = threading.Thread(target=lambda: found.append(reader.facts("db.service")))
    thread.start()
    thread.join()
    assert found[0] is not None


def test_how_a_unit_has_ended_is_asked_anew(manager: Manager, reader: UnitReader) -> None:
    for result in ("success", "oom-kill"):
        manager.properties["Result"] = ("s", result)
        assert reader.result("db.service") == result
    assert reader.result("gone.service") is None
    assert reader.result("a.slice") is None
