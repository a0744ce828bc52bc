"""When a marked app is ended to keep the computer responsive: after a countdown that was seen, and never otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomtray.config import StepIn, Thresholds
from oomtray.risk.assessment import Assessment
from oomtray.risk.judged import AppId
from oomtray.risk.outlook import Forecast, Level
from oomtray.risk.step_in import (
    COUNTDOWN,
    REST,
    SPARED,
    Candidate,
    StepInState,
    decline,
    finish,
    hurry,
    observe,
    tick,
)
from tests.facts import GIB
from tests.facts.assessments import assessment
from tests.facts.memory import memory
from tests.facts.processes import process
from tests.facts.snapshots import snapshot

ON = StepIn(enabled=True, expendable=("slack",))


def app(key: str, pid: int = 4242, frees: int = GIB) -> Candidate:
    return Candidate(AppId(key, key.title(), "app", None, 1000), (process(pid),), frees)


SLACK, SPOTIFY = app("slack"), app("spotify", 5151, GIB // 2)


def reading(
    at: float, *, kill: float | None = None, stall: float = 0.0, level: Level | None = None, left: int = GIB // 2
) -> Assessment:
    """Of a machine of 16 GB; `kill` in seconds."""
    return assessment(
        snapshot=snapshot(at=at, memory=memory(available=left, psi_full_avg10=stall)),
        level=level or Level("critical", 0.0, "used"),
        forecast=Forecast(kill=None if kill is None else (kill, kill)),
    )


@dataclass
class Watch:
    """The machine with its user: what is read and how time passes."""

    on: StepIn = ON
    marked: Sequence[Candidate] = (SLACK, SPOTIFY)
    state: StepInState = field(default_factory=StepInState)
    now: float = 1000.0

    def read(self, after: float = 2.0, **of: Any) -> StepInState:
        self.now += after
        found = reading(self.now, **of)
        self.state = observe(self.state, found, self.on, Thresholds(), lambda: self.marked)
        return self.state

    def wait(self, seconds: float, *, shown: bool = True, **of: Any) -> StepInState:
        """Second by second, with a reading each other one where `of` says what is read."""
        for second in range(round(seconds)):
            self.now += 1.0
            if of and second % 2:
                self.read(0.0, **of)
            self.state = tick(self.state, self.now, shown=shown)
        return self.state

    def ended(self) -> Candidate | None:
        return self.state.candidate if self.state.phase == "ending" else None


def test_the_one_that_gives_back_most_is_ended_once_the_countdown_was_seen() -> None:
    watch = Watch()
    assert watch.read(kill=50.0).phase == "asking"
    watch.wait(1, kill=45.0)
    assert (watch.state.phase, watch.state.left(watch.now)) == ("counting", COUNTDOWN)
    watch.wait(COUNTDOWN - 1, kill=40.0)
    assert watch.ended() is None
    watch.wait(1, kill=30.0)
    assert watch.ended() == SLACK
    assert finish(watch.state).phase == "watching"


@pytest.mark.parametrize(
    ("reads", "asks"),
    [
        pytest.param([{"kill": 61.0}] * 8, False, id="a kill far off"),
        pytest.param([{"kill": 59.0}], True, id="a kill near"),
        pytest.param([{"stall": 45.0}] * 5, False, id="a stall of eight seconds"),
        pytest.param([{"stall": 45.0}] * 6, True, id="one of ten"),
        pytest.param([{"stall": 45.0}, {"stall": 30.0}] * 5, False, id="one that comes and goes"),
        pytest.param([{"stall": 90.0, "left": 12 * GIB}] * 8, False, id="one in a group, while the machine has plenty"),
        pytest.param([{"kill": 5.0, "level": Level()}], False, id="a level that is normal"),
        pytest.param([{"kill": 5.0, "level": Level("critical", 0.0, "used", 999.0)}], False, id="one that falls"),
        pytest.param(
            [{"kill": 5.0, "level": Level("warning", 0.0, "used")}], True, id="at the warning level, where a kill is near"
        ),
        pytest.param([{}] * 8, False, id="nothing"),
    ],
)  # fmt: skip
def test_what_reaches_the_mark(reads: Sequence[dict[str, Any]], asks: bool) -> None:
    watch = Watch()
    for of in reads:
        watch.read(**of)
    assert (watch.state.phase == "asking") is asks


@pytest.mark.parametrize(
    ("chosen", "of"),
    [
        pytest.param(StepIn(expendable=("slack",)), {"kill": 5.0}, id="switched off"),
        pytest.param(replace(ON, kill_seconds=0.0), {"kill": 5.0}, id="the forecast switched off"),
        pytest.param(replace(ON, stall=0.0), {"stall": 99.0}, id="stalls switched off"),
    ],
)
def test_what_is_switched_off_never_reaches_it(chosen: StepIn, of: dict[str, Any]) -> None:
    watch = Watch(chosen)
    for _ in range(20):
        assert watch.read(**of).phase == "watching"


def test_with_nobody_marked_nobody_is_asked_about() -> None:
    assert Watch(marked=()).read(kill=5.0).phase == "watching"


def test_where_the_question_is_not_shown_nothing_is_ended() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    assert watch.wait(60, shown=False, kill=20.0).phase != "ending"


@pytest.mark.parametrize("at", [1, 7, 14])
def test_a_question_that_is_taken_away_ends_the_countdown(at: int) -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(1 + at, kill=40.0)
    assert watch.wait(1, shown=False).phase == "watching"
    assert watch.wait(30, kill=20.0).phase == "watching", "and for a minute there is no other"


@pytest.mark.parametrize(
    "of",
    [
        pytest.param({"kill": 100.0}, id="the kill is far again"),
        pytest.param({}, id="no kill is foreseen"),
        pytest.param({"kill": 20.0, "level": Level("critical", 0.0, "used", 1001.0)}, id="the level is about to fall"),
        pytest.param({"kill": 20.0, "level": Level("warning", 0.0, "used")}, id="the level has fallen"),
    ],
)
def test_once_memory_recovers_the_countdown_ends(of: dict[str, Any]) -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(4, kill=45.0)
    assert watch.read(**of).phase == "watching"
    assert watch.wait(COUNTDOWN, **of).phase == "watching"


def test_numbers_that_move_a_little_don_t_end_it() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(4, kill=45.0)
    assert watch.read(kill=75.0).phase == "counting"
    watch = Watch()
    for _ in range(6):
        watch.read(stall=45.0)
    assert watch.wait(4, stall=25.0).phase == "counting"
    assert watch.wait(4, stall=15.0).phase == "watching"


def test_an_app_that_has_ended_by_itself_is_not_ended_in_its_successor() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(4, kill=45.0)
    watch.marked = (app("slack", 9999),)
    assert watch.read(kill=40.0).phase == "watching"


def test_without_a_fresh_reading_it_waits_for_one_and_not_for_ever() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    assert watch.wait(COUNTDOWN + 10).phase == "counting"
    waits = watch.state
    assert tick(observe(waits, reading(watch.now, kill=20.0), ON, Thresholds(), lambda: [SLACK]), watch.now, shown=True).phase == "ending"
    assert watch.wait(40).phase == "watching"


def test_who_says_no_keeps_that_app_for_half_an_hour_and_any_other_for_a_minute() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(4, kill=45.0)
    watch.state = decline(watch.state, watch.now)
    assert watch.wait(REST - 4, kill=20.0).phase == "watching"
    watch.wait(10, kill=20.0)
    assert watch.state.candidate == SPOTIFY
    watch.state = decline(watch.state, watch.now)
    assert watch.wait(600, kill=20.0).phase == "watching"
    assert watch.wait(SPARED, kill=20.0).candidate is not None


def test_who_doesn_t_want_to_wait_needn_t() -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(2, kill=45.0)
    watch.state = hurry(watch.state, watch.now)
    assert watch.ended() == SLACK


@pytest.mark.parametrize(
    ("of", "forced"),
    [
        pytest.param({"kill": 20.0}, True, id="it is as bad as before"),
        pytest.param({}, False, id="asking was enough"),
        pytest.param({"kill": 20.0, "level": Level("warning", 0.0, "used")}, False, id="the level has fallen"),
    ],
)
def test_by_force_only_while_it_is_still_needed(of: dict[str, Any], forced: bool) -> None:
    watch = Watch()
    watch.read(kill=50.0)
    watch.wait(COUNTDOWN + 1, kill=30.0)
    assert watch.ended() == SLACK
    assert watch.read(**of).may_force is forced


LEVELS = st.builds(
    Level,
    st.sampled_from(["normal", "warning", "critical"]),
    st.just(0.0),
    st.just("used"),
    st.one_of(st.none(), st.just(900.0)),
)
READINGS = st.fixed_dictionaries(
    {
        "kill": st.one_of(st.none(), st.sampled_from([5.0, 40.0, 59.0, 80.0, 400.0])),
        "stall": st.sampled_from([0.0, 25.0, 60.0]),
        "level": LEVELS,
    }
)
BAD = {"kill": 20.0, "stall": 60.0, "level": Level("critical", 0.0, "used")}
SPELLS = st.lists(
    st.tuples(
        st.one_of(st.just(BAD), READINGS, st.none()),
        st.sampled_from([True, True, False]),
        st.sampled_from([(SLACK, SPOTIFY), (SPOTIFY,), (), (app("slack", 77),)]),
        st.sampled_from(["", "", "no"]),
        st.integers(1, 4),
        st.sampled_from([4, 8, 13, 14, 15, 16, 17, 30]),
    ),
    min_size=2,
    max_size=6,
)
"""Something odd for a few steps, and then as long as it takes of what ends an app."""


def steps_of(spells: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for of, shown, marked, says, odd, bad in spells:
        yield from [(BAD, True, (SLACK, SPOTIFY), "")] * bad
        yield of, shown, marked, says
        yield from [(of, shown, marked, "")] * (odd - 1)


@settings(max_examples=40)
@given(SPELLS, st.sampled_from([1.0, 1.0, 2.0, 5.0]))
def test_whatever_happens_it_ends_nothing_that_it_must_not(spells: list[tuple[Any, ...]], step: float) -> None:
    watch, last_end, shown_since, last_read, declined = Watch(), -1e9, None, None, {}
    fell_at, level = -1e9, "normal"
    order = ["normal", "warning", "critical"]
    for of, shown, marked, says in steps_of(spells):
        watch.marked = marked
        before = watch.state.phase
        if of is not None:
            watch.read(0.0, **of)
            last_read = (watch.now, of, marked)
            if order.index(of["level"].name) < order.index(level):
                fell_at = watch.now
            level = of["level"].name
        watch.now += step
        shown_since = None if not shown else watch.now if shown_since is None else shown_since
        if says == "no" and watch.state.candidate is not None:
            declined[watch.state.candidate.key] = watch.now
            watch.state = decline(watch.state, watch.now)
        watch.state = tick(watch.state, watch.now, shown=shown)
        target = watch.ended()
        if target is None or before == "ending":
            continue
        assert watch.now - last_end >= REST
        assert shown_since is not None
        assert watch.now - shown_since >= COUNTDOWN
        assert last_read is not None
        at, read, found = last_read
        assert any(target.is_same(one) for one in found), "nobody who isn't marked any more"
        assert read["level"].name != "normal"
        assert read["level"].calmer_since is None
        assert at - fell_at >= 10.0
        assert (read["kill"] or 1e9) < 90.0 or read["stall"] >= 20.0
        assert watch.now - declined.get(target.key, -1e9) >= SPARED
        last_end = watch.now
        watch.state = finish(watch.state)
