"""Apps in the order in which they would go: the first few, the one that is asked about, and how many are left out."""

from __future__ import annotations

import pytest

from oomtray.kernel.snapshot import PAGE_SIZE
from oomtray.risk.assessment import Assessment
from oomtray.risk.judged import App
from oomtray.risk.queue import line, queue
from tests.facts import MIB, desktops, in_pages


def app(assessment: Assessment, key: str) -> App:
    return next(one for one in assessment.apps if one.key == key)


def pids(one: App) -> set[int]:
    return {member.process.pid for member in one.members}


def test_the_first_stand_in_the_order_of_apps_and_the_rest_are_counted() -> None:
    now = desktops.desktop()
    found = queue(now, pids(now.apps[0]), whole_app=True)
    assert [place.app.key for place in found.first if place.app is not None] == [one.key for one in now.apps[:4]]
    assert [place.number for place in found.first] == [1, 2, 3, 4]
    assert (found.first[0].ours, found.ours) == (True, None)
    killable = [one for one in now.apps if one.rank is not None]
    assert found.others == len(killable) - 4


def test_one_that_is_behind_takes_the_place_of_the_last_shown() -> None:
    now = desktops.desktop()
    found = queue(now, pids(app(now, "spotify")), whole_app=True)
    assert len(found.shown) == 4
    assert found.ours is not None
    assert found.ours.app is app(now, "spotify")
    assert found.ours.number == 7 == 4 + found.others


def test_one_that_is_never_killed_has_no_number() -> None:
    now = desktops.desktop()
    found = queue(now, pids(app(now, "ssh.service")), whole_app=True)
    assert found.ours is not None
    assert found.ours.number is None
    assert found.ours.held == found.ours.process.pages != 0
    assert found.ours.added == -1000 * (now.snapshot.scope.total_pages // 1000)


def test_a_bar_is_what_it_holds_and_what_its_setting_adds() -> None:
    now = desktops.desktop()
    first = queue(now, {4203}, whole_app=False).first[0]
    assert first.app is None, "a process that is asked about stands for itself"
    assert first.held * PAGE_SIZE // MIB == 2120
    assert first.added == 233 * (now.snapshot.scope.total_pages // 1000)
    assert first.badness == now.risks[0].badness


def test_what_cannot_be_read_is_held_by_its_score_without_what_its_setting_adds() -> None:
    score = in_pages.process(5, pages=200_000, adj=100).oom_score
    (first,) = queue(in_pages.judged(in_pages.snapshot(in_pages.process(5, pages=None, adj=100, oom_score=score))), {5}, whole_app=False).first
    assert (first.held, first.added) == (pytest.approx(200_000, abs=3 * in_pages.STEP), 100 * in_pages.STEP)


def test_the_rest_of_its_app_keeps_a_place_of_its_own() -> None:
    now = desktops.desktop()
    names = [None if place.app is None else place.app.key for place in line(now, {4203}, whole_app=False)]
    assert names[0] is None
    assert "firefox" in names[1:]


def test_after_a_change_it_stands_where_the_kernel_would_see_it_then() -> None:
    now = desktops.desktop()
    ours = pids(now.apps[0])
    then = queue(now, ours, whole_app=True, adjusted=dict.fromkeys(ours, -900))
    assert then.first[0].app is now.apps[1]
    assert then.ours is not None
    assert then.ours.added < 0
    last = queue(now, ours, whole_app=True, adjusted=dict.fromkeys(ours, 1000))
    assert last.first[0].ours
