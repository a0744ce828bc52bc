"""Specifies when the app that was killed had filled memory itself, and when that isn't known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.risk.before_kill import Moment
from oomtray.risk.kill_event import Dead, KillEvent, KillScope
from oomtray.risk.own_fault import held_most, is_cause
from oomtray.risk.postmortem import Cause
from tests.facts import GIB, kills

OOMD = KillEvent(time=100.0, killer="systemd-oomd", outcome="killed", victims=(Dead(pid=None, name="builder.scope", app="Builder"),))
LAST = Moment(90.0, 16 * GIB, GIB, 4 * GIB, 0, 1.0, (("Builder", 10 * GIB), ("Firefox", 2 * GIB)))
"""19 GiB in use."""


def leak_of(app: str) -> Cause:
    return Cause("leak", "high", {"from": 1, "to": 2, "seconds": 60}, "expendable", app)


@pytest.mark.parametrize(
    ("event", "last", "is_so"),
    [
        pytest.param(OOMD, LAST, True, id="more than all else together"),
        pytest.param(OOMD, replace(LAST, apps=(("Builder", 9 * GIB),)), False, id="the largest, and less than all else"),
        pytest.param(OOMD, replace(LAST, apps=(("builder.scope", 10 * GIB),)), True, id="by its process's name"),
        pytest.param(OOMD, replace(LAST, available=None), False, id="unknown how much was in use"),
        pytest.param(OOMD, replace(LAST, swap_free=None), False, id="unknown how much swap was in use"),
        pytest.param(OOMD, replace(LAST, swap_total=0, swap_free=None), True, id="no swap"),
        pytest.param(OOMD, replace(LAST, time=101.0), False, id="after it"),
        pytest.param(replace(OOMD, not_before=95.0), LAST, False, id="unknown when"),
        pytest.param(replace(OOMD, time=None), LAST, False, id="without a date"),
        pytest.param(replace(OOMD, outcome="likely"), LAST, False, id="unknown whether it was killed"),
        pytest.param(replace(OOMD, manual=True), LAST, False, id="asked for by hand"),
        pytest.param(replace(OOMD, constraint="cpuset"), LAST, False, id="short on some nodes only"),
        pytest.param(replace(OOMD, scope=KillScope(kind="cgroup", path="/x")), LAST, False, id="its own limit"),
        pytest.param(replace(OOMD, victims=()), LAST, False, id="nobody"),
        pytest.param(replace(OOMD, victims=(*OOMD.victims, Dead(pid=1, name="Firefox"))), LAST, False, id="two apps"),
    ],
)
def test_by_the_last_reading_that_has_apps(event: KillEvent, last: Moment, is_so: bool) -> None:
    assert held_most(event, None, [last]) is is_so


def test_a_look_at_the_apps_counts_only_where_memory_was_read_until_the_kill() -> None:
    """Apps are looked at every few minutes; where nobody read anything since, any other may have grown."""
    look = replace(LAST, time=-200.0)
    assert not held_most(OOMD, None, [look])
    assert not held_most(OOMD, None, [look, Moment(-30.0, 16 * GIB, GIB)])
    assert held_most(OOMD, None, [look, Moment(-20.0, 16 * GIB, GIB)])
    assert not held_most(OOMD, None, [look, Moment(101.0, 16 * GIB, GIB)]), "after it"


def test_the_kept_readings_of_a_day_ago_are_five_minutes_apart() -> None:
    kept = [replace(LAST, time=at) for at in (-490.0, -190.0)]
    assert held_most(OOMD, None, kept)
    assert not held_most(OOMD, None, [replace(one, time=one.time - 60) for one in kept]), "one more would have been kept"
    assert not held_most(OOMD, None, [replace(LAST, time=at) for at in (-192.0, -190.0)]), "readings were closer, and stopped"


def test_by_the_report() -> None:
    """In all there were 20 GiB."""
    largest = max(kills.RANKING, key=lambda one: one.rss)
    event = kills.leak(victims=(Dead(pid=largest.pid, name=largest.name),))
    assert not held_most(event, None, [LAST]), "6.1 GiB"
    more = tuple(one._replace(rss=11 * GIB) if one is largest else one for one in kills.RANKING)
    assert held_most(replace(event, ranking=more), None, [])
    assert not held_most(replace(event, ranking=more, page_size=None), None, [])
    assert not held_most(replace(kills.leak(), ranking=more), None, []), "another one held it"


def test_what_another_app_caused_was_not_its_doing() -> None:
    assert held_most(OOMD, leak_of("Builder"), [LAST])
    assert not held_most(OOMD, leak_of("Firefox"), [LAST])
    assert held_most(OOMD, Cause("too-small", "medium", {}, "add-memory"), [LAST])


def test_whether_the_cause_is_what_was_killed() -> None:
    assert is_cause(OOMD, leak_of("Builder"))
    assert not is_cause(OOMD, leak_of("Firefox"))
    assert not is_cause(OOMD, Cause("too-small", "medium", {}, "add-memory"))
