"""The notifier with a real notification daemon, clicked by a real pointer; no Qt in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from oomtray.dbus.session import SessionBus
from oomtray.desktop.notifications import Notification, Notifier
from tests.rigs.bus.peers import pump
from tests.rigs.desktop.session import Desktop

ALERT = Notification(
    "level",
    "Memory is getting tight",
    "The kernel would kill <b>mysqld</b> & co",
    actions=(("protect", "Protect"), ("snooze", "Snooze")),
)


class Us:
    def __init__(self, desk: Desktop) -> None:
        self.clicks: list[tuple[str, str]] = []
        self.closed: list[str] = []
        self.bus = SessionBus(f"unix:path={desk.socket}")
        assert self.bus.connect()
        self.notifier = Notifier(
            self.bus,
            lambda alert, action, _token: self.clicks.append((alert.summary, action)),
            self.closed.append,
        )

    def pump(self, until, what: str) -> None:
        pump(until, what, self.bus)


@pytest.fixture
def us(desk: Desktop) -> Iterator[Us]:
    us = Us(desk)
    yield us
    us.bus.close()


def show(us: Us, alert: Notification) -> None:
    us.notifier.show(alert)
    us.pump(lambda: not us.notifier.busy, "the daemon to have shown it")


def test_a_button_acts(desk: Desktop, us: Us) -> None:
    show(us, ALERT)
    desk.click_on(desk.notification_buttons(2)[0])
    us.pump(lambda: us.clicks, "the click")
    assert us.clicks == [("Memory is getting tight", "protect")]
    desk.wait_for_no_notification()


def test_it_is_replaced_and_withdrawn(desk: Desktop, us: Us) -> None:
    show(us, ALERT)
    first = desk.notification()
    show(us, replace(ALERT, summary="Memory is nearly gone", urgency="critical", actions=ALERT.actions[:1]))
    desk.notification_buttons(1)
    assert desk.notification().box.y == first.box.y, "in its place, not beside it"
    us.notifier.withdraw("level")
    desk.wait_for_no_notification()
    us.pump(lambda: not us.notifier.busy, "the end")
    assert us.closed == []


def test_a_daemon_started_anew_shows_the_next_one(desk: Desktop, us: Us) -> None:
    show(us, ALERT)
    desk.restart("notifications")
    us.pump(lambda: us.notifier.capabilities is not None, "the new daemon")
    show(us, replace(ALERT, actions=ALERT.actions[:1]))
    desk.click_on(desk.notification_buttons(1)[0])
    us.pump(lambda: us.clicks, "the click")
    assert us.clicks == [("Memory is getting tight", "protect")]
