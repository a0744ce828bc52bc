"""Each kill is told once, by name, with a button that leads to why; what was missed, and many at a time, share a bubble."""

from __future__ import annotations

import pytest

from oomtray.config import Notifications
from oomtray.dbus.session import SessionBus
from oomtray.history.kills import RecordedKill
from oomtray.risk.kill_event import Dead, Grew, KillEvent, KillScope
from oomtray.ui.app.kill_notifications import KillNotifications
from tests.facts import GIB, MIB
from tests.ui.app.test_level_notifications import FakeNotifier

NOON = 1_800_014_400.0
DAY = 86_400
TAB = Dead(pid=77, name="Web Content", app="Firefox", freed=1288490189)
JAVA = Dead(pid=5, name="java", app="Java")


def kill(number, *victims, missed=False, **facts):
    event = {"time": NOON, "killer": "kernel", "outcome": "killed", "victims": victims, "sources": ("vmstat",)} | facts
    return RecordedKill(number, KillEvent(**event), missed=missed)


class Tray:
    """What the tray app tells of kills, to a notifier that only remembers it."""

    def __init__(self, settings):
        self.now = 5000.0
        self.kills = KillNotifications(
            SessionBus(""), settings, clock=lambda: self.now, wall=lambda: NOON, notifier=FakeNotifier
        )
        self.notifier = self.kills._notifier
        self.opened = []
        self.kills.wanted.connect(lambda number, token: self.opened.append((number, token)))

    @property
    def titles(self):
        return [shown.summary for shown in self.notifier.shown]


@pytest.fixture
def tray(qapp):
    return Tray(Notifications())


@pytest.mark.parametrize(
    ("told", "title"),
    [
        pytest.param(kill(1, TAB), "Firefox · Web Content was killed by the kernel to free 1.2 GiB", id="with what it freed"),
        pytest.param(kill(1, JAVA), "java was killed by the kernel", id="by its app's name"),
        pytest.param(kill(1, JAVA, killer="earlyoom", outcome="likely"), "java was likely killed by earlyoom", id="likely"),
        pytest.param(kill(1, JAVA, TAB, outcome="one-of"), "One of these was killed by the kernel: java and Firefox · Web Content", id="one of these"),
        pytest.param(kill(1, JAVA, TAB), "java and Firefox · Web Content were killed by the kernel", id="a group"),
        pytest.param(kill(1, outcome="unknown"), "A process was killed by the kernel", id="nobody knows"),
        pytest.param(kill(1, Dead(pid=9, name="")), "A process (9) was killed by the kernel", id="no name"),
        pytest.param(kill(1, Dead(pid=9, name="a\nb")), "a\\nb was killed by the kernel", id="a hostile name"),
    ],
)  # fmt: skip
def test_who_was_killed_is_the_title(tray, told, title):
    tray.kills.tell([told])
    assert tray.titles == [title]


def test_the_body_says_what_ran_out_and_what_grew(tray):
    scope = KillScope(kind="cgroup", path="/system.slice/nginx.service", limit=512 * MIB)
    tray.kills.tell([kill(1, JAVA, scope=scope, growing=(Grew("Java", GIB),))])
    (shown,) = tray.notifier.shown
    assert shown.body == "nginx.service had reached its memory limit of 512 MiB.\nWhat took memory just before: Java."


def test_the_button_and_a_click_lead_to_this_kill(tray):
    tray.kills.tell([kill(41, TAB), kill(42, JAVA)])
    first, second = tray.notifier.shown
    assert first.key != second.key
    assert dict(first.actions)["why"] == "Why?"
    tray.kills._acted(first, "why", "token")
    tray.kills._acted(second, "default", None)
    assert tray.opened == [(41, "token"), (42, "")]


def test_one_that_could_not_be_recorded_is_told_without_the_button(tray):
    tray.kills.tell([kill(0, TAB)])
    assert [action for action, _label in tray.notifier.shown[0].actions] == ["default"]


def test_many_at_a_time_share_a_bubble(tray):
    for number in range(1, 8):
        tray.kills.tell([kill(number, Dead(pid=number, name=f"app{number}"))])
    assert len({shown.key for shown in tray.notifier.shown}) == 4
    assert tray.titles[-1] == "4 apps were killed just now"
    tray.now += 100
    tray.kills.tell([kill(9, JAVA)])
    assert tray.titles[-1] == "java was killed by the kernel"


@pytest.mark.parametrize(
    ("before", "title"),
    [
        pytest.param(3600, "2 apps were killed today", id="today"),
        pytest.param(DAY, "2 apps were killed since yesterday", id="yesterday"),
        pytest.param(3 * DAY, "2 apps were killed since 2027-01-12", id="before"),
    ],
)
def test_what_happened_while_nobody_watched_is_told_at_once_and_once(tray, before, title):
    tray.kills.tell([kill(3, TAB, missed=True, time=NOON - before), kill(4, JAVA, missed=True, time=NOON - 60)])
    (shown,) = tray.notifier.shown
    assert shown.summary.startswith(title)
    assert shown.body == "Firefox · Web Content and java"


def test_who_wants_none_is_told_none(qapp):
    tray = Tray(Notifications(kills=False))
    tray.kills.tell([kill(1, TAB)])
    assert tray.titles == []
