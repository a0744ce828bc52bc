"""The level rises at once, falls only after calm, and is told once an episode."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.config import Thresholds
from oomtray.kernel.snapshot import Memory
from oomtray.risk.levels import ORDER, Announced, advance, announce
from oomtray.risk.outlook import Forecast, Level
from oomtray.risk.thresholds import marks
from tests.facts import GIB
from tests.facts.memory import memory

MARKS = Thresholds()  # 80 and 90 %, 5 points of hysteresis, 10 s of dwell, stall 10 and 40 %


def run(*readings: tuple, start: Level | None = None, thresholds: Thresholds = MARKS) -> list[str]:
    """Level names after (seconds, used[, stall]) readings."""
    level, names = start or Level(), []
    for now, used, *stall in readings:
        level = advance(level, memory(used=used, stall=stall[0] if stall else 0.0), thresholds, now)
        names.append(level.name)
    return names


N, W, C = ORDER


@pytest.mark.parametrize(
    ("readings", "names"),
    [
        pytest.param([(0, 79.9), (2, 80)], [N, W], id="warning at its mark"),
        pytest.param([(0, 85), (1, 90)], [W, C], id="critical at its mark"),
        pytest.param([(0, 20), (1, 95)], [N, C], id="straight to critical"),
        pytest.param([(0, 81), (60, 76), (120, 75)], [W, W, W], id="held within the hysteresis"),
        pytest.param([(0, 81), (1, 74), (10, 74), (11, 74)], [W, W, W, N], id="falls after the dwell"),
        pytest.param([(0, 81), (1, 74), (9, 76), (10, 74), (19, 74), (20, 74)], [W] * 5 + [N],
                     id="a reading in the band starts the dwell anew"),
        pytest.param([(0, 92), (1, 50), (10, 50), (11, 50)], [C, C, C, N], id="from critical straight to normal"),
        pytest.param([(0, 92), (1, 82), (8, 50), (11, 50), (12, 50), (21, 50)], [C, C, C, W, W, N],
                     id="falls to the highest that was asked for meanwhile"),
        pytest.param([(0, 92), (1, 86), (30, 85)], [C, C, C], id="critical held within its hysteresis"),
        pytest.param([(0, 92), (1, 84), (11, 84)], [C, C, W], id="critical ends in warning"),
        pytest.param([(0, 92), (1, 76), (11, 76)], [C, C, W], id="warning's own hysteresis holds below critical"),
        pytest.param([(0, None), (5, None)], [N, N], id="unknown raises nothing"),
        pytest.param([(0, 85), (5, None), (60, None), (99, None)], [W, W, W, W], id="unknown lowers nothing"),
        pytest.param([(0, 85), (5, 70), (9, None), (16, 70), (25, 70), (26, 70)], [W, W, W, W, W, N],
                     id="unknown is no calm reading"),
        pytest.param([(0, 72, 10), (1, 72, 39), (2, 72, 40)], [W, W, C], id="stalls raise it too"),
        pytest.param([(0, 72, 12), (1, 72, 5), (50, 72, 5)], [W, W, W], id="a stall holds down to half its mark"),
        pytest.param([(0, 72, 12), (1, 72, 4.9), (11, 72, 4.9)], [W, W, N], id="and ends below that"),
        pytest.param([(0, 72, 12), (1, 72, None), (99, 72, None)], [W, W, W], id="unknown stall lowers nothing"),
        pytest.param([(0, 50, 100), (1, 69, 100)], [N, N], id="a stall with plenty left is a cgroup's, not the machine's"),
        pytest.param([(0, 72, 50), (1, 60, 50), (11, 60, 50)], [C, C, N], id="and holds no level once there is plenty"),
        pytest.param([(0, None, 12)], [W], id="a stall counts where memory is unknown"),
        pytest.param([(0, None, 12), (1, None, 0), (11, None, 0)], [W, W, N], id="and ends by itself there"),
    ],
)  # fmt: skip
def test_readings(readings: list[tuple], names: list[str]) -> None:
    assert run(*readings) == names


def test_cause_and_time_say_why_and_since_when() -> None:
    level = advance(Level(), memory(used=85), MARKS, 7)
    assert (level.name, level.since, level.cause) == (W, 7, "used")
    level = advance(level, memory(used=72, stall=20), MARKS, 9)
    assert (level.name, level.since, level.cause) == (W, 7, "stall")
    level = advance(level, memory(used=72, stall=50), MARKS, 11)
    assert (level.name, level.since, level.cause) == (C, 11, "stall")
    level = advance(level, memory(used=95, stall=50), MARKS, 12)
    assert (level.since, level.cause) == (11, "used")


def test_a_level_that_falls_keeps_the_cause_of_what_remains() -> None:
    level = advance(Level(), memory(used=72, stall=60), MARKS, 0)
    for now, stalled in ((1, 15), (2, 0), (11, 0)):
        level = advance(level, memory(used=72, stall=stalled), MARKS, now)
    assert (level.name, level.since, level.cause) == (W, 11, "stall")


def test_a_level_that_falls_to_what_is_asked_for_takes_its_cause() -> None:
    level = advance(Level(), memory(used=92), MARKS, 0)
    for now in (1, 11):
        level = advance(level, memory(used=72, stall=15), MARKS, now)
    assert (level.name, level.since, level.cause) == (W, 11, "stall")


def test_a_stall_mark_of_0_switches_that_cause_off() -> None:
    off = Thresholds(warning_stall=0, critical_stall=0)
    assert run((0, 75, 100), (1, 75, 100), thresholds=off) == [N, N]


used = st.none() | st.floats(0, 100)
stall = st.none() | st.floats(0, 100)
trail = st.lists(st.tuples(st.floats(0.1, 30), used, stall), max_size=60)


def levels_along(trail) -> Iterator[tuple[float, Memory, Level, Level]]:
    """Of each reading its time, the memory, and the level before and after it."""
    level, now = Level(), 0.0
    for seconds, percent, stalled in trail:
        now += seconds
        reading = memory(used=percent, stall=stalled)
        before, level = level, advance(level, reading, MARKS, now)
        yield now, reading, before, level


@given(trail=trail)
def test_never_below_what_a_reading_asks_for(trail) -> None:
    for _, reading, _, level in levels_along(trail):
        reached, stalled = reading.used_percent, reading.psi_full_avg10
        for step, mark, stall_mark in ((1, 80, 10), (2, 90, 40)):
            tight = reached is None or reached >= 70
            if (reached is not None and reached >= mark) or (tight and stalled is not None and stalled >= stall_mark):
                assert ORDER.index(level.name) >= step


@given(trail=trail)
def test_a_level_lasts_at_least_the_dwell(trail) -> None:
    for now, _, before, after in levels_along(trail):
        if ORDER.index(after.name) < ORDER.index(before.name):
            assert now - before.since >= MARKS.dwell_seconds


@given(readings=st.lists(st.floats(75.0, 89.9), min_size=1, max_size=60))
def test_no_flapping_inside_the_band(readings: list[float]) -> None:
    level, changes = Level(), 0
    for now, percent in enumerate(readings):
        after = advance(level, memory(used=percent), MARKS, 20.0 * now)
        changes += after.name != level.name
        level = after
    assert changes <= 1


@given(trail=trail)
def test_unknown_alone_changes_no_level(trail) -> None:
    level, now = Level(), 0.0
    for now, _, _, level in levels_along(trail):  # noqa: B007
        pass
    for _ in range(5):
        now += 100
        after = advance(level, memory(used=None, stall=None), MARKS, now)
        assert after.name == level.name
        level = after


@pytest.mark.parametrize(
    ("total", "warning", "critical"),
    [
        pytest.param(2 * GIB, (80, None), (90, None), id="2 GiB: less than the sizes"),
        pytest.param(16 * GIB, (80, None), (90, None), id="16 GiB: the per cent come later"),
        pytest.param(20 * GIB, (80, None), (90, None), id="20 GiB: both at once"),
        pytest.param(32 * GIB, (87.5, 4 * GIB), (93.75, 2 * GIB), id="32 GiB: the sizes come later"),
        pytest.param(512 * GIB, (99.21875, 4 * GIB), (99.609375, 2 * GIB), id="512 GiB"),
        pytest.param(2048 * GIB, (99.8046875, 4 * GIB), (99.90234375, 2 * GIB), id="2 TiB"),
    ],
)
def test_thresholds_are_sensible_on_small_and_large_machines(total: int, warning: tuple, critical: tuple) -> None:
    found = marks(MARKS, memory(total=total, used=50))
    assert (found.warning, found.critical) == (warning, critical)


@pytest.mark.parametrize(
    ("thresholds", "warning", "critical"),
    [
        pytest.param(Thresholds(warning_left=0, critical_left=0), 80, 90, id="per cent alone"),
        pytest.param(Thresholds(warning_percent=0, critical_percent=0), 87.5, 93.75, id="sizes alone"),
        pytest.param(Thresholds(warning_percent=0, warning_left=0), math.inf, 93.75, id="no warning by memory used"),
        pytest.param(Thresholds(warning_percent=95, critical_percent=0), 95, 95, id="critical never before warning"),
    ],
)
def test_a_threshold_is_a_share_a_size_or_both(thresholds: Thresholds, warning: float, critical: float) -> None:
    found = marks(thresholds, memory(total=32 * GIB, used=50))
    assert (found.warning.used, found.critical.used) == (warning, critical)


def test_fifty_gib_left_of_512_are_no_alarm() -> None:
    left = memory(total=512 * GIB, available=50 * GIB)
    assert advance(Level(), left, MARKS, 0).name == N
    assert advance(Level(), memory(total=512 * GIB, available=3 * GIB), MARKS, 0).name == W


def test_the_hysteresis_is_no_wider_than_what_a_size_leaves() -> None:
    level = advance(Level(), memory(total=512 * GIB, available=3 * GIB), MARKS, 0)
    for now in (1, 12):
        level = advance(level, memory(total=512 * GIB, available=7 * GIB), MARKS, now)
    assert level.name == N, "5 points would be 25 GiB"


def tell(*levels: tuple[float, str]) -> list[tuple[str | None, bool]]:
    """What is told and withdrawn at each (seconds, level)."""
    announced, said = Announced(), []
    for now, name in levels:
        announced, told, withdraw = announce(announced, Level(name, now), now)
        said.append((told, withdraw))
    return said


QUIET = (None, False)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        pytest.param([(0, N)], [QUIET], id="calm"),
        pytest.param([(0, W), (10, W), (9000, W)], [(W, False), QUIET, QUIET], id="told once however long it lasts"),
        pytest.param([(0, W), (10, C), (20, C)], [(W, False), (C, False), QUIET], id="a higher level is told"),
        pytest.param([(0, C), (10, W), (20, N)], [(C, False), (None, True), QUIET],
                     id="critical is withdrawn with its end; the warning under it isn't news"),
        pytest.param([(0, W), (10, N), (20, N)], [(W, False), (None, True), QUIET], id="withdrawn on recovery, once"),
        pytest.param([(0, W), (60, N), (120, W), (180, N), (240, W)], [(W, False), (None, True), QUIET, QUIET, QUIET],
                     id="a machine that lives around 80 % is told once"),
        pytest.param([(0, W), (60, N), (1859, N), (1860, W)], [(W, False), (None, True), QUIET, (W, False)],
                     id="30 min below warning make it news"),
        pytest.param([(0, W), (60, W), (1859, N), (1860, W)], [(W, False), QUIET, (None, True), QUIET],
                     id="counted from when it ended, not from when it was told"),
        pytest.param([(0, C), (60, N), (200, C)], [(C, False), (None, True), QUIET], id="critical comes back at once"),
        pytest.param([(0, C), (60, N), (360, C)], [(C, False), (None, True), (C, False)],
                     id="5 min below critical make it news: it is the emergency"),
        pytest.param([(0, C), (299, C), (500, C)], [(C, False), QUIET, QUIET], id="critical lasts: told once"),
    ],
)  # fmt: skip
def test_told(levels: list[tuple[float, str]], said: list) -> None:
    assert tell(*levels) == said


@pytest.mark.parametrize(
    ("period", "spike", "most"),
    [
        pytest.param(400, C, 12, id="84 to 91 % every 400 s"),
        pytest.param(360, C, 12, id="a spike every six minutes"),
        pytest.param(3700, W, 8, id="a build every hour"),
    ],
)
def test_told_once_and_not_all_day(period: int, spike: str, most: int) -> None:
    """216 and 240 critical notifications a day were seen where each episode was told."""
    base = W if spike == C and period == 400 else N
    steps = [step for start in range(0, 86400, period) for step in ((start, spike), (start + period // 10, base))]
    told = [name for name, _ in tell(*steps) if name == spike]
    assert 2 <= len(told) <= most


@pytest.mark.parametrize(
    ("levels", "killed", "said"),
    [
        pytest.param([(0, W), (90, N), (240, W)], 80, [W, None, W], id="what was warned of happened: a new danger is news"),
        pytest.param([(0, C), (90, N), (240, C)], 80, [C, None, C], id="critical too"),
        pytest.param([(0, W), (90, N), (240, W)], None, [W, None, None], id="nothing was killed"),
        pytest.param([(100, W), (190, N), (340, W)], 80, [W, None, None], id="killed before it was told"),
        pytest.param([(0, W), (10, N), (50, W)], 5, [W, None, None], id="not within a minute"),
        pytest.param([(0, W), (90, W), (240, W)], 80, [W, None, None], id="the level was never left"),
        pytest.param([(0, C), (90, W), (240, C)], 80, [C, None, C], id="left for the warning"),
    ],
)
def test_a_kill_makes_the_next_danger_news(levels: list, killed: float | None, said: list) -> None:
    announced, told = Announced(), []
    for now, name in levels:
        happened = -math.inf if killed is None or killed > now else float(killed)
        announced, tell, _ = announce(announced, Level(name, now), now, killed=happened)
        told.append(tell)
    assert told == said


def test_a_service_that_leaks_is_killed_and_starts_again_is_not_told_all_day() -> None:
    announced, told = Announced(), []
    for start in range(0, 86400, 360):
        for now, name, killed in ((start, C, start - 300), (start + 60, N, start + 60)):
            announced, tell, _ = announce(announced, Level(name, now), now, killed=killed)
            told += [now] if tell else []
    assert told[:3] == [0, 360, 720]
    assert len(told) <= 12


def test_calm_hours_make_it_news_as_on_the_first_day() -> None:
    day = [(start, name) for start in range(0, 40000, 400) for name in (C, N)]
    assert tell(*day, (60000, N), (60001, C))[-1] == (C, False)
    assert tell(*day, (60000, N), (60001, C), (60002, N), (60400, C))[-1] == (C, False)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        pytest.param([(0, W, ()), (10, W, (W,)), (9000, W, ())], [W, None, None], id="told before: not again in its episode"),
        pytest.param([(0, C, (C,)), (600, C, (C,)), (700, C, ())], [None, None, C], id="untold so far: told once it may be"),
        pytest.param([(0, W, (W,)), (10, C, (W,))], [None, C], id="what is above it is told"),
        pytest.param([(0, C, (W,)), (10, W, ())], [C, None], id="what was passed on the way up is no news on the way down"),
        pytest.param([(0, C, ()), (60, N, ()), (400, C, (C,)), (460, N, (C,)), (500, N, ())], [C, None, None, None, None],
                     id="what ends while muted is never told"),
    ],
)  # fmt: skip
def test_a_muted_level_is_told_later_or_never_but_not_twice(levels: list, said: list) -> None:
    announced, told = Announced(), []
    for now, name, muted in levels:
        announced, tell, _ = announce(announced, Level(name, now), now, muted)
        told.append(tell)
    assert told == said


@given(st.lists(st.tuples(st.floats(0.1, 4000), st.sampled_from(ORDER)), max_size=60))
def test_what_stands_is_never_above_the_level(steps) -> None:
    announced, now = Announced(), 0.0
    for seconds, name in steps:
        now += seconds
        before = announced
        announced, told, withdraw = announce(announced, Level(name, now), now)
        assert ORDER.index(announced.shown) <= ORDER.index(name)
        assert told in (None, name)
        assert not (told and withdraw)
        assert withdraw == (before.shown != N and announced.shown == N)


@pytest.mark.parametrize(
    ("stall", "kill", "level"),
    [
        pytest.param(None, None, N, id="not foreseeable"),
        pytest.param((280.0, 340.0), None, N, id="programs wait in just over five minutes"),
        pytest.param((250.0, 340.0), (600.0, 900.0), W, id="programs wait in under five minutes"),
        pytest.param(None, (250.0, 340.0), W, id="a kill in under five minutes"),
        pytest.param((5.0, 10.0), (50.0, 60.0), W, id="programs wait at once, the kill is a minute off"),
        pytest.param((5.0, 10.0), (30.0, 50.0), C, id="a kill in under 45 seconds"),
    ],
)
def test_what_is_foreseen_raises_the_level(stall, kill, level):
    got = advance(Level(), memory(used=75), MARKS, 1.0, Forecast(stall=stall, kill=kill))
    assert (got.name, got.cause) == (level, "none" if level == N else "forecast")


def test_a_forecast_that_is_off_raises_nothing():
    off = Thresholds(warning_forecast_seconds=0, critical_forecast_seconds=0)
    assert advance(Level(), memory(used=75), off, 1.0, Forecast(stall=(1.0, 2.0), kill=(1.0, 2.0))).name == N


def test_the_memory_used_is_named_before_a_forecast_of_the_same_level():
    assert advance(Level(), memory(used=81), MARKS, 1.0, Forecast(stall=(60.0, 90.0))).cause == "used"


def test_a_forecast_that_comes_and_goes_holds_the_level():
    level, names = Level(), []
    for now, seconds in ((0, 290), (1, 310), (2, 440), (3, None), (8, 290), (9, None), (18, None), (19, None)):
        forecast = Forecast() if seconds is None else Forecast(kill=(seconds, seconds))
        level = advance(level, memory(used=72), MARKS, now, forecast)
        names.append(level.name)
    assert names == [W, W, W, W, W, W, W, N]
