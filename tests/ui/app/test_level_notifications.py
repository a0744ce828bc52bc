"""Levels as notifications: told once, replaced, withdrawn; each button acts on the process that its notification named."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from oomtray.config import Notifications, Settings
from oomtray.dbus.session import SessionBus
from oomtray.history.kills import RecordedKill
from oomtray.messages import names
from oomtray.messages.conditions import condition
from oomtray.risk.assessment import Assessment
from oomtray.risk.conditions import Condition
from oomtray.risk.growing_apps import GrowingApp
from oomtray.risk.judged import AppId
from oomtray.risk.outlook import Forecast, Level
from oomtray.ui.app.level_notifications import KEY, OUTCOME, LevelNotifications
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.report import Offer, Report
from oomtray.ui.controllers.row_actions import Subject
from tests.desktop.app import sleeper
from tests.facts import GIB, MIB, desktops, kills
from tests.facts.processes import process
from tests.rigs.processes.proc import state_of
from tests.ui.reports import PASSWORD, UNDO, offers

CGROUP = f"{desktops.USER}/app.slice/app-browser-1.scope"


class FakeNotifier:
    """Keeps what it is told to show: the desktop's daemon is not asked."""

    def __init__(self, bus, on_action, on_closed=None) -> None:
        self.on_action = on_action
        self.shown: list = []
        self.withdrawn: list[str] = []
        self.waiting: set[str] = set()
        self.open: set[str] = set()

    def show(self, alert) -> None:
        self.shown.append(alert)
        self.open.add(alert.key)

    def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)

    def withdraw_all(self) -> None:
        self.withdrawn.append("all")

    def press(self, action: str, bubble: int = -1, token: str | None = None) -> None:
        self.on_action(self.shown[bubble], action, token)


class FakeController(ChangeController):
    """Remembers what it was asked to do, and reports it done."""

    def __init__(self) -> None:
        super().__init__(Settings().actions)
        self.asked: list[tuple] = []
        self.subjects: list[Subject] = []
        self.pressed: list[str] = []
        self.more: tuple[Offer, ...] = ()
        self.answers_later = False

    def end_named(self, subject, assessment):
        self.do("end", subject, assessment)

    def do(self, word, subject, assessment):
        self.asked.append((word, subject.first.process.pid))
        self.subjects.append(subject)
        if self.answers_later:
            return True
        self.reported.emit(
            Report(
                "part",
                f"{subject.name} lowered. Going lower needs more.",
                (*offers(PASSWORD, UNDO, pressed=self.pressed), *self.more),
            )
        )
        return False


class Tray:
    """What the tray app tells of levels, to a notifier that only remembers it."""

    def __init__(self, settings=None, uid=0) -> None:
        self.now = 1000.0
        self.changes = FakeController()
        self.alerts = LevelNotifications(
            SessionBus(None), self.changes, settings or Notifications(), clock=lambda: self.now, uid=uid, notifier=self.connect
        )

    def connect(self, bus, on_action) -> FakeNotifier:
        self.notifier = FakeNotifier(bus, on_action)
        return self.notifier

    def told(self) -> list[str]:
        return [alert.summary for alert in self.notifier.shown]


@pytest.fixture
def tray(qtbot):
    return Tray()


def test_a_level_is_told_once(tray):
    for _ in range(3):
        tray.alerts.consider(desktops.desktop("warning"))

    assert tray.told() == ["Memory is getting tight: 2.7 GiB left"]


@pytest.mark.parametrize(
    ("kill", "times"),
    [
        pytest.param(kills.leak(), 2, id="the machine's"),
        pytest.param(replace(kills.leak(), constraint="memcg"), 1, id="of a group at its own limit"),
        pytest.param(None, 1, id="none"),
    ],
)
def test_after_a_kill_a_new_danger_is_told_at_once(tray, kill, times):
    def at(seconds: float, level: str) -> Assessment:
        shown = desktops.desktop(level)
        return replace(shown, snapshot=shown.snapshot._replace(at=shown.snapshot.at + seconds))

    tray.alerts.consider(at(0, "critical"))
    if kill is not None:
        tray.alerts.take_kills([RecordedKill(1, kill)])
    tray.alerts.consider(at(90, "normal"))
    tray.alerts.consider(at(240, "critical"))

    assert len(tray.told()) == times


