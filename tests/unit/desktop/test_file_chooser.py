"""Specifies the desktop's file dialog through its portal, with a real dbus-daemon and a fake portal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oomtray import APP_ID
from oomtray.dbus.session import SessionBus
from oomtray.desktop.file_chooser import AT_ONCE, Choice, FileRequest, Wanted
from oomtray.desktop.portal import DECLINED, DONE, NAME, REQUEST
from tests.rigs.bus.file_portal import FilePortal
from tests.rigs.bus.peers import PrivateBus, pump, settle

OPEN = Wanted("Open a log", folder="/var/log")
SAVE = Wanted("Export", save=True, folder="/home/jörg", name="memory.csv", suffix="csv")
NOTHING, NOT_OFFERED = Choice(None), Choice(offered=False)


class Us:
    def __init__(self, bus: SessionBus) -> None:
        self.bus = bus
        self.now = 100.0
        self.choices: list[Choice] = []

    def ask(self, wanted: Wanted = OPEN, parent: str = "x11:2a") -> FileRequest:
        request = FileRequest(self.bus, wanted, parent, self.choices.append, clock=lambda: self.now)
        request.ask()
        return request

    def shown(self, portal: FilePortal, wanted: Wanted = OPEN) -> FileRequest:
        """Ask, and let the dialog be open for a while."""
        request = self.ask(wanted)
        pump(lambda: portal.open and request.taken, "the dialog", self.bus, portal.peer)
        self.now += AT_ONCE
        return request

    def answered(self, *portals: FilePortal) -> Choice:
        pump(lambda: self.choices, "an answer", self.bus, *(portal.peer for portal in portals))
        settle(self.bus, *(portal.peer for portal in portals))
        (choice,) = self.choices
        return choice


@pytest.fixture
def us(private_bus: PrivateBus) -> Us:
    return Us(private_bus.session_bus())


@pytest.fixture
def portal_of(private_bus: PrivateBus, request: pytest.FixtureRequest) -> Callable[..., FilePortal]:
    def made(**habits: Any) -> FilePortal:
        portal = FilePortal(private_bus.address, **habits)
        request.addfinalizer(portal.peer.close)
        return portal

    return made


@pytest.fixture
def portal(portal_of: Callable[..., FilePortal]) -> FilePortal:
    return portal_of()


def told(portal: FilePortal) -> tuple[str, str, str, dict[str, Any]]:
    """Return what the last dialog was asked for, without the token."""
    method, parent, title, options = portal.wanted[-1]
    return method, parent, title, {name: value for name, value in options.items() if name != "handle_token"}


def answers_waited_for(bus: SessionBus) -> list[str]:
    paths = [one.rule.header_fields["path"] for one in bus._match_rules._listeners]
    return [path for path in paths if "/request/" in path]


class TestAsking:
    def test_the_app_says_who_it_is_and_what_is_to_be_opened(self, us: Us, portal: FilePortal) -> None:
        us.shown(portal)
        assert portal.asked() == ["Register", "OpenFile"]
        assert portal.peer.called("Register") == [(APP_ID, {})]
        assert told(portal) == ("OpenFile", "x11:2a", "Open a log", {"current_folder": ("ay", b"/var/log\0")})

    def test_what_is_to_be_saved_has_a_name_and_a_kind(self, us: Us, portal: FilePortal) -> None:
        us.shown(portal, SAVE)
        options = {
            "current_folder": ("ay", "/home/jörg\0".encode()),
            "current_name": ("s", "memory.csv"),
            "filters": ("a(sa(us))", [("CSV", [(0, "*.csv")])]),
        }
        assert told(portal) == ("SaveFile", "x11:2a", "Export", options)

    def test_a_portal_that_knows_the_app_already_is_asked_again(self, us: Us, portal: FilePortal) -> None:
        portal.peer.answers["Register"] = "org.freedesktop.portal.Error.Failed"
        us.shown(portal)


class TestTheUserAnswers:
    @pytest.mark.parametrize(
        ("uris", "path"),
        [
            (["file:///var/log/syslog"], "/var/log/syslog"),
            (["file:///tmp/J%C3%B6rg%20%231%3F%25.log"], "/tmp/Jörg #1?%.log"),
            (["file:///tmp/%FF"], "/tmp/\udcff"),
            (["file://localhost/tmp/a"], "/tmp/a"),
            (["file:///tmp/first", "file:///tmp/second"], "/tmp/first"),
        ],
    )
    def test_a_file(self, us: Us, portal: FilePortal, uris: list[str], path: str) -> None:
        us.shown(portal)
        portal.choose(*uris)
        assert us.answered(portal) == Choice(path)

    @pytest.mark.parametrize(
        "results",
        [
            {},
            {"uris": ("as", [])},
            {"uris": ("s", "file:///tmp/a")},
            {"uris": ("as", ["smb://server/a"])},
            {"uris": ("as", ["file://server/a"])},
            {"uris": ("as", ["file://"])},
            {"uris": ("as", ["file:///tmp/a%00b"])},
        ],
    )
    def test_what_is_no_file_of_this_computer_s_is_for_another_dialog(
        self, us: Us, portal: FilePortal, results: dict[str, Any]
    ) -> None:
        us.shown(portal)
        portal.answer(DONE, results)
        assert us.answered(portal) == NOT_OFFERED

    @pytest.mark.parametrize("ends", [FilePortal.cancel, FilePortal.close_by_title])
    def test_no_file(self, us: Us, portal: FilePortal, ends: Callable[[FilePortal], None]) -> None:
        us.shown(portal)
        ends(portal)
        assert us.answered(portal) == NOTHING

    def test_nobody_but_the_portal(self, us: Us, portal: FilePortal, private_bus: PrivateBus) -> None:
        us.shown(portal)
        forger = private_bus.peer("org.example.Forger")
        results = {"uris": ("as", ["file:///etc/passwd"])}
        forger.emit(portal.open[0], REQUEST, "Response", "ua{sv}", (DONE, results), to=us.bus.unique_name)
        forger.echo()
        settle(us.bus)
        assert us.choices == []


class TestTheDesktopHasNone:
    def test_no_bus(self) -> None:
        us = Us(SessionBus(None))
        us.ask()
        assert us.choices == [NOT_OFFERED]

    def test_no_portal(self, us: Us) -> None:
        us.ask()
        assert us.answered() == NOT_OFFERED

    def test_a_portal_without_it(self, us: Us, portal_of: Callable[..., FilePortal]) -> None:
        portal = portal_of(version=None)
        us.ask()
        assert us.answered(portal) == NOT_OFFERED
        assert portal.asked() == ["Register"]

    def test_the_call_fails(self, us: Us, portal: FilePortal) -> None:
        portal.peer.answers["OpenFile"] = "org.freedesktop.portal.Error.Failed"
        us.ask()
        assert us.answered(portal) == NOT_OFFERED

    def test_a_failure_before_anybody_can_have_seen_a_dialog(self, us: Us, portal: FilePortal) -> None:
        us.ask()
        pump(lambda: portal.open, "the call", us.bus, portal.peer)
        portal.close_by_title()
        assert us.answered(portal) == NOT_OFFERED

    def test_a_no_as_quick_as_that_is_a_no(self, us: Us, portal: FilePortal) -> None:
        us.ask()
        pump(lambda: portal.open, "the call", us.bus, portal.peer)
        portal.answer(DECLINED, {})
        assert us.answered(portal) == NOTHING

    def test_it_dies_with_its_dialog(
        self, us: Us, portal: FilePortal, portal_of: Callable[..., FilePortal]
    ) -> None:
        us.shown(portal)
        portal.peer.close()
        assert us.answered() == NOT_OFFERED
        another = portal_of()
        settle(us.bus, another.peer)
        assert (another.asked(), len(us.choices)) == ([], 1)
        assert not answers_waited_for(us.bus)

    def test_another_takes_its_name(self, us: Us, portal: FilePortal, private_bus: PrivateBus) -> None:
        us.shown(portal)
        private_bus.peer(NAME)  # waits in line
        portal.peer.close()
        assert us.answered() == NOT_OFFERED

    def test_the_bus_dies(self, us: Us, portal: FilePortal, private_bus: PrivateBus) -> None:
        us.shown(portal)
        private_bus.stop()
        assert us.answered() == NOT_OFFERED


class TestTakingItBack:
    def test_its_dialog_goes_and_an_answer_on_its_way_counts_no_more(self, us: Us, portal: FilePortal) -> None:
        request = us.shown(portal)
        portal.choose("file:///tmp/a")
        request.close()
        settle(us.bus, portal.peer)
        request = us.shown(portal)
        request.close()
        pump(lambda: not portal.open, "the dialog's end", us.bus, portal.peer)
        settle(us.bus, portal.peer)
        assert us.choices == []

    def test_before_the_portal_has_it_none_is_shown(self, us: Us, portal: FilePortal) -> None:
        us.ask().close()
        for _ in range(4):
            settle(us.bus, portal.peer)
        assert portal.asked() == ["Register"]

    def test_a_portal_that_hangs_has_not_taken_it(self, us: Us, portal_of: Callable[..., FilePortal]) -> None:
        portal = portal_of(silent=True)
        request = us.ask()
        settle(us.bus, portal.peer)
        settle(us.bus, portal.peer)
        assert (request.taken, portal.asked()) == (False, ["Register"])

    def test_nothing_of_it_stays_on_the_bus(self, us: Us, portal: FilePortal) -> None:
        us.shown(portal)
        portal.cancel()
        us.answered(portal)
        us.shown(portal).close()
        pump(lambda: not portal.open, "the dialog's end", us.bus, portal.peer)
        assert not answers_waited_for(us.bus)
        assert us.bus._match_rules._watchers[NAME] == []
