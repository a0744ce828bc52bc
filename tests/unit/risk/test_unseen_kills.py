"""Kills that nobody saw are told as one where nothing stands between them, and never one of which something is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomtray.history.kill_data import from_data
from oomtray.history.kills import as_data
from oomtray.history.period import RecordedEvent
from oomtray.messages.history_events import sentence_of
from oomtray.messages.kill_notifications import missed
from oomtray.risk.kill_event import Dead, KillEvent, same_kill
from oomtray.risk.unseen_kills import Span, as_one, gathered, span_of

UNSEEN = KillEvent(time=1000.0, killer="kernel", outcome="unknown", sources=("vmstat",))
NAMED = replace(UNSEEN, outcome="killed", victims=(Dead(pid=7, name="java"),))


@pytest.mark.parametrize(
    ("event", "span"),
    [
        pytest.param(UNSEEN, Span(1000.0, 1000.0), id="seen by its number alone"),
        pytest.param(replace(UNSEEN, not_before=400.0), Span(400.0, 1000.0), id="while nobody watched"),
        pytest.param(NAMED, None, id="named"),
        pytest.param(replace(NAMED, outcome="likely"), None, id="likely that one"),
        pytest.param(replace(UNSEEN, sources=("kernel-log",)), None, id="a report without an end"),
        pytest.param(replace(UNSEEN, time=None), None, id="at an unknown time"),
    ],
)
def test_which_nobody_saw(event: KillEvent, span: Span | None) -> None:
    assert span_of(event) == span
    if event.time is not None:
        assert RecordedEvent(1, "kill", event.time, as_data(event)).unseen == span, "the record says the same"


@pytest.mark.parametrize(
    ("events", "sizes"),
    [
        pytest.param([], [], id="none"),
        pytest.param([replace(UNSEEN, count=number, not_before=400.0) for number in range(64)], [64], id="counted at once"),
        pytest.param([replace(UNSEEN, time=at) for at in (0.0, 500.0, 1000.0)], [3], id="one soon after the other"),
        pytest.param([replace(UNSEEN, time=at) for at in (0.0, 601.0)], [1, 1], id="far apart"),
        pytest.param([replace(UNSEEN, time=0.0), replace(UNSEEN, time=900.0, not_before=300.0)], [2], id="the later may have been early"),
        pytest.param([UNSEEN, NAMED, UNSEEN, UNSEEN], [1, 1, 2], id="one with a name between"),
        pytest.param([NAMED, NAMED], [1, 1], id="with names"),
    ],
)
def test_what_is_told_as_one(events: list[KillEvent], sizes: list[int]) -> None:
    groups = gathered(events, span_of)
    assert [len(group) for group in groups] == sizes
    assert [event for group in groups for event in group] == events


def test_one_that_stands_for_many_counts_as_many() -> None:
    many = replace(UNSEEN, kills=9_000)
    one = as_one([UNSEEN, many, UNSEEN])
    assert one.kills == 9_002
    recorded = [RecordedEvent(at, "kill", 1000.0, as_data(event)) for at, event in enumerate([UNSEEN, many, UNSEEN])]
    assert "9002 kills" in sentence_of(recorded, str)
    assert "9000 kills" in sentence_of(recorded[1:2], str)
    assert from_data(as_data(many)) == many
    assert missed([UNSEEN, many], 1000.0).startswith("9001 apps")
    assert not same_kill(UNSEEN, many)


def test_a_group_may_have_been_at_any_of_its_times() -> None:
    one = as_one([replace(UNSEEN, time=500.0, not_before=100.0), replace(UNSEEN, time=900.0)])
    assert (one.not_before, one.time) == (100.0, 900.0)
    assert as_one([NAMED]) is NAMED