def test_what_was_told_goes_into_the_record(tray):
    events = []
    tray.alerts.told.connect(events.append)
    for _ in range(2):
        tray.alerts.consider(desktops.desktop("warning"))
    (event,) = events
    assert event.kind == "told"
    assert event.data["level"] == "warning"
    assert event.data["victim"] == {"pid": 4203, "name": "Web Content", "shown": "firefox · Web Content"}


def test_it_names_the_killer_the_victim_what_it_holds_and_the_time_left(tray):
    tray.alerts.consider(desktops.desktop("warning"))

    assert tray.notifier.shown[0].body == (
        "It lasts about 5–7 min at this rate.\n"
        "If memory ran out now, the kernel would kill firefox · Web Content, which would free at most 1.7 GiB."
    )


@pytest.mark.parametrize(
    ("clocks", "first"),
    [
        pytest.param(
            {"stall": (100.0, 140.0), "kill": (500.0, 700.0)},
            "At this rate apps get slow in about 2 min; in about 8–12 min the kernel kills firefox · Web Content, "
            "which frees at most 1.7 GiB.",
            id="then it dies",
        ),
        pytest.param(
            {"stall": (100.0, 140.0), "kill": (110.0, 150.0)}, "It lasts about 2 min at this rate.", id="both at once"
        ),
        pytest.param({"stall": (100.0, 140.0)}, "At this rate apps get slow in about 2 min.", id="no kill foreseen"),
    ],
)
def test_a_stall_that_comes_before_the_kill_is_said_in_words(tray, clocks, first):
    tray.alerts.consider(replace(desktops.desktop("warning"), forecast=Forecast(rate=7.5 * MIB, **clocks)))

    lines = tray.notifier.shown[0].body.split("\n")
    assert lines[0] == first
    assert sum("Web Content" in line for line in lines) == 1


def test_where_nobody_can_be_named_the_two_clocks_stand_alone(tray):
    clocks = Forecast(rate=7.5 * MIB, stall=(100.0, 140.0), kill=(500.0, 700.0))
    tray.alerts.consider(replace(desktops.void(), forecast=clocks))

    first, last = tray.notifier.shown[0].body.split("\n")
    assert first == "At this rate apps get slow in about 2 min, and something is killed in about 8–12 min."
    assert "the kernel would panic" in last


def test_of_an_incomplete_view_it_says_so(tray):
    tray.alerts.consider(desktops.incomplete())

    assert "Only processes that you can see are counted." in tray.notifier.shown[0].body
    assert "This ends all of firefox: 12 processes." in tray.notifier.shown[0].body


@pytest.mark.parametrize(
    ("assessment", "says"),
    [
        pytest.param(desktops.close(2), "It could also be krita: too close to tell apart.", id="one other"),
        pytest.param(
            desktops.close(3), "It could also be krita and gimp: too close to tell apart.", id="two others"
        ),
        pytest.param(
            desktops.void(), "If memory ran out now, the kernel would panic and the whole machine would stop.", id="panic"
        ),
        pytest.param(
            desktops.void(panic=False),
            "If memory ran out now, the kernel would kill whichever process asked for memory at that moment.",
            id="whoever asks",
        ),
    ],
)  # fmt: skip
def test_it_names_a_victim_only_as_far_as_that_is_known(tray, assessment, says):
    tray.alerts.consider(assessment)

    lines = tray.notifier.shown[0].body.split("\n")
    assert (lines[0], lines[-1]) == ("It lasts about 5–7 min at this rate.", says)


