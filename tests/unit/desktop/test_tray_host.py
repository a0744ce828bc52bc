"""Who shows tray icons; against a real dbus-daemon, with a watcher of the test's own."""

from __future__ import annotations

import pytest

from oomtray.dbus.session import SessionBus
from oomtray.desktop.tray_host import PATH, WATCHER, TrayHost
from tests.rigs.bus.peers import Peer, PrivateBus, pump, settle


def watcher(private_bus: PrivateBus, *, hosts: bool = True) -> Peer:
    peer = private_bus.peer(WATCHER)
    peer.answers["Get"] = ("v", (("b", hosts),))
    return peer


class Seen:
    def __init__(self, bus: SessionBus) -> None:
        self.states: list[bool | None] = []
        self.host = TrayHost(bus, lambda: self.states.append(self.host.ready))


def test_nobody_is_there(private_bus: PrivateBus) -> None:
    bus = private_bus.session_bus()
    seen = Seen(bus)
    assert seen.host.ready is None
    pump(lambda: seen.states, "the answer", bus)
    assert seen.states == [False]


def test_a_panel_is_there_already(private_bus: PrivateBus) -> None:
    bus, panel = private_bus.session_bus(), watcher(private_bus)
    seen = Seen(bus)
    pump(lambda: seen.states, "the answer", bus, panel)
    assert seen.states == [True]


def test_the_panel_comes_up_later_than_the_app_and_dies(private_bus: PrivateBus) -> None:
    bus = private_bus.session_bus()
    seen = Seen(bus)
    settle(bus)
    panel = watcher(private_bus)
    pump(lambda: seen.host.ready, "the panel", bus, panel)
    panel.close()
    pump(lambda: not seen.host.ready, "its end", bus)
    assert seen.states == [False, True, False]


def test_a_watcher_without_a_host_waits_for_one(private_bus: PrivateBus) -> None:
    bus, panel = private_bus.session_bus(), watcher(private_bus, hosts=False)
    seen = Seen(bus)
    pump(lambda: seen.states == [False], "the answer", bus, panel)
    panel.answers["Get"] = ("v", (("b", True),))
    panel.emit(PATH, WATCHER, "StatusNotifierHostRegistered")
    pump(lambda: seen.states == [False, True], "the host", bus, panel)


@pytest.mark.parametrize(
    "answer",
    ["org.freedesktop.DBus.Error.UnknownProperty", ("s", ("yes",)), ("v", (("s", "yes"),))],
    ids=["error", "no variant", "a text"],
)
def test_a_watcher_that_answers_oddly_is_taken_for_a_tray(private_bus: PrivateBus, answer) -> None:
    bus, panel = private_bus.session_bus(), watcher(private_bus)
    panel.answers["Get"] = answer
    seen = Seen(bus)
    pump(lambda: seen.states, "the answer", bus, panel)
    assert seen.states == [True]


def test_without_a_bus_there_is_no_watcher() -> None:
    assert TrayHost(SessionBus(None)).ready is False
