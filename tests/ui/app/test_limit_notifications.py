"""A group that is close to its own memory limit is told once an episode, by its name, and no longer once it has recovered."""

from __future__ import annotations

import pytest

from oomtray.config import Notifications
from oomtray.dbus.session import SessionBus
from oomtray.risk.limited_group import LimitedGroup
from oomtray.risk.outlook import Forecast, Level
from oomtray.ui.app.limit_notifications import LimitNotifications
from tests.facts import MIB, assessments
from tests.facts.processes import process
from tests.facts.snapshots import snapshot
from tests.ui.app.test_level_notifications import FakeNotifier

NGINX = "/system.slice/nginx.service"


def group(level="warning", path=NGINX, **changes):
    facts = {
        "path": path,
        "name": path.rpartition("/")[2],
        "kind": "unit",
        "limit": 512 * MIB,
        "high": None,
        "used": 497 * MIB,
        "level": Level(level),
        "forecast": Forecast(),
        "victim": assessments.victim(assessments.risk(of=process(812, name="nginx"))),
    }
    return LimitedGroup(**(facts | changes))


class Tray:
    """What the tray app tells of limits, to a notifier that only remembers it."""

    def __init__(self, settings):
        self.now = 5000.0
        self.limits = LimitNotifications(SessionBus(""), settings, clock=lambda: self.now, notifier=self._connect)

    def _connect(self, *args):
        self.notifier = FakeNotifier(*args)
        return self.notifier

    def at(self, now, *groups):
        self.now = now
        self.limits.consider(assessments.assessment(limits=groups, snapshot=snapshot(at=now)))

    @property
    def titles(self):
        return [shown.summary for shown in self.notifier.shown]


@pytest.fixture
def tray(qapp):
    return Tray(Notifications())


def test_it_is_named_with_what_would_be_killed_and_told_once(tray):
    tray.at(5000, group())
    tray.at(5010, group())
    (told,) = tray.notifier.shown
    assert told.summary == "nginx.service is close to its memory limit"
    assert told.body == "nginx.service has used 97 % of its memory limit of 512 MiB. nginx would be killed there next."
    assert [action for action, _label in told.actions] == ["default", "snooze"]


def test_each_group_has_a_bubble_of_its_own_replaced_when_it_gets_worse_and_withdrawn_on_recovery(tray):
    other = group(path="/machine.slice/machine-web.scope", name="web", kind="container")
    tray.at(5000, group(), other)
    tray.at(5010, group("critical"), other)
    assert sorted(tray.titles[:2]) == ["nginx.service is close to its memory limit", "web (container) is close to its memory limit"]
    assert tray.titles[2] == "nginx.service has nearly used up its memory limit"
    assert len({shown.key for shown in tray.notifier.shown}) == 2
    tray.at(5020, other)
    assert tray.notifier.withdrawn == [tray.notifier.shown[2].key]


def test_a_group_around_its_mark_is_not_told_at_each_crossing(tray):
    for now in range(5000, 8000, 100):
        tray.at(now, *([group()] if now % 200 else []))
    assert len(tray.titles) == 1
    tray.at(8000)
    tray.at(20_000, group())
    assert len(tray.titles) == 2


def test_a_limit_that_holds_back_is_told_once_it_has_lasted(tray):
    held = group("normal", limit=None, high=512 * MIB, held_since=5000.0, victim=None)
    tray.at(5001, held)
    assert tray.titles == []
    tray.at(5040, held)
    (told,) = tray.notifier.shown
    assert told.summary == "nginx.service is held back by its memory limit"
    assert told.body == "nginx.service has been held back by its memory limit of 512 MiB for 40 s."


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        pytest.param(Notifications(limits=False), "critical", id="limits are off"),
        pytest.param(Notifications(warning=False), "warning", id="warnings are off"),
        pytest.param(Notifications(critical=False), "critical", id="critical ones are off"),
    ],
)
def test_what_is_switched_off_is_not_told(qapp, settings, level):
    tray = Tray(settings)
    tray.at(5000, group(level))
    assert tray.titles == []


def test_snooze_holds_for_all_groups_for_so_many_minutes(tray):
    tray.at(5000, group())
    tray.notifier.press("snooze")
    other = group("critical", "/other")
    tray.at(5000 + 29 * 60, other)
    assert len(tray.titles) == 1
    tray.at(5000 + 31 * 60, other)
    assert len(tray.titles) == 2


def test_a_click_shows_the_window(tray, qtbot):
    tray.at(5000, group())
    with qtbot.waitSignal(tray.limits.show_wanted) as shown:
        tray.notifier.press("default", token="token")
    assert shown.args == ["token"]
