"""The portal's settings are followed: read when a portal comes, changed when it says so, and no portal is started for it."""

from __future__ import annotations

import pytest
from jeepney import HeaderFields, MessageFlag

from oomtray.dbus.session import SessionBus
from oomtray.desktop.portal import NAME, PATH
from oomtray.desktop.portal_settings import INTERFACE, PortalSettings
from tests.rigs.bus.peers import Peer, PrivateBus, pump, settle

OURS = "org.freedesktop.appearance"
DARK = ("a{sa{sv}}", ({OURS: {"color-scheme": ("u", 1)}, "org.else": {"x": ("u", 1)}},))
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
LIGHT = ("a{sa{sv}}", ({OURS: {"color-scheme": ("u", 2)}},))


class Us:
    def __init__(self, bus: SessionBus) -> None:
        self.bus = bus
        self.changes = 0
        self.settings = PortalSettings(bus, [OURS], self._changed)

    def _changed(self) -> None:
        self.changes += 1


@pytest.fixture
def us(private_bus: PrivateBus) -> Us:
    return Us(private_bus.session_bus())


def portal(private_bus: PrivateBus, answer: object = DARK) -> Peer:
    peer = private_bus.peer(NAME)
    peer.answers["Register"] = UNKNOWN_METHOD  # before version 1.19.4
    peer.answers["ReadAll"] = answer  # type: ignore[assignment]
    return peer


def test_settings_are_read_where_a_portal_runs(private_bus: PrivateBus) -> None:
    peer = portal(private_bus)
    us = Us(private_bus.session_bus())
    pump(lambda: us.changes, "the settings", us.bus, peer)
    assert us.settings.values == {(OURS, "color-scheme"): 1}
    (call,) = [call for call in peer.calls if call.body == ([OURS],)]
    assert call.header.flags & MessageFlag.no_auto_start


def test_the_app_registers_first_as_the_shortcut_needs_an_app_id(private_bus: PrivateBus) -> None:
    peer = portal(private_bus)
    peer.answers["Register"] = "", ()
    us = Us(private_bus.session_bus())
    pump(lambda: us.changes, "the settings", us.bus, peer)
    assert [call.header.fields[HeaderFields.member] for call in peer.calls] == ["Register", "ReadAll"]
    assert all(call.header.flags & MessageFlag.no_auto_start for call in peer.calls)


def test_settings_are_read_of_a_portal_that_comes_later_and_of_its_successor(us: Us, private_bus: PrivateBus) -> None:
    settle(us.bus)
    assert us.settings.values == {}
    first = portal(private_bus)
    pump(lambda: us.changes == 1, "the settings", us.bus, first)
    first.close()
    second = portal(private_bus, LIGHT)
    pump(lambda: us.changes == 2, "the successor's", us.bus, second)
    assert us.settings.values == {(OURS, "color-scheme"): 2}


def test_a_change_is_taken_from_the_portal_alone(us: Us, private_bus: PrivateBus) -> None:
    peer, stranger = portal(private_bus), private_bus.peer("org.example.Stranger")
    pump(lambda: us.changes == 1, "the settings", us.bus, peer)
    stranger.emit(PATH, INTERFACE, "SettingChanged", "ssv", (OURS, "contrast", ("u", 1)), to=us.bus.unique_name)
    peer.emit(PATH, INTERFACE, "SettingChanged", "ssv", ("org.else", "x", ("u", 5)))
    peer.emit(PATH, INTERFACE, "SettingChanged", "ssv", (OURS, "color-scheme", ("u", 1)))  # as it is
    peer.emit(PATH, INTERFACE, "SettingChanged", "ssv", (OURS, "color-scheme", ("u", 0)))
    pump(lambda: us.changes == 2, "the change", us.bus, peer)
    assert us.settings.values == {(OURS, "color-scheme"): 0}


@pytest.mark.parametrize("answer", [UNKNOWN_METHOD, ("s", ("dark",))])
def test_a_portal_without_settings_says_nothing(us: Us, private_bus: PrivateBus, answer: object) -> None:
    peer = portal(private_bus, answer)
    pump(lambda: peer.called("ReadAll"), "the question", us.bus, peer)
    settle(us.bus, peer)
    assert us.settings.values == {}
    assert us.changes == 0
