"""Notifications on a real bus: what is sent to a daemon of any kind, replaced, withdrawn, and told of clicks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from jeepney import HeaderFields

from oomtray import APP_ID
from oomtray.desktop.notifications import NAME, PATH, Notification, app_icon, arguments
from tests.rigs.bus.notification_daemon import FULL, Daemon
from tests.rigs.bus.peers import PrivateBus, pump, settle
from tests.unit.desktop.notifying import ALERT, Us


def test_what_goes_over_the_wire_is_what_the_specification_says(us: Us, daemon: Daemon, shown: int) -> None:
    (call,) = [call for call in daemon.peer.calls if call.header.fields[HeaderFields.member] == "Notify"]
    assert call.header.fields[HeaderFields.signature] == "susssasa{sv}i"
    assert call.body == (
        "OOM Tray",
        0,
        app_icon(),
        "Memory is tight",
        "mysqld &lt;would&gt; die &amp; so on",
        ["snooze", "Snooze", "default", "Show"],
        {"desktop-entry": ("s", APP_ID), "urgency": ("y", 1)},
        -1,
    )


@pytest.mark.parametrize(
    ("capabilities", "body", "actions"),
    [
        (FULL, "a &lt;b&gt; &amp; c", ["default", "Show"]),
        (("actions", "body"), "a <b> & c", ["default", "Show"]),
        (("body", "body-markup"), "a &lt;b&gt; &amp; c", []),
        ((), "a <b> & c", []),
    ],
    ids=["all", "no markup", "no actions", "nothing"],
)
def test_a_daemon_gets_no_more_than_it_can_do(
    capabilities: tuple[str, ...], body: str, actions: list[str]
) -> None:
    alert = Notification("k", "s", "a <b> & c", actions=(("default", "Show"),))
    sent = arguments(alert, 0, frozenset(capabilities))
    assert (sent[4], sent[5]) == (body, actions)


@pytest.mark.parametrize(
    ("server", "labels"),
    [("gnome-shell", ["Show", "Snooze", "Show"]), ("Xfce Notify Daemon", ["Show", "Snooze"])],
    ids=["default is a click on the bubble", "default is a button"],
)
def test_no_button_stands_twice(private_bus: PrivateBus, us: Us, server: str, labels: list[str]) -> None:
    daemon = Daemon(private_bus, *FULL, name=server)
    us.notifier.show(replace(ALERT, actions=(("default", "Show"), ("show", "Show"), ("snooze", "Snooze"))))
    us.settle(daemon)
    assert daemon.bubbles[1][3][1::2] == labels


THREE = (("end", "End"), ("first", "Let it go first"), ("snooze", "Snooze"))


@pytest.mark.parametrize(
    ("server", "offered", "drawn"),
    [
        pytest.param("gnome-shell", THREE, ["End", "Let it go first", "Snooze", "Show"], id="default is a click, and last"),
        pytest.param("Xfce Notify Daemon", THREE, ["End", "Let it go first", "Snooze"], id="default would be a fourth"),
        pytest.param("Xfce Notify Daemon", THREE[:2], ["End", "Let it go first", "Show"], id="default comes last"),
        pytest.param("lxqt-notificationd", THREE, ["End", "Let it go first"], id="more would be cut"),
        pytest.param("gnome-shell", (*THREE, ("more", "More")), ["End", "Let it go first", "Snooze", "Show"], id="four"),
    ],
)
def test_there_are_as_many_buttons_as_fit_the_most_useful_first(
    private_bus: PrivateBus, us: Us, server: str, offered: tuple[tuple[str, str], ...], drawn: list[str]
) -> None:
    daemon = Daemon(private_bus, *FULL, name=server)
    us.notifier.show(replace(ALERT, actions=(("default", "Show"), *offered)))
    us.settle(daemon)
    assert daemon.bubbles[1][3][1::2] == drawn


@pytest.mark.parametrize(("urgency", "byte", "expires"), [("low", 0, -1), ("normal", 1, -1), ("critical", 2, 0)])
def test_urgency_is_a_byte_and_a_critical_one_stays(urgency, byte: int, expires: int) -> None:
    sent = arguments(Notification("k", "s", urgency=urgency), 0, frozenset())
    assert (sent[6]["urgency"], sent[7]) == (("y", byte), expires)


@pytest.mark.parametrize(
    "name",
    ["a\0b", "\udc80", "\x1b[31mred", "\u202eexe.txt", "<img src=x>"],
    ids=["NUL", "surrogate", "escape", "bidi", "markup"],
)
def test_a_hostile_name_costs_nothing(us: Us, daemon: Daemon, name: str) -> None:
    us.notifier.show(Notification("k", name, name, actions=((f"end:{7}", f"End {name}"),)))
    us.settle(daemon)
    ((_icon, summary, body, actions, *_),) = daemon.bubbles.values()
    assert us.bus.connected
    assert summary.isprintable()
    assert body.isprintable()
    assert actions[1].isprintable()
    assert "<" not in body


class TestReplacing:
    def test_a_newer_alert_takes_the_bubble_of_the_older(self, us: Us, daemon: Daemon, shown: int) -> None:
        us.notifier.show(replace(ALERT, summary="Worse"))
        us.settle(daemon)
        assert {number: bubble[1] for number, bubble in daemon.bubbles.items()} == {shown: "Worse"}

    def test_alerts_of_two_keys_stand_side_by_side(self, us: Us, daemon: Daemon, shown: int) -> None:
        us.notifier.show(replace(ALERT, key="kill", summary="Killed"))
        us.settle(daemon)
        assert daemon.summaries() == ["Memory is tight", "Killed"]

    def test_of_many_in_a_moment_the_last_stands_alone(self, us: Us, daemon: Daemon) -> None:
        for n in range(20):
            us.notifier.show(replace(ALERT, summary=f"number {n}"))
        us.settle(daemon)
        assert daemon.summaries() == ["number 19"]
        assert len(daemon.peer.called("Notify")) <= 2

    def test_where_a_bubble_keeps_its_buttons_other_ones_come_in_another(self, private_bus: PrivateBus, us: Us) -> None:
        daemon = Daemon(private_bus, *FULL, name="lxqt-notificationd")
        us.notifier.show(ALERT)
        us.settle(daemon)
        us.notifier.show(replace(ALERT, summary="as it was"))
        us.settle(daemon)
        us.notifier.show(replace(ALERT, summary="Worse", actions=(("end", "End it"),)))
        us.settle(daemon)
        assert [call[1] for call in daemon.peer.called("Notify")] == [0, 1, 0]
        assert daemon.summaries() == ["Worse"]
        assert us.closed == []

    def test_one_that_was_closed_is_not_replaced(self, us: Us, daemon: Daemon, shown: int) -> None:
        daemon.close(shown)
        us.settle(daemon)
        assert us.closed == ["level"]
        us.notifier.show(ALERT)
        us.settle(daemon)
        assert [call[1] for call in daemon.peer.called("Notify")] == [0, 0]


class TestWithdrawing:
    def test_one_that_stands_goes(self, us: Us, daemon: Daemon, shown: int) -> None:
        us.notifier.withdraw("level")
        us.settle(daemon)
        assert daemon.bubbles == {}

    def test_one_that_is_on_its_way_goes_too(self, us: Us, daemon: Daemon) -> None:
        us.notifier.show(ALERT)
        pump(lambda: us.notifier.capabilities is not None, "the capabilities", us.bus, daemon.peer)
        us.notifier.withdraw("level")
        us.settle(daemon)
        assert daemon.peer.called("Notify")
        assert daemon.bubbles == {}

    def test_one_that_was_not_sent_yet_never_is(self, us: Us, daemon: Daemon) -> None:
        us.notifier.show(ALERT)
        us.notifier.withdraw("level")
        us.settle(daemon)
        assert daemon.peer.called("Notify") == []

    def test_one_that_is_shown_again_meanwhile_stays(self, us: Us, daemon: Daemon) -> None:
        us.notifier.show(ALERT)
        pump(lambda: us.notifier.capabilities is not None, "the capabilities", us.bus, daemon.peer)
        us.notifier.withdraw("level")
        us.notifier.show(replace(ALERT, summary="again"))
        us.settle(daemon)
        assert daemon.summaries() == ["again"]

    def test_all_go_at_the_end(self, us: Us, daemon: Daemon, shown: int) -> None:
        us.notifier.show(replace(ALERT, key="kill"))
        us.settle(daemon)
        assert us.notifier.open == {"level", "kill"}
        us.notifier.withdraw_all()
        us.settle(daemon)
        assert daemon.bubbles == {}

    def test_one_that_was_closed_is_no_longer_open(self, us: Us, daemon: Daemon, shown: int) -> None:
        daemon.close(shown)
        us.settle(daemon)
        assert us.notifier.open == set()

    def test_one_without_a_daemon_waits(self, us: Us) -> None:
        us.notifier.show(ALERT)
        assert us.notifier.waiting == us.notifier.open == {"level"}

    def test_one_that_nobody_knows_is_no_matter(self, us: Us, daemon: Daemon) -> None:
        us.notifier.withdraw("level")
        us.settle(daemon)
        assert daemon.peer.called("CloseNotification") == []


class TestClicking:
    @pytest.mark.parametrize("action", ["default", "snooze"])
    def test_a_click_is_told_with_its_token(self, us: Us, daemon: Daemon, shown: int, action: str) -> None:
        daemon.click(shown, action, token="focus")
        us.settle(daemon)
        assert us.clicks == [("Memory is tight", action, "focus")]

    @pytest.mark.parametrize("number", [0, 99])
    def test_a_click_on_anothers_bubble_is_not_ours(
        self, us: Us, daemon: Daemon, shown: int, number: int
    ) -> None:
        daemon.click(number, "snooze")
        us.settle(daemon)
        assert us.clicks == []

    def test_an_action_that_was_not_offered_is_none(self, us: Us, daemon: Daemon, shown: int) -> None:
        daemon.click(shown, "end")
        us.settle(daemon)
        assert us.clicks == []

    def test_a_click_counts_once_it_was_closed_no_more(self, us: Us, daemon: Daemon, shown: int) -> None:
        daemon.close(shown)
        daemon.click(shown, "snooze")
        us.settle(daemon)
        assert us.clicks == []

    def test_a_forged_click_is_none(
        self, private_bus: PrivateBus, us: Us, daemon: Daemon, shown: int
    ) -> None:
        forger = private_bus.peer("org.example.Forger")
        forger.emit(PATH, NAME, "ActionInvoked", "us", (shown, "snooze"), to=us.bus.unique_name)
        settle(us.bus, forger)
        us.settle(daemon)
        assert us.clicks == []

    def test_a_click_means_the_alert_that_was_seen(self, us: Us, daemon: Daemon, shown: int) -> None:
        us.notifier.show(replace(ALERT, summary="another victim"))
        daemon.click(shown, "snooze")  # the daemon has not read the replacement yet
        us.settle(daemon)
        daemon.click(shown, "snooze")
        us.settle(daemon)
        assert [summary for summary, _, _ in us.clicks] == ["Memory is tight", "another victim"]

    def test_a_bubble_that_its_daemon_leaves_standing_is_closed(
        self, private_bus: PrivateBus, us: Us
    ) -> None:
        daemon = Daemon(private_bus, *FULL, name="lxqt-notificationd")
        us.notifier.show(ALERT)
        us.settle(daemon)
        daemon.click(1, "snooze")
        us.settle(daemon)
        assert us.clicks == [("Memory is tight", "snooze", None)]
        assert daemon.bubbles == {}
