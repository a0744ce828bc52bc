"""What stands beside an action: what it would bring, claimed no further than it is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.actions.preview import after
from oomtray.actions.signals import Ending
from oomtray.config import Presets
from oomtray.kernel.killer_facts import Daemon, Earlyoom
from oomtray.ui.controllers import row_actions
from oomtray.ui.controllers.changes import ChangeController
from oomtray.ui.controllers.row_actions import Subject
from tests.facts import GIB, desktops
from tests.facts.processes import NO_MEMORY, process

SLEEP = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-sleep-1.scope"


def app(assessment, name):
    return Subject.of_app(next(app for app in assessment.apps if app.name == name))


def offered(assessment, subject, word):
    return next(c for c in row_actions.adjusting(assessment, subject, Presets()) if c.action == word)


def one_left():
    """An app of two processes, of which one has ended and only waits to be noticed."""
    made = (
        process(50, name="sleep", session=50, cgroup=SLEEP, unit_cgroup=SLEEP),
        process(51, name="sleep", ppid=50, session=50, cgroup=SLEEP, unit_cgroup=SLEEP, state="Z",
                oom_score=0, **NO_MEMORY),
    )  # fmt: skip
    return desktops.judged(made)


@pytest.mark.parametrize(
    ("subject", "word", "brings"),
    [
        pytest.param("firefox", "protect", "next: code", id="another app"),
        pytest.param("firefox", "deprioritize", "already first", id="the same process"),
        pytest.param("slack", "protect", "next: still firefox", id="somebody else, as before"),
        pytest.param("code", "first", "goes first", id="it was not next before"),
    ],
)
def test_what_a_change_brings(subject, word, brings):
    found = desktops.desktop()

    assert offered(found, app(found, subject), word).effect == brings


@pytest.mark.parametrize(
    ("word", "now", "enabled"),
    [
        ("protect", -499, True), ("protect", -500, False), ("protect", -501, False),
        ("deprioritize", 299, True), ("deprioritize", 300, False), ("deprioritize", 301, False),
    ],
)  # fmt: skip
def test_what_is_there_or_beyond_already_is_not_offered(word, now, enabled):
    found = desktops.judged((process(50, oom_score_adj=now), process(51)))
    (risk,) = (one for one in found.risks if one.process.pid == 50)
    choice = offered(found, Subject.of_process(risk), word)
    assert (choice.enabled, choice.effect != "already so") == (enabled, enabled)


@pytest.mark.parametrize(("gives_back", "says"), [(None, "frees at most 4.5 GiB"), (1 << 30, "frees about 1.0 GiB")])
def test_what_an_end_frees_is_called_exact_only_where_it_was_read(gives_back, says):
    found = desktops.desktop()
    end, _ = row_actions.ending(app(found, "firefox"), gives_back)
    assert end.effect == says


def test_whom_another_killer_would_take_then_is_said_too():
    processes = desktops.desktop().snapshot.processes
    daemon = Daemon(name="earlyoom", pid=300, start_time=1, uid=0, reach="all")
    found = desktops.judged(processes, killers=(Earlyoom(daemon=daemon, avoid="code|rust"),))

    assert "Under the kernel it is code" in offered(found, app(found, "firefox"), "protect").hint


def test_whoever_is_next_then_goes_by_no_number():
    found = desktops.desktop()

    said = offered(found, app(found, "firefox"), "protect").hint

    assert "Then the next victim is code, which would free" in said


@pytest.mark.parametrize("word", ["deprioritize", "first"])
def test_of_another_users_process_no_raise_is_offered(word, monkeypatch):
    """The kernel would refuse it, and the helper doesn't raise: that would take away the owner's right to undo it."""
    monkeypatch.setattr("os.getuid", lambda: 1001)
    found = desktops.desktop()
    subject = app(found, "slack")

    choice = offered(found, subject, word)

    assert (choice.enabled, choice.effect) == (False, "not yours")
    assert not row_actions.setting(found, subject, 1000).enabled
    assert row_actions.setting(found, subject, -500).enabled
    assert offered(found, subject, "protect").enabled


def test_for_another_users_process_no_rule_is_offered_that_would_raise_it():
    subject = app(desktops.desktop(), "slack")

    assert [(one.action, one.enabled) for one in row_actions.lasting(subject, 1001)] == [
        ("always-protect", True), ("always-deprioritize", False),
    ]  # fmt: skip
    assert all(one.enabled for uid in (0, 1000) for one in row_actions.lasting(subject, uid))


@pytest.mark.parametrize(
    ("uid", "refused", "offers"),
    [
        pytest.param(1000, "not-yours", True, id="the owner, without asking"),
        pytest.param(1001, "not-yours", False, id="another user"),
        pytest.param(1001, None, True, id="who owns the user namespace that it runs in, as of a rootless container"),
        pytest.param(1001, "gone", True, id="nothing is known"),
    ],
)
def test_an_end_is_offered_unless_the_kernel_refuses_it(uid, refused, offers, monkeypatch):
    """The helper ends nobody."""
    monkeypatch.setattr("os.getuid", lambda: uid)
    monkeypatch.setattr(row_actions, "refusal", lambda pid, start, number: refused and Ending(pid, start, "slack", number, False, refused))
    subject = app(desktops.desktop(), "slack")

    for choice in (*row_actions.ending(subject), row_actions.ending(subject, GIB)[0]):
        assert choice.enabled == offers
        assert (choice.effect == "not yours") == (not offers)
        assert (choice.hint == "It belongs to another user, who alone may end it.") == (not offers)


@pytest.mark.parametrize("uid", [0, 1000])
def test_root_and_the_owner_are_offered_a_raise(uid, monkeypatch):
    monkeypatch.setattr("os.getuid", lambda: uid)
    found = desktops.desktop()

    assert offered(found, app(found, "slack"), "first").enabled


def test_an_app_of_one_process_is_called_as_its_row_is():
    found = desktops.desktop()

    assert app(found, "mysql").name == "mysql"


def test_an_app_stays_next_also_where_another_of_its_processes_takes_the_place():
    small = process(50, name="sleep", session=50, cgroup=SLEEP, unit_cgroup=SLEEP, oom_score_adj=300)
    large = process(51, name="sleep", session=50, cgroup=SLEEP, unit_cgroup=SLEEP, rss=3 * GIB, ppid=50)
    found = desktops.judged((small, large))
    then = after(found, {50: Presets().first, 51: Presets().first}).victim
    assert found.victim is not None
    assert then is not None
    assert (found.victim.risk.process.pid, then.risk.process.pid) == (50, 51)

    assert offered(found, app(found, "sleep"), "first").effect == "already first"


@pytest.mark.parametrize("panic", [True, False])
def test_where_the_order_is_void_no_change_makes_anybody_next(panic):
    found = desktops.void(panic)
    choice = offered(found, app(found, "firefox"), "protect")

    assert choice.effect == "has no effect here"
    assert "next" not in choice.hint
    assert "The kernel would still" in choice.hint


def test_an_app_of_which_one_process_can_be_reached_is_spoken_of_as_one(qapp):
    found = one_left()
    subject = app(found, "sleep")
    assert (len(subject.risks), len(subject.processes)) == (2, 1)
    reports: list = []
    controller = ChangeController(Presets())
    controller.reported.connect(reports.append)

    controller.do("kill", subject, found)

    assert [choice.hint for choice in row_actions.ending(subject)] == [
        "Asks the one process of sleep to end, as if you closed it.",
        "Ends the one process of sleep at once. What is not saved is lost.",
    ]
    assert reports[0].text == "Force kill sleep? Its unsaved work will be lost."


def test_a_size_that_is_not_known_is_not_promised():
    found = desktops.desktop()
    hidden = tuple(p._replace(rss_anon=None) if p.name == "code" else p for p in found.snapshot.processes)
    found = replace(found, snapshot=found.snapshot._replace(processes=hidden))

    assert offered(found, app(found, "firefox"), "protect").effect == "next: code"


@pytest.mark.parametrize(
    ("sharing", "brings"),
    [
        pytest.param({}, "next: twin", id="each has its own"),
        pytest.param({50: (51,)}, "next: other", id="one memory"),
    ],
)
def test_what_runs_in_one_memory_is_set_together(sharing, brings):
    """As the kernel does it (fs/proc/base.c, __set_oom_adj): protecting one would otherwise seem to leave its twin first."""
    made = (
        process(50, name="one", exe="/usr/bin/one", rss=4 * GIB),
        process(51, name="twin", exe="/usr/bin/twin", rss=4 * GIB - 1, start_time=1),
        process(52, name="other", exe="/usr/bin/other", rss=GIB),
    )
    found = desktops.judged(made)
    subject = Subject.of_process(next(risk for risk in found.risks if risk.process.pid == 50))

    choice = row_actions.adjusting(found, subject, Presets(), ("protect",), sharing=sharing)[0]

    assert choice.effect == brings
    assert ("1 more process too" in choice.hint) == bool(sharing)


def test_who_is_next_is_called_as_its_row_also_if_a_script_has_started_it():
    made = (
        process(50, name="python3", exe="/usr/bin/python3", session=50, rss=GIB),
        process(51, name="ffmpeg", exe="/usr/bin/ffmpeg", ppid=50, session=50, rss=4 * GIB),
        process(52, name="other", exe="/usr/bin/other", rss=5 * GIB),
    )
    found = desktops.judged(made, scripts={made[0].identity: "encode.py"})

    choice = offered(found, app(found, "other"), "protect")

    assert choice.effect == "next: encode.py"
    assert "Then the next victim is encode.py · ffmpeg" in choice.hint
