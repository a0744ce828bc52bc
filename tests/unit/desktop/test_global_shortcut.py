"""A shortcut by the desktop's portal; against a real dbus-daemon, with a portal of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, MessageFlag

from oomtray import APP_ID
from oomtray.dbus.session import Reply, SessionBus
from oomtray.desktop.global_shortcut import INTERFACE, SHORTCUT, TRIGGER, GlobalShortcut, ShortcutStatus
from oomtray.desktop.portal import NAME, PATH, REQUEST
from tests.rigs.bus.peers import PrivateBus, pump, settle
from tests.rigs.bus.shortcut_portal import KEYS, ShortcutPortal

BOUND = ShortcutStatus("bound", KEYS, configurable=True)
STEPS = ["Register", "CreateSession", "ListShortcuts", "BindShortcuts"]


class Us:
    def __init__(self, bus: SessionBus) -> None:
        self.bus = bus
        self.pressed: list[str | None] = []
        self.states: list[str] = []
        self.shortcut = GlobalShortcut(bus, "Show or hide it", self.pressed.append, self._changed)

    def _changed(self) -> None:
        self.states.append(self.shortcut.status.state)

    @property
    def status(self) -> ShortcutStatus:
        return self.shortcut.status

    def settle(self, *portals: ShortcutPortal) -> None:
        """Oftener than a question can follow from an answer; each time all that was sent before is handled, there and here."""
        for _ in range(8):
            settle(self.bus)
            for portal in portals:
                came: list[Reply] = []
                target = DBusAddress("/", portal.peer.unique_name, "org.freedesktop.DBus.Peer")
                self.bus.ask(target, "Ping", then=came.append)
                pump(lambda came=came: came, "an echo from the portal", self.bus, portal.peer)


@pytest.fixture
def us(private_bus: PrivateBus) -> Us:
    return Us(private_bus.session_bus())


@pytest.fixture
def portal_of(private_bus: PrivateBus, request: pytest.FixtureRequest) -> Callable[..., ShortcutPortal]:
    def made(**habits: Any) -> ShortcutPortal:
        portal = ShortcutPortal(private_bus.address, **habits)
        request.addfinalizer(portal.peer.close)
        return portal

    return made


@pytest.fixture
def portal(portal_of: Callable[..., ShortcutPortal]) -> ShortcutPortal:
    return portal_of()


@pytest.fixture
def bound(us: Us, portal: ShortcutPortal) -> ShortcutPortal:
    us.shortcut.switch_on()
    us.settle(portal)
    assert us.status == BOUND
    return portal


class TestAskingForIt:
    def test_nothing_is_asked_and_nobody_is_started_before_it_is_switched_on(
        self, us: Us, portal: ShortcutPortal
    ) -> None:
        us.settle(portal)
        assert portal.asked() == []
        assert us.status == ShortcutStatus("off")

    def test_the_app_says_who_it_is_and_then_asks_for_one_shortcut(
        self, us: Us, portal: ShortcutPortal
    ) -> None:
        us.shortcut.switch_on()
        assert us.status.state == "asking"
        us.settle(portal)
        assert portal.asked() == STEPS
        assert portal.peer.called("Register") == [(APP_ID, {})]
        ((session, shortcuts, parent, _options),) = portal.peer.called("BindShortcuts")
        assert (session, parent) == (portal.session, "")
        assert shortcuts == [
            (SHORTCUT, {"description": ("s", "Show or hide it"), "preferred_trigger": ("s", TRIGGER)})
        ]
        assert us.states == ["asking", "bound"]
        assert us.status == BOUND

    def test_a_portal_that_runs_is_never_started_a_second_time(self, us: Us, bound: ShortcutPortal) -> None:
        calls = [call for call in bound.peer.calls if call.header.fields[HeaderFields.destination] == NAME]
        assert len(calls) > len(STEPS)
        assert all(call.header.flags & MessageFlag.no_auto_start for call in calls)

    @pytest.mark.parametrize(
        ("habits", "steps"),
        [
            pytest.param({"version": 1}, STEPS[:-1], id="older Plasma has it bound again by itself"),
            pytest.param({"version": 1, "lists": False}, STEPS, id="Hyprland wants it bound in each session"),
            pytest.param({"version": 1, "lists": False, "says": 2}, STEPS, id="so does GNOME 48, and says that it failed"),
            pytest.param({"version": 2}, STEPS, id="and so does everything newer"),
        ],
    )
    def test_keys_of_an_earlier_session_come_back(
        self, us: Us, portal_of: Callable[..., ShortcutPortal], habits: dict[str, Any], steps: list[str]
    ) -> None:
        portal = portal_of(known={SHORTCUT: "Ctrl+F9"}, asks=True, **habits)
        us.shortcut.switch_on()
        us.settle(portal)
        assert portal.asked() == steps
        assert portal.open == []
        assert us.status == ShortcutStatus("bound", "Ctrl+F9", configurable=habits["version"] == 2)

    def test_a_portal_that_only_says_that_it_is_done_is_asked_for_the_keys(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(tells=False)
        us.shortcut.switch_on()
        us.settle(portal)
        assert portal.asked() == [*STEPS, "ListShortcuts"]
        assert us.status == BOUND

    def test_a_portal_that_keeps_no_list_of_apps_does_as_well(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(registry=False)
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status == BOUND

    def test_one_that_knows_no_such_app_gives_none(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(knows_app=False)
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status == ShortcutStatus("unknown-app")

    def test_a_dialog_is_waited_for(self, us: Us, portal_of: Callable[..., ShortcutPortal]) -> None:
        portal = portal_of(asks=True)
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status.state == "asking"
        portal.choose("Ctrl+Alt+O")
        us.settle(portal)
        assert us.status == ShortcutStatus("bound", "Ctrl+Alt+O", configurable=True)

    def test_a_shortcut_may_have_no_keys_yet(self, us: Us, portal_of: Callable[..., ShortcutPortal]) -> None:
        portal = portal_of(known={SHORTCUT: ""})
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status == ShortcutStatus("without-keys", configurable=True)
        portal.change("Ctrl+F9")
        us.settle(portal)
        assert us.status == ShortcutStatus("bound", "Ctrl+F9", configurable=True)

    @pytest.mark.parametrize(
        ("told", "keys"),
        [
            pytest.param("Press <Alt><Super>m", "Alt+Super+M", id="GNOME"),
            pytest.param("Press <Control>F9", "Ctrl+F9", id="GNOME, a key with a name"),
            pytest.param("Press <Shift><Super>Page_Up", "Shift+Super+Page Up", id="GNOME, a key with a name of two words"),
            pytest.param("Press <Super>space", "Super+Space", id="GNOME, the name of a key in lower case"),
            pytest.param("Press Ctrl and <", "Press Ctrl and <", id="any other"),
        ],
    )
    def test_the_keys_are_shown_as_the_desktop_shows_them(
        self, us: Us, portal_of: Callable[..., ShortcutPortal], told: str, keys: str
    ) -> None:
        portal = portal_of(known={SHORTCUT: told})
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status.keys == keys

    def test_a_request_that_goes_wrong_is_no_answer_of_the_user(self, us: Us, portal: ShortcutPortal) -> None:
        portal.peer.answers["BindShortcuts"] = "org.freedesktop.portal.Error.Failed"
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status == ShortcutStatus("failed")
        assert portal.session == "", "the session is closed"


    @pytest.mark.parametrize("handle", [("s", "no path"), ("s", ""), ("s", "no/path"), ("o", "/elsewhere"), ("u", 7)])
    def test_a_session_that_is_none_costs_the_shortcut_and_not_the_connection(
        self, us: Us, portal: ShortcutPortal, handle: tuple[str, object]
    ) -> None:
        lost: list[bool] = []
        us.bus.on_lost.append(lambda: lost.append(True))
        portal.session_handle = handle
        us.shortcut.switch_on()
        us.settle(portal)
        assert (us.status, lost) == (ShortcutStatus("failed"), [])

class TestNobodyOffersIt:
    def test_no_portal(self, us: Us) -> None:
        us.shortcut.switch_on()
        us.settle()
        assert us.status == ShortcutStatus("not-offered")

    def test_a_portal_without_it(self, us: Us, portal: ShortcutPortal) -> None:
        portal.peer.answers["Get"] = "org.freedesktop.DBus.Error.InvalidArgs"
        us.shortcut.switch_on()
        us.settle(portal)
        assert us.status == ShortcutStatus("not-offered")
        assert portal.asked() == ["Register"]

    def test_no_bus(self) -> None:
        us = Us(SessionBus(None))
        us.shortcut.switch_on()
        assert us.status == ShortcutStatus("not-offered")
        us.shortcut.switch_off()
        assert us.status == ShortcutStatus("off")


class TestTheUserSaysNo:
    @pytest.fixture
    def declined(self, us: Us, portal_of: Callable[..., ShortcutPortal]) -> ShortcutPortal:
        portal = portal_of(asks=True)
        us.shortcut.switch_on()
        us.settle(portal)
        portal.choose(None)
        us.settle(portal)
        assert us.status == ShortcutStatus("declined")
        return portal

    def test_the_session_is_closed_and_nobody_asks_again(
        self, us: Us, declined: ShortcutPortal, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        assert declined.session == ""
        declined.peer.close()
        another = portal_of()
        us.settle(another)
        assert another.asked() == []
        assert us.status == ShortcutStatus("declined")

    def test_switched_off_and_on_it_is_asked_for_again(self, us: Us, declined: ShortcutPortal) -> None:
        us.shortcut.switch_off()
        us.shortcut.switch_on()
        us.settle(declined)
        assert len(declined.open) == 1
        declined.choose(KEYS)
        us.settle(declined)
        assert us.status == BOUND

    def test_a_no_of_an_earlier_start_holds(self, us: Us, portal: ShortcutPortal) -> None:
        us.shortcut.switch_on(declined=True)
        us.settle(portal)
        assert portal.asked() == []
        assert us.status == ShortcutStatus("declined")


class TestPressing:
    def test_a_press_is_told_with_the_token_for_the_window(self, us: Us, bound: ShortcutPortal) -> None:
        bound.press()
        bound.press(token="from the compositor")
        us.settle(bound)
        assert us.pressed == [None, "from the compositor"]

    def test_another_shortcut_or_session_is_not(self, us: Us, bound: ShortcutPortal) -> None:
        bound.press(shortcut="another")
        bound.press(session=f"{PATH}/session/1_1/other")
        us.settle(bound)
        assert us.pressed == []

    def test_a_forged_press_is_not(self, us: Us, bound: ShortcutPortal, private_bus: PrivateBus) -> None:
        forger = private_bus.peer("org.example.Forger")
        forger.emit(
            PATH, INTERFACE, "Activated", "osta{sv}", (bound.session, SHORTCUT, 1, {}), to=us.bus.unique_name
        )
        forger.echo()
        us.settle(bound)
        assert us.pressed == []


class TestChanges:
    def test_other_keys_are_told(self, us: Us, bound: ShortcutPortal) -> None:
        bound.change("Ctrl+F9")
        us.settle(bound)
        assert us.status.keys == "Ctrl+F9"
        bound.change("")
        us.settle(bound)
        assert us.status == ShortcutStatus("without-keys", configurable=True)

    def test_the_desktop_is_asked_to_show_where_they_are_changed(self, us: Us, bound: ShortcutPortal) -> None:
        us.shortcut.configure()
        us.settle(bound)
        assert bound.peer.called("ConfigureShortcuts") == [(bound.session, "", {})]

    def test_not_where_it_can_t(self, us: Us, portal_of: Callable[..., ShortcutPortal]) -> None:
        portal = portal_of(version=1)
        us.shortcut.switch_on()
        us.settle(portal)
        us.shortcut.configure()
        us.settle(portal)
        assert not portal.peer.called("ConfigureShortcuts")

    def test_a_session_that_the_desktop_ends_is_over(self, us: Us, bound: ShortcutPortal) -> None:
        bound.end_session()
        us.settle(bound)
        assert us.status == ShortcutStatus("ended")
        bound.press()
        us.settle(bound)
        assert us.pressed == []
        assert bound.asked() == STEPS


class TestSwitchingOff:
    def test_the_session_is_closed(self, us: Us, bound: ShortcutPortal) -> None:
        us.shortcut.switch_off()
        us.settle(bound)
        assert bound.session == ""
        assert us.status == ShortcutStatus("off")

    def test_a_question_on_the_screen_is_taken_back(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(asks=True)
        us.shortcut.switch_on()
        us.settle(portal)
        us.shortcut.switch_off()
        us.settle(portal)
        assert (portal.open, portal.session) == ([], "")

    def test_an_answer_that_comes_later_counts_no_more(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(asks=True)
        us.shortcut.switch_on()
        us.settle(portal)
        portal.choose(KEYS)
        us.shortcut.switch_off()
        us.settle(portal)
        assert us.status == ShortcutStatus("off")

    def test_no_rule_for_an_answer_stays_on_the_bus(self, us: Us, bound: ShortcutPortal) -> None:
        us.shortcut.switch_off()
        us.settle(bound)
        kept = [one.rule.header_fields["path"] for one in us.bus._match_rules._listeners]
        assert not [path for path in kept if "/request/" in path or "/session/" in path]

    def test_switched_on_again_it_is_bound_again(self, us: Us, bound: ShortcutPortal) -> None:
        us.shortcut.switch_off()
        us.shortcut.switch_on()
        us.settle(bound)
        assert us.status == BOUND
        bound.press()
        us.settle(bound)
        assert us.pressed == [None]


class TestThePortalComesAndGoes:
    def test_another_portal_is_asked_anew(
        self, us: Us, bound: ShortcutPortal, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        bound.peer.close()
        pump(lambda: us.status.state == "gone", "its end", us.bus)
        again = portal_of(known=bound.known, asks=True)
        us.settle(again)
        assert us.status == BOUND
        again.press()
        us.settle(again)
        assert us.pressed == [None]

    def test_one_that_comes_later_than_the_app(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        us.shortcut.switch_on()
        us.settle()
        portal = portal_of()
        us.settle(portal)
        assert us.status == BOUND

    def test_while_it_is_off_nobody_is_asked(
        self, us: Us, bound: ShortcutPortal, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        us.shortcut.switch_off()
        us.settle(bound)
        bound.peer.close()
        another = portal_of()
        us.settle(another)
        assert another.asked() == []

    def test_a_bus_that_dies_and_comes_back(
        self, us: Us, bound: ShortcutPortal, private_bus: PrivateBus, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        private_bus.stop()
        pump(lambda: not us.bus.connected, "the loss to be seen", us.bus)
        assert us.status == ShortcutStatus("gone")
        private_bus.start()
        portal = portal_of()
        assert us.bus.reconnect()
        us.settle(portal)
        assert us.status == BOUND

    def test_it_goes_while_its_question_is_on_the_screen(
        self, us: Us, portal_of: Callable[..., ShortcutPortal]
    ) -> None:
        portal = portal_of(asks=True)
        us.shortcut.switch_on()
        us.settle(portal)
        portal.peer.close()
        pump(lambda: us.status.state == "gone", "its end", us.bus)
        again = portal_of(asks=True)
        us.settle(again)
        assert len(again.open) == 1


def test_an_answer_of_somebody_else_is_none(
    us: Us, portal_of: Callable[..., ShortcutPortal], private_bus: PrivateBus
) -> None:
    portal = portal_of(asks=True)
    us.shortcut.switch_on()
    us.settle(portal)
    (path,) = portal.open
    forger = private_bus.peer("org.example.Forger")
    results = {"shortcuts": ("a(sa{sv})", [(SHORTCUT, {"trigger_description": ("s", "forged")})])}
    forger.emit(path, REQUEST, "Response", "ua{sv}", (0, results), to=us.bus.unique_name)
    forger.echo()
    us.settle(portal)
    assert us.status.state == "asking"


def test_only_a_portal_that_does_not_run_is_started_and_only_once(
    us: Us, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting: list[str] = []
    ask = us.bus.ask

    def asked(target: DBusAddress, method: str, *rest: Any, **how: Any) -> None:
        if target.bus_name == NAME and how.get("start", True):
            starting.append(method)
        ask(target, method, *rest, **how)

    monkeypatch.setattr(us.bus, "ask", asked)
    us.shortcut.switch_on()
    us.settle()
    assert starting == ["Register"]