@pytest.mark.parametrize(
    ("which", "says", "labels"),
    [
        pytest.param(
            1, ["pytest (501) grows by 600 MiB a minute.", "kill pytest (500), which"], ["End pytest (501)"], id="another grows",
        ),
        pytest.param(0, ["pytest grows by 600 MiB a minute.", "kill pytest, which"], ["End pytest"], id="what dies grows"),
    ],
)  # fmt: skip
def test_where_two_have_one_name_the_pids_tell_which_grows_which_dies_and_which_the_button_ends(tray, which, says, labels):
    found = desktops.namesakes("critical")
    for one in found.snapshot.processes:
        names.learn_process(one.identity, "pytest")
    one, victim = found.apps[which], found.victim
    grows = GrowingApp(AppId(one.key, one.name, one.kind, None, one.uid), 10.0 * MIB, (one.members[0].process,), 1.0)
    alone = replace(found.killers[0], victim=replace(victim, near=()))

    tray.alerts.consider(replace(found, growing=(grows,), killers=(alone,)))

    shown = tray.notifier.shown[0]
    assert [text for text in says if text not in shown.body] == [], shown.body
    assert [label for key, label in shown.actions if key == "end"] == labels


@pytest.mark.parametrize(
    ("comm", "name"),
    [
        pytest.param("qemu-system-x86", "qemu-system-x86_64", id="the kernel keeps 15 bytes"),
        pytest.param("a-compiler-for-", "a-compiler-for-everything-there-is", id="too long for a button"),
    ],
)
def test_the_button_ends_what_the_text_says_that_grows_by_the_same_name(tray, comm, name):
    job = process(900, name=comm, exe=f"/usr/bin/{name}", rss=2 * GIB, rss_anon=2 * GIB)
    found = desktops.judged((*desktops.desktop().snapshot.processes, job), "critical")

    tray.alerts.consider(desktops.growing(found, **{comm: 900}))

    shown = tray.notifier.shown[0]
    assert f"{name} grows by 5.3 GiB a minute." in shown.body.split("\n")
    assert dict(shown.actions)["end"] == f"End {name if len(name) <= 24 else name[:23] + '…'}"


def test_what_is_too_close_to_tell_apart_has_its_pid_where_it_has_the_same_name(tray):
    found = desktops.namesakes()
    for one in found.snapshot.processes:
        names.learn_process(one.identity, "pytest")

    tray.alerts.consider(found)

    body = tray.notifier.shown[0].body
    assert "would kill pytest (500), which" in body
    assert "It could also be pytest (501): too close to tell apart." in body


@pytest.mark.parametrize(
    ("level", "labels"),
    [("warning", ["Show", "Snooze for 30 min"]), ("critical", ["Show", "End mysql", "Snooze for 30 min"])],
)
def test_where_the_order_is_void_only_ending_the_biggest_is_offered(tray, level, labels):
    before = desktops.void(level=level)
    mysqld = next(p.pid for p in before.snapshot.processes if p.name == "mysqld")
    grown = desktops.grown(before, mysqld, 5000 * MIB)

    void = replace(grown.killers[0], overrides=before.killers[0].overrides)
    tray.alerts.consider(replace(grown, killers=(void,)))

    assert [label for _, label in tray.notifier.shown[0].actions] == labels


def test_a_higher_level_takes_the_same_bubble_and_does_not_expire(tray):
    tray.alerts.consider(desktops.desktop("warning"))
    tray.alerts.consider(desktops.desktop("critical"))

    assert [(alert.key, alert.urgency) for alert in tray.notifier.shown] == [
        (KEY, "normal"),
        (KEY, "critical"),
    ]


def test_it_is_withdrawn_on_recovery(tray):
    tray.alerts.consider(desktops.desktop("warning"))
    tray.alerts.consider(desktops.desktop("normal"))

    assert tray.notifier.withdrawn == [KEY]


@pytest.mark.parametrize(
    ("level", "labels"),
    [
        ("warning", ["Show", "Protect firefox", "Snooze for 30 min"]),
        ("critical", ["Show", "End Web Content", "Snooze for 30 min"]),
    ],
)
def test_each_level_offers_what_helps_then(tray, level, labels):
    tray.alerts.consider(desktops.desktop(level))

    assert [label for _, label in tray.notifier.shown[0].actions] == labels


