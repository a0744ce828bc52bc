"""Each kill is told once, by name, with a button that leads to why; what was missed, and many at a time, share a bubble."""

from __future__ import annotations

from dataclasses import replace
from time import localtime, strftime

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
            SessionBus(""), settings, clock=lambda: self.now, wall=lambda: NOON + self.now - 5000, notifier=self._connect
        )
        self.opened = []
        self.kills.wanted.connect(lambda number, token: self.opened.append((number, token)))

    def _connect(self, *args):
        self.notifier = FakeNotifier(*args)
        return self.notifier

    @property
    def titles(self):
        return [shown.summary for shown in self.notifier.shown]


@pytest.fixture
def tray(qapp):
    return Tray(Notifications())


@pytest.mark.parametrize(
    ("told", "title"),
    [
        pytest.param(kill(1, TAB), "Firefox · Web Content was killed by the kernel", id="short enough for a title"),
        pytest.param(kill(1, JAVA), "Java was killed by the kernel", id="by its app's name"),
        pytest.param(kill(1, Dead(pid=5, name="python3", app="train.py")), "train.py was killed by the kernel", id="a script, without its interpreter"),
        pytest.param(kill(1, Dead(pid=5, name="gnome-control-c", app="gnome-control-center")), "gnome-control-center was killed by the kernel", id="no name that is cut"),
        pytest.param(kill(1, JAVA, killer="earlyoom", outcome="likely"), "Java was likely killed by earlyoom", id="likely"),
        pytest.param(kill(1, JAVA, TAB, outcome="one-of"), "One of these was killed by the kernel: Java and Firefox · Web Content", id="one of these"),
        pytest.param(kill(1, JAVA, TAB), "Java and Firefox · Web Content were killed by the kernel", id="a group"),
        pytest.param(kill(1, JAVA, outcome="one-of"), "A process of Java was killed by the kernel", id="one of one app's"),
        pytest.param(kill(1, outcome="unknown"), "A process was killed by the kernel", id="nobody knows"),
        pytest.param(kill(1, Dead(pid=9, name="")), "Process 9 was killed by the kernel", id="no name"),
        pytest.param(kill(1, Dead(pid=9, name="a\nb")), "a\\nb was killed by the kernel", id="a hostile name"),
    ],
)  # fmt: skip
def test_who_was_killed_is_the_title(tray, told, title):
    tray.kills.tell([told])
    assert tray.titles == [title]


def test_the_body_says_what_that_freed(tray):
    tray.kills.tell([kill(1, TAB)])
    assert tray.notifier.shown[0].body == "That freed 1.2 GiB."


def test_the_body_says_what_ran_out_and_what_grew(tray):
    scope = KillScope(kind="cgroup", path="/system.slice/nginx.service", limit=512 * MIB)
    tray.kills.tell([kill(1, JAVA, scope=scope, growing=(Grew("Java", GIB),))])
    (shown,) = tray.notifier.shown
    assert shown.body == "nginx.service had reached its memory limit of 512 MiB.\nWhat took memory just before: Java."


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"foretold": 240.0}, "A warning had named it 4 min before."),
        ({"foretold": 0.2}, ""),
        ({"outcome": "likely"}, "Nobody saw it end: it would have been the next, and it is gone."),
        ({"outcome": "likely", "sources": ("pidfd", "vmstat")}, "It ended just when the kernel counted a kill."),
        ({"outcome": "likely", "sources": ("pidfd",), "killer": "earlyoom"}, "It ended while earlyoom was about to act."),
    ],
)
def test_the_body_says_how_it_is_known(tray, facts, says):
    tray.kills.tell([kill(1, JAVA, **facts)])
    assert tray.notifier.shown[0].body == says


def test_the_button_and_a_click_lead_to_this_kill(tray):
    tray.kills.tell([kill(41, TAB), kill(42, JAVA)])
    first, second = tray.notifier.shown
    assert first.key != second.key
    assert dict(first.actions)["why"] == "Why?"
    tray.notifier.on_action(first, "why", "token")
    tray.notifier.on_action(second, "default", None)
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
    assert tray.titles[-1] == "Java was killed by the kernel"


MYSQL = Dead(pid=9, name="mysqld", app="mysqld", unit="mysql.service")


def looped(tray, minutes, *victims, every=1, **facts):
    """A kill every minute, each by another pid; the titles, each with the minute in which it was shown."""
    found = []
    for number, minute in enumerate(range(0, minutes, every), start=1):
        shown = len(tray.titles)
        dead = [replace(victim, pid=victim.pid + number * 10) for victim in victims]
        tray.kills.tell([kill(number, *dead, time=NOON + 60 * minute, **facts)])
        found += [(minute, title) for title in tray.titles[shown:]]
        tray.now += 60 * every
    return found


def at_noon(minutes=0):
    return strftime("%H:%M", localtime(NOON + 60 * minutes))


def test_what_is_killed_in_a_loop_has_one_bubble_that_comes_less_and_less_often(tray):
    told = looped(tray, 60, MYSQL)
    again = f"mysqld was killed again by the kernel: {{}} times since {at_noon()}"
    assert told == [
        (0, "mysqld was killed by the kernel"), (1, again.format(2)), (6, again.format(7)), (16, again.format(17)), (36, again.format(37)),
    ]  # fmt: skip
    assert len({shown.key for shown in tray.notifier.shown}) == 1
    tray.notifier.press("why")
    assert tray.opened == [(37, "")], "the latest that it tells of"


