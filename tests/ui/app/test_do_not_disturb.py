"""Specifies when nobody wants to be disturbed, what is held back then, and what is told all the same."""

from __future__ import annotations

import pytest

from oomtray.config import Notifications
from oomtray.dbus.session import SessionBus
from oomtray.desktop.notifications import NAME, PATH
from oomtray.ui.app.do_not_disturb import DoNotDisturb
from tests.facts import desktops
from tests.rigs.bus.notification_daemon import FULL, Daemon
from tests.rigs.bus.peers import PrivateBus, pump, settle
from tests.ui.app import test_kill_notifications as kills
from tests.ui.app import test_limit_notifications as limits
from tests.ui.app.test_level_notifications import Tray

PROPERTIES = "org.freedesktop.DBus.Properties"
ON, OFF = {"Inhibited": ("b", True)}, {"Inhibited": ("b", False)}


def test_the_daemon_says_that_it_holds_back(private_bus: PrivateBus) -> None:
    daemon = Daemon(private_bus, *FULL)
    daemon.peer.answers["Get"] = lambda _interface, name: ("v", (ON[name],))
    bus = private_bus.session_bus()
    quiet = DoNotDisturb(bus)
    pump(quiet.on, "the answer", bus, daemon.peer)
    daemon.peer.emit(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", (NAME, OFF, []))
    settle(bus, daemon.peer)
    assert not quiet.on()
    daemon.peer.emit(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", (NAME, ON, []))
    settle(bus, daemon.peer)
    assert quiet.on()


@pytest.mark.parametrize("answer", ["org.freedesktop.DBus.Error.UnknownProperty", ("v", (("s", "yes"),)), ("s", ("yes",))])
def test_a_daemon_that_knows_no_such_thing_never_does(private_bus: PrivateBus, answer: object) -> None:
    daemon = Daemon(private_bus, *FULL)
    daemon.peer.answers["Get"] = answer
    bus = private_bus.session_bus()
    quiet = DoNotDisturb(bus)
    pump(lambda: daemon.peer.calls, "the question", bus, daemon.peer)
    settle(bus)
    assert not quiet.on()


def test_without_a_bus_nobody_is_asked() -> None:
    assert not DoNotDisturb(SessionBus(None)).on()


def test_a_warning_waits_until_that_is_over(qtbot) -> None:
    tray, quiet = Tray(), [True]
    tray.alerts.quiet = lambda: quiet[0]
    tray.alerts.consider(desktops.desktop("warning"))
    assert tray.told() == []
    quiet[0] = False
    tray.alerts.consider(desktops.desktop("warning"))
    assert len(tray.told()) == 1


@pytest.mark.parametrize(("also_critical", "told"), [(False, 1), (True, 0)])
def test_the_critical_level_is_told_unless_the_settings_say_otherwise(qtbot, also_critical: bool, told: int) -> None:
    tray = Tray(Notifications(quiet_critical=also_critical))
    tray.alerts.quiet = lambda: True
    tray.alerts.consider(desktops.desktop("critical"))
    assert len(tray.told()) == told


def test_kills_are_told_once_that_is_over(qapp) -> None:
    tray, quiet = kills.Tray(Notifications()), [True]
    tray.kills.quiet = lambda: quiet[0]
    tray.kills.tell([kills.kill(1, kills.TAB)])
    tray.kills.tell_held()
    assert tray.titles == []
    quiet[0] = False
    tray.kills.tell_held()
    tray.kills.tell_held()
    assert len(tray.titles) == 1


def test_limits_wait_as_well(qapp) -> None:
    tray = limits.Tray(Notifications())
    tray.limits.quiet = lambda: True
    tray.at(5000, limits.group())
    assert tray.titles == []