@pytest.mark.parametrize("level", ["warning", "critical"])
@pytest.mark.parametrize("scene", ["as it is", "another is the biggest", "void"])
def test_there_are_at_most_three_buttons_and_show_is_the_click_on_the_bubble(tray, level, scene):
    """GNOME draws no more: the fourth was Snooze, and lost."""
    found = desktops.void(level=level) if scene == "void" else desktops.desktop(level)
    if scene == "another is the biggest":
        mysqld = next(p.pid for p in found.snapshot.processes if p.name == "mysqld")
        found = desktops.grown(found, mysqld, 5000 * MIB)
    tray.alerts.consider(found)

    (click, *buttons) = tray.notifier.shown[0].actions
    assert click == ("default", "Show")
    assert 1 <= len(buttons) <= 3
    assert buttons[-1] == ("snooze", "Snooze for 30 min")


@pytest.mark.parametrize(
    ("level", "grown", "labels"),
    [
        pytest.param("warning", {"cc1plus": 900}, ["Protect firefox", "End cc1plus"], id="warning"),
        pytest.param("warning", {"Web Content": 900}, ["Protect firefox", "End Web Content"], id="the victim itself"),
        pytest.param("warning", {"mysqld": 900}, ["Protect firefox"], id="a system service is not ended"),
        pytest.param("warning", {"gnome-shell": 900}, ["Protect firefox"], id="nor what shows the session"),
        pytest.param("warning", {"mysqld": 900, "slack": 300}, ["Protect firefox", "End slack"], id="the next fastest"),
        pytest.param("warning", {"cc1plus": 20}, ["Protect firefox"], id="too little to tell"),
        pytest.param("critical", {"rust-analyzer": 7000}, ["End rust-analyzer"], id="it is next already"),
        pytest.param("critical", {"rust-analyzer": 900}, ["End rust-analyzer", "Let rust-analyzer go first"], id="critical"),
        pytest.param("critical", {"slack": 900}, ["End slack"], id="the biggest is next already"),
    ],
)  # fmt: skip
def test_what_grows_can_be_ended_by_its_name(tray, level, grown, labels):
    tray.alerts.consider(desktops.growing(desktops.desktop(level), **grown))

    assert [label for _, label in tray.notifier.shown[0].actions] == ["Show", *labels, "Snooze for 30 min"]


def test_it_says_what_grows_and_how_fast(tray):
    tray.alerts.consider(desktops.growing(desktops.desktop("warning"), cc1plus=900))

    assert tray.notifier.shown[0].body.split("\n")[1] == "cc1plus grows by 5.3 GiB a minute."


def test_of_others_nothing_is_offered_that_would_be_refused(qtbot):
    tray = Tray(uid=1001)  # all of the desktop is 1000's

    tray.alerts.consider(desktops.growing(desktops.desktop("critical"), cc1plus=900))

    assert [action for action, _ in tray.notifier.shown[0].actions] == ["default", "snooze"]


def test_a_growing_process_is_ended_by_its_button_and_no_other(tray):
    found = desktops.growing(desktops.desktop("warning"), cc1plus=900)
    tray.alerts.consider(found)

    tray.notifier.press("end")

    assert tray.changes.asked == [("end", found.growing[0].growing[0].pid)]


@pytest.mark.parametrize("chosen", [desktops.by_hand, desktops.by_rule])
def test_nobody_is_to_go_in_the_place_of_one_that_the_user_chose(tray, chosen):
    before = desktops.desktop("critical")
    mysqld = next(p.pid for p in before.snapshot.processes if p.name == "mysqld")
    now = desktops.grown(before, mysqld, 5000 * MIB)

    tray.alerts.consider(chosen(now, now.victim.risk.process))

    assert not [label for _, label in tray.notifier.shown[0].actions if "go first" in label]


def test_where_the_biggest_is_another_it_can_be_let_go_first(tray):
    before = desktops.desktop("critical")
    mysqld = next(p.pid for p in before.snapshot.processes if p.name == "mysqld")
    tray.alerts.consider(desktops.grown(before, mysqld, 5000 * MIB))

    tray.notifier.press("biggest")

    assert ("biggest", "Let mysql go first") in tray.notifier.shown[0].actions
    assert tray.changes.asked[0] == ("first", mysqld)


@pytest.mark.parametrize(
    ("level", "action", "asked"),
    [
        ("warning", "protect", ("protect", 4203)),
        ("critical", "end", ("end", 4203)),
    ],
)
def test_a_button_acts(tray, level, action, asked):
    tray.alerts.consider(desktops.desktop(level))

    tray.notifier.press(action)

    assert tray.changes.asked == [asked]