def test_a_loop_is_told_a_few_times_a_day(tray):
    assert len(looped(tray, 24 * 60, MYSQL, every=2)) < 15


def test_after_an_hour_without_a_kill_it_is_told_anew(tray):
    looped(tray, 30, MYSQL)
    tray.now += 3600
    tray.kills.tell([kill(99, MYSQL)])
    assert tray.titles[-1] == "mysqld was killed by the kernel"
    assert tray.notifier.shown[-1].key != tray.notifier.shown[0].key


def test_others_are_told_beside_a_loop(tray):
    looped(tray, 10, MYSQL)
    tray.kills.tell([kill(50, JAVA), kill(51, replace(TAB, app="Chrome")), kill(52, MYSQL)])
    assert tray.titles[-2:] == ["Java was killed by the kernel", "Chrome · Web Content was killed by the kernel"]


@pytest.mark.parametrize(
    ("victims", "facts", "title"),
    [
        pytest.param([JAVA], {"outcome": "likely"}, "Java was likely killed again by the kernel: 2 times since {}", id="likely"),
        pytest.param([TAB], {}, "Firefox · Web Content was killed again by the kernel: 2 times since {}", id="a part of an app"),
        pytest.param([replace(MYSQL, app=None), replace(JAVA, app=None)], {}, "mysql.service was killed again by the kernel: 2 times since {}", id="a unit, whole"),
        pytest.param([], {"outcome": "unknown"}, "2 processes were killed by the kernel since {}", id="nobody knows"),
        pytest.param([], {"outcome": "ending"}, "Memory ran out, but the process that the kernel chose was ending already", id="it was ending"),
        pytest.param([], {"outcome": "nobody"}, "Memory ran out, and there was no process that could be killed", id="nobody could be"),
        pytest.param([JAVA, TAB], {"outcome": "one-of"}, "2 processes were killed by the kernel since {}", id="one of these"),
        pytest.param([Dead(pid=9, name="a\nb")], {}, "a\\nb was killed again by the kernel: 2 times since {}", id="a hostile name"),
    ],
)  # fmt: skip
def test_how_a_repetition_is_told(tray, victims, facts, title):
    assert looped(tray, 2, *victims, **facts)[1:] == [(1, title.format(at_noon()))]


@pytest.mark.parametrize(
    ("before", "title"),
    [
        pytest.param(3600, "2 apps were killed today", id="today"),
        pytest.param(DAY, "2 apps were killed since yesterday", id="yesterday"),
        pytest.param(3 * DAY, "2 apps were killed since 12 Jan", id="before"),
    ],
)
def test_what_happened_while_nobody_watched_is_told_at_once_and_once(tray, before, title):
    tray.kills.tell([kill(3, TAB, missed=True, time=NOON - before), kill(4, JAVA, missed=True, time=NOON - 60)])
    (shown,) = tray.notifier.shown
    assert shown.summary.startswith(title)
    assert shown.body == "Firefox · Web Content and Java"


def test_those_that_nobody_saw_are_counted_beside_those_that_are_named(tray):
    tray.kills.tell([kill(3, TAB, missed=True, time=NOON - 60), kill(4, outcome="unknown", kills=7, missed=True, time=NOON - 60)])
    (shown,) = tray.notifier.shown
    assert (shown.summary, shown.body) == ("8 apps were killed today", "Firefox · Web Content and 7 more")


def test_an_app_that_was_killed_twice_meanwhile_is_one(tray):
    tray.kills.tell([kill(n, one, missed=True, time=NOON - 60 * n) for n, one in enumerate((TAB, JAVA, TAB), start=3)])
    (shown,) = tray.notifier.shown
    assert shown.summary.startswith("2 apps were killed today")


def test_who_wants_none_is_told_none(qapp):
    tray = Tray(Notifications(kills=False))
    tray.kills.tell([kill(1, TAB)])
    assert tray.titles == []


@pytest.mark.parametrize(
    ("waiting", "closed", "at_end", "at_restart"),
    [
        pytest.param(False, False, [], [1, 2, 3, 4, 5], id="shown"),
        pytest.param(False, True, [], [], id="closed by the user"),
        pytest.param(True, False, [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], id="no daemon has shown it"),
    ],
)  # fmt: skip
def test_what_nobody_was_shown_is_known_at_the_end(qapp, waiting, closed, at_end, at_restart):
    for restarts, numbers in ((False, at_end), (True, at_restart)):
        tray = Tray(Notifications())
        tray.kills.tell([kill(number, replace(JAVA, app=f"App {number}")) for number in range(1, 6)])
        if waiting:
            tray.notifier.waiting |= tray.notifier.open
        if closed:
            tray.notifier.open.clear()
        assert sorted(set(tray.kills.withdraw(restarts=restarts))) == numbers


def test_what_was_held_back_was_shown_to_nobody(tray):
    tray.kills.quiet = lambda: True
    tray.kills.tell([kill(1, JAVA)])
    assert tray.kills.withdraw() == [1]
