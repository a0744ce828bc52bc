"""The popup's shortcut follows the settings, and remembers that its user has said no; against a portal on a bus of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oomtray.dbus.session import SessionBus
from oomtray.ui.controllers.shortcut import FILE, ShortcutController
from tests.rigs.bus.peers import PrivateBus, serving
from tests.rigs.bus.shortcut_portal import KEYS, ShortcutPortal


@pytest.fixture
def make(qtbot, xdg: Path, bus: SessionBus) -> Callable[[], ShortcutController]:
    return lambda: ShortcutController(bus)


@pytest.fixture
def portal(private_bus: PrivateBus) -> Iterator[ShortcutPortal]:
    portal = ShortcutPortal(private_bus.address, asks=True)
    with serving(portal.peer):
        yield portal
    portal.peer.close()


def test_it_is_bound_once_the_settings_say_so_and_given_back_when_they_don_t(
    qtbot, make: Callable[[], ShortcutController], portal: ShortcutPortal
) -> None:
    shortcut, tokens = make(), []
    shortcut.pressed.connect(tokens.append)
    shortcut.follow(on=False)
    assert portal.asked() == []
    shortcut.follow(on=True)
    qtbot.waitUntil(lambda: bool(portal.open))
    portal.choose(KEYS)
    qtbot.waitUntil(lambda: shortcut.status.state == "bound")
    shortcut.follow(on=True)
    portal.press(token="abc")
    portal.press()
    qtbot.waitUntil(lambda: len(tokens) == 2)
    assert tokens == ["abc", ""]
    shortcut.follow(on=False)
    qtbot.waitUntil(lambda: not portal.session)
    assert portal.asked().count("BindShortcuts") == 1


def test_a_no_outlives_the_app_until_it_is_switched_off(
    qtbot, make: Callable[[], ShortcutController], portal: ShortcutPortal, xdg: Path
) -> None:
    first = make()
    first.follow(on=True)
    qtbot.waitUntil(lambda: bool(portal.open))
    portal.choose(None)
    qtbot.waitUntil(lambda: first.status.state == "declined")
    assert (xdg / "state/oomtray" / FILE).exists()
    asked = portal.asked()
    again = make()
    again.follow(on=True)
    assert again.status.state == "declined"
    again.follow(on=False)
    assert not (xdg / "state/oomtray" / FILE).exists()
    assert portal.asked().count("CreateSession") == asked.count("CreateSession")
    again.follow(on=True)
    qtbot.waitUntil(lambda: bool(portal.open))
    again.follow(on=False)


def test_the_portal_shows_where_the_keys_are_changed(
    qtbot, make: Callable[[], ShortcutController], portal: ShortcutPortal
) -> None:
    portal.known["popup"] = KEYS
    shortcut = make()
    shortcut.follow(on=True)
    qtbot.waitUntil(lambda: shortcut.status.configurable)
    shortcut.configure()
    qtbot.waitUntil(lambda: "ConfigureShortcuts" in portal.asked())
    shortcut.follow(on=False)