@pytest.mark.parametrize("asked", [True, False], ids=["while the popup is open", "while apps aren't asked for"])
def test_the_whole_app_is_protected_as_by_the_popup(tray, firefox, asked):
    """Of one tab's process alone: another tab of the same browser was next then."""
    tray.alerts.consider(firefox if asked else replace(firefox, apps=()))
    assert ("protect", "Protect Firefox") in tray.notifier.shown[-1].actions
    tray.notifier.press("protect")
    app = next(app for app in firefox.apps if app.name == "firefox")
    subject = tray.changes.subjects[-1]
    assert subject.app
    assert {risk.process.pid for risk in subject.risks} == {risk.process.pid for risk in app.members}
    assert subject.first == firefox.victim.risk


def test_what_shares_only_an_interpreter_is_no_app_while_nobody_has_read_its_scripts(tray):
    found = desktops.scripts()
    warned = replace(found, apps=(), level=Level("warning", 0.0, "used"))
    tray.alerts.consider(warned)
    tray.notifier.press("protect")
    assert sum(process.exe == warned.victim.risk.process.exe for process in warned.snapshot.processes) > 1
    assert [risk.process for risk in tray.changes.subjects[-1].risks] == [warned.victim.risk.process]


def test_what_became_of_it_is_told_there_and_can_be_taken_back(tray):
    tray.alerts.consider(desktops.desktop("warning"))
    tray.notifier.press("protect")

    outcome = tray.notifier.shown[-1]
    assert (outcome.key, outcome.summary) == (OUTCOME, "Protect firefox")
    assert outcome.body == (
        "firefox lowered. Going lower needs more.\nOpen OOM Tray to continue with a password."
    )

    (button,) = [action for action, label in outcome.actions if label == UNDO]
    tray.notifier.press(button)
    assert tray.changes.pressed == [UNDO]


def test_what_another_program_answers_later_is_told_there_too(tray):
    tray.changes.more = (Offer("Spare it there too", lambda: None, answers_later=True),)
    tray.alerts.consider(desktops.desktop("warning"))
    tray.notifier.press("protect")
    (button,) = [action for action, label in tray.notifier.shown[-1].actions if label == "Spare it there too"]
    tray.notifier.press(button)
    told = len(tray.notifier.shown)
    for text in ("systemd-oomd now takes others before it.", "Done in the popup."):
        tray.changes.reported.emit(Report("done", text))
    assert [(bubble.summary, bubble.body) for bubble in tray.notifier.shown[told:]] == [
        ("Spare it there too", "systemd-oomd now takes others before it.")
    ], "and the next report is the popup's alone"


def test_what_became_of_a_button_is_told_there_also_where_it_comes_later(tray):
    """As where systemd-oomd acts first, and the user's manager is asked."""
    tray.changes.answers_later = True
    tray.alerts.consider(desktops.desktop("warning"))
    tray.notifier.press("protect")
    told = len(tray.notifier.shown)
    tray.changes.reported.emit(Report("done", "systemd-oomd now takes others before it."))
    assert [(bubble.summary, bubble.body) for bubble in tray.notifier.shown[told:]] == [
        ("Protect firefox", "systemd-oomd now takes others before it.")
    ]


@pytest.fixture
def firefox():
    """By the name of its desktop entry, as the window learns it."""
    shown = desktops.desktop("warning")
    names.learn_app(next(app for app in shown.apps if app.name == "firefox"), "Firefox")
    yield shown
    names.forget_all()


@pytest.mark.parametrize("asked", [True, False], ids=["while the popup is open", "while apps aren't asked for"])
def test_apps_are_called_as_in_the_window_and_without_numbers(tray, firefox, asked):
    tray.alerts.consider(firefox if asked else replace(firefox, apps=()))
    body = tray.notifier.shown[-1].body
    assert "the kernel would kill Firefox · Web Content, which would free" in body
    assert "(4203)" not in body


