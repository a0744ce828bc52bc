"""Notifications while daemons come, go, restart or never answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.dbus.session import SessionBus
from tests.rigs.bus.notification_daemon import FULL, Daemon
from tests.rigs.bus.peers import PrivateBus, pump
from tests.rigs.processes.programs import wait_for
from tests.unit.desktop.notifying import ALERT, Us


class TestDaemonsComeAndGo:
    def test_no_daemon_is_no_error(self, us: Us) -> None:
        us.notifier.show(ALERT)
        us.settle()
        assert us.notifier.busy, "it waits for one"

    def test_an_alert_from_before_the_bus_starts_a_daemon_once_there_is_one(
        self, private_bus: PrivateBus
    ) -> None:
        bus = SessionBus(private_bus.address)
        us = Us(bus)
        us.notifier.show(ALERT)
        assert us.notifier.capabilities is None
        daemon = Daemon(private_bus, *FULL)
        bus.connect()
        us.settle(daemon)
        bus.close()
        assert daemon.summaries() == ["Memory is tight"]

    def test_no_bus_is_no_daemon(self) -> None:
        us = Us(SessionBus(None))
        us.notifier.show(ALERT)
        us.notifier.withdraw_all()
        assert not us.notifier.busy

    def test_an_alert_waits_for_a_daemon_that_comes_later(self, private_bus: PrivateBus, us: Us) -> None:
        us.notifier.show(ALERT)
        us.settle()
        daemon = Daemon(private_bus, *FULL)
        us.settle(daemon)
        assert daemon.summaries() == ["Memory is tight"]
        assert us.notifier.capabilities is not None

    def test_one_that_was_withdrawn_meanwhile_is_not_shown(self, private_bus: PrivateBus, us: Us) -> None:
        us.notifier.show(ALERT)
        us.settle()
        us.notifier.withdraw("level")
        daemon = Daemon(private_bus, *FULL)
        us.settle(daemon)
        assert daemon.bubbles == {}

    def test_another_daemon_is_asked_anew_and_knows_no_old_numbers(
        self, private_bus: PrivateBus, us: Us, daemon: Daemon, shown: int
    ) -> None:
        assert us.notifier.capabilities == frozenset(FULL)
        daemon.peer.close()
        pump(lambda: us.notifier.capabilities is None, "the daemon's end to be seen", us.bus)
        plain = Daemon(private_bus, "body", name="plain")
        us.settle(plain)
        assert us.notifier.server == "plain"
        assert plain.bubbles == {}, "what the old one showed is not shown again by itself"
        plain.click(shown, "snooze")
        us.notifier.show(replace(ALERT, summary="new"))
        us.settle(plain)
        assert us.clicks == []
        assert plain.peer.called("Notify")[0][1] == 0
        assert plain.peer.called("Notify")[0][5] == []

    def test_a_daemon_that_dies_with_an_alert_in_its_hands(self, private_bus: PrivateBus, us: Us) -> None:
        silent = Daemon(private_bus, silent=True)
        silent.peer.answers["GetCapabilities"] = ("as", (["body"],))
        us.notifier.show(ALERT)
        us.settle(silent)
        assert silent.peer.called("Notify")
        silent.peer.close()
        daemon = Daemon(private_bus, *FULL)
        us.notifier.show(replace(ALERT, summary="again"))
        us.settle(daemon)
        assert daemon.summaries() == ["again"]

    def test_one_sent_before_the_change_of_daemons_was_seen_is_still_ours(
        self, private_bus: PrivateBus, us: Us, daemon: Daemon, shown: int
    ) -> None:
        daemon.peer.close()
        other = Daemon(private_bus, *FULL)
        us.notifier.show(replace(ALERT, summary="again"))
        us.settle(other)
        assert other.summaries() == ["again"]
        other.click(1, "snooze")
        us.settle(other)
        assert us.clicks == [("again", "snooze", None)]
        us.notifier.withdraw("level")
        us.settle(other)
        assert other.bubbles == {}

    def test_a_daemon_that_never_answers_holds_nobody_up(self, private_bus: PrivateBus, us: Us) -> None:
        silent = Daemon(private_bus, silent=True)
        for n in range(50):
            us.notifier.show(replace(ALERT, summary=str(n)))
        us.settle(silent)
        assert us.notifier.capabilities is None
        assert len(silent.peer.called("GetCapabilities")) == 1

    def test_a_daemon_that_refuses_is_asked_again_the_next_time(
        self, private_bus: PrivateBus, us: Us
    ) -> None:
        daemon = Daemon(private_bus, *FULL)
        daemon.peer.answers["Notify"], works = (
            "org.freedesktop.DBus.Error.LimitsExceeded",
            daemon.peer.answers["Notify"],
        )
        us.notifier.show(ALERT)
        us.settle(daemon)
        daemon.peer.answers["Notify"] = works
        us.notifier.show(ALERT)
        us.settle(daemon)
        assert daemon.summaries() == ["Memory is tight"]

    @pytest.mark.parametrize(
        ("method", "answer"),
        [
            ("GetCapabilities", ("s", ("actions",))),
            ("GetCapabilities", ("", ())),
            ("GetServerInformation", ("s", ("short",))),
            ("Notify", ("i", (-1,))),
            ("Notify", ("s", ("1",))),
        ],
    )
    def test_an_odd_answer_harms_nobody(self, private_bus: PrivateBus, us: Us, method: str, answer) -> None:
        daemon = Daemon(private_bus, *FULL)
        daemon.peer.answers[method] = answer
        us.notifier.show(ALERT)
        us.settle(daemon)
        us.notifier.withdraw("level")
        us.settle(daemon)
        assert us.bus.connected

    def test_it_goes_on_with_the_next_bus(
        self, private_bus: PrivateBus, us: Us, daemon: Daemon, shown: int
    ) -> None:
        private_bus.stop()
        pump(lambda: not us.bus.connected, "the loss", us.bus)
        us.notifier.show(replace(ALERT, summary="meanwhile"))
        private_bus.start()
        wait_for(us.bus.reconnect, "the new bus")
        later = Daemon(private_bus, *FULL)
        us.settle(later)
        assert later.summaries() == ["meanwhile"]