def test_several_that_are_called_alike_are_not_told_apart_by_name(tray):
    alike = tuple(
        process(500 + n, name="tab", rss=1500 * MIB, rss_anon=1400 * MIB, cgroup=CGROUP, unit_cgroup=CGROUP) for n in range(3)
    )
    tray.alerts.consider(desktops.judged(alike, "warning"))
    assert "It could also be another of its processes: too close to tell apart." in tray.notifier.shown[-1].body


def test_what_was_done_in_the_popup_makes_no_notification(tray):
    tray.changes.reported.emit(Report("done", "Spotify: done.", offers(UNDO)))

    assert tray.notifier.shown == []


def test_show_hands_on_the_right_to_take_the_focus(tray, qtbot):
    tray.alerts.consider(desktops.desktop("warning"))

    with qtbot.waitSignal(tray.alerts.show_wanted) as wanted:
        tray.notifier.press("default", token="token-7")

    assert wanted.args == ["token-7"]


def test_opened_from_an_outcome_the_popup_keeps_that_and_what_it_offers(tray):
    """It was replaced by what had caused the level, so that there was no way to continue with a password."""
    asked = []
    tray.alerts.why_wanted.connect(lambda: asked.append(len(tray.notifier.shown)))
    tray.alerts.consider(desktops.desktop("warning"))
    tray.notifier.press("default")
    tray.notifier.press("protect")
    tray.notifier.press("default")

    assert asked == [1]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        pytest.param(Condition("no-swap"), False, id="how the machine is set up can wait"),
        pytest.param(Condition("files-in-memory", 5 * GIB), True, id="what memory is full of"),
    ],
)
def test_it_tells_what_matters_now(tray, found, told):
    tray.alerts.consider(replace(desktops.desktop("critical"), conditions=(found,)))

    assert (condition(found, desktops.desktop("critical")) in tray.notifier.shown[0].body) is told


def known(tray, assessment) -> str:
    """The user says in the popup that it is known how large the app behind this warning is; what the popup said."""
    tray.alerts.consider(assessment)
    report = tray.alerts.offer_to_know(assessment)
    (offer,) = report.offers
    offer.act()
    return f"{report.text} {offer.label}"


def train(level, step=0, **more):
    """`growing` of a desktop, so much later, on which so much has grown."""
    found = desktops.growing(desktops.desktop(level), **more)
    at = found.snapshot.at + step
    return replace(found, snapshot=found.snapshot._replace(at=at))


def test_of_an_app_that_is_known_to_be_big_no_warning_comes_and_its_bubble_goes(tray):
    said = known(tray, train("warning", cc1plus=900))
    tray.alerts.consider(desktops.desktop("normal", step=100))
    tray.alerts.consider(train("warning", step=20000, cc1plus=900))

    assert said == "cc1plus grows by 5.3 GiB a minute. Don't warn about cc1plus"
    assert KEY in tray.notifier.withdrawn
    assert len(tray.notifier.shown) == 1


@pytest.mark.parametrize(
    ("level", "grown"),
    [
        pytest.param("warning", {"slack": 900}, id="another grows"),
        pytest.param("critical", {"cc1plus": 900}, id="it is critical"),
    ],
)
def test_a_known_app_keeps_nothing_else_silent(tray, level, grown):
    known(tray, train("warning", cc1plus=900))
    tray.alerts.consider(desktops.desktop("normal", step=100))
    tray.alerts.consider(train(level, step=20000, **grown))

    assert len(tray.notifier.shown) == 2


def test_where_nothing_grows_it_is_the_app_of_the_largest_process(tray):
    assert known(tray, desktops.desktop("warning")) == "firefox holds most memory. Don't warn about firefox"


@pytest.mark.parametrize("level", ["normal", "critical"])
def test_only_a_warning_can_be_silenced_for_an_app(tray, level):
    assert tray.alerts.offer_to_know(train(level, cc1plus=900)) is None


MINUTE = 60
END = int(Notifications().snooze_minutes)
"""The minute in which a snooze that began with the first is over."""


def passes(tray: Tray, *seen: tuple[float, str]) -> list[str]:
    """What is told, by level, while readings come at these minutes; the first telling is answered with Snooze."""
    told, start = [], tray.now
    for minute, level in seen:
        tray.now, before = start + minute * MINUTE, len(tray.notifier.shown)
        tray.alerts.consider(desktops.desktop(level, step=minute * MINUTE // 2))
        if len(tray.notifier.shown) > before:
            told.append((minute, level))
        if told == [(minute, level)]:
            tray.notifier.press("snooze")
    return told


@pytest.mark.parametrize("level", ["warning", "critical"])
def test_what_was_snoozed_is_not_repeated_however_long_its_episode_lasts(tray, level):
    assert passes(tray, *((minute, level) for minute in range(0, 300, 10))) == [(0, level)]


@pytest.mark.parametrize("level", ["warning", "critical"])
def test_what_was_snoozed_is_not_repeated_where_memory_crosses_its_mark_all_the_time(tray, level):
    seen = [(minute, level if minute % 2 == 0 else "normal") for minute in range(90)]

    assert passes(tray, *seen) == [(0, level)]


def test_an_emergency_that_comes_back_is_silent_until_the_snooze_is_over(tray):
    """Without Snooze it would be told every time: it was gone for longer than five minutes."""
    seen = [(minute, "critical" if minute % 10 == 0 else "normal") for minute in range(END + 5)]

    assert passes(tray, *seen) == [(0, "critical"), (END, "critical")]


def test_an_emergency_in_a_snoozed_warning_is_told_once(tray):
    assert passes(tray, (0, "warning"), (1, "critical"), (2, "warning"), (3, "critical"), (4, "warning")) == [
        (0, "warning"),
        (1, "critical"),
    ]


def test_after_a_snoozed_emergency_the_warning_below_it_is_silent(tray):
    assert passes(tray, (0, "critical"), (1, "warning"), (END + 1, "warning")) == [(0, "critical")]


def test_an_episode_that_began_in_the_snooze_is_told_after_it_if_it_still_lasts(tray):
    seen = [(0, "critical"), (1, "normal"), (END - 1, "critical"), (END, "critical"), (END + 1, "critical")]

    assert passes(tray, *seen) == [(0, "critical"), (END, "critical")]


@pytest.mark.parametrize(
    ("settings", "level"),
    [(Notifications(warning=False), "warning"), (Notifications(critical=False), "critical")],
)
def test_levels_can_be_switched_off(qtbot, settings, level):
    tray = Tray(settings)

    tray.alerts.consider(desktops.desktop(level))

    assert tray.notifier.shown == []


def test_a_pid_that_is_anothers_by_the_time_of_the_click_is_not_hit_and_that_is_told(qtbot):
    tray = Tray()
    tray.alerts = LevelNotifications(
        SessionBus(None), ChangeController(Settings().actions), Notifications(), uid=0, notifier=tray.connect
    )
    found = desktops.growing(desktops.desktop("warning"), cc1plus=900)
    (grower,) = found.growing
    with sleeper() as pid:
        before = grower.growing[0]._replace(pid=pid, start_time=1)
        tray.alerts.consider(replace(found, growing=(replace(grower, growing=(before,)),)))
        tray.notifier.press("end")

        assert state_of(pid) != "Z"
    outcome = tray.notifier.shown[-1]
    assert (outcome.key, outcome.summary) == (OUTCOME, "End cc1plus")
    assert outcome.body == "cc1plus was not ended: it has ended, and its PID belongs to another process now."


def test_this_program_never_offers_to_end_itself(tray):
    found = desktops.growing(desktops.desktop("warning"), cc1plus=900)
    (grower,) = found.growing
    own = grower.growing[0]._replace(pid=os.getpid())
    tray.alerts.consider(replace(found, growing=(replace(grower, growing=(own,)),)))

    assert "end" not in [action for action, _ in tray.notifier.shown[0].actions]


def test_the_first_warning_calls_apps_as_people_do_though_no_popup_was_opened(tray, xdg):
    folder = xdg / "data" / "applications"
    folder.mkdir(parents=True)
    (folder / "firefox.desktop").write_text("[Desktop Entry]\nType=Application\nName=Firefox\nExec=firefox\n")

    tray.alerts.consider(desktops.desktop("warning"))

    assert "would kill Firefox · Web Content" in tray.notifier.shown[-1].body
