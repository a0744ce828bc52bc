"""Where a forecast begins and ends to be given: to the byte, to the moment, and to the second shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oomtray.kernel.snapshot import Memory
from oomtray.risk.forecast import LITTLE, Forecaster
from oomtray.risk.outlook import Forecast
from tests.facts import GIB, MIB
from tests.facts.memory import memory

NONE_YET = -1.0
"""A horizon with which nothing is shown."""
RAM = 16 * GIB
TICK = 0.5


def fall(rate: int, end: int, swap: int = 0, seconds: int = 30) -> list[Memory]:
    """Readings of a steady fall by `rate` bytes a second, the last of which leaves `end`."""
    ticks = round(seconds / TICK)
    return [memory(total=RAM, available=end + rate * number // 2, swap_total=swap, swap_free=swap) for number in range(ticks, -1, -1)]


def last(readings: Sequence[Memory], horizon: float, before: float = NONE_YET) -> Forecast:
    """What is said of the last reading with this horizon, and with `before` of those before it."""
    forecaster, said = Forecaster(), Forecast()
    for number, one in enumerate(readings, start=1):
        said = forecaster.add(number * TICK, one, horizon=horizon if number == len(readings) else before)
    return said


def soonest(said: Forecast) -> float:
    return min(math.inf if clock is None else sum(clock) / 2 for clock in (said.stall, said.kill))


def is_shown(said: Forecast) -> bool:
    return said.stall is not None or said.kill is not None


FALLS = st.builds(fall, st.integers(10 * MIB, 400 * MIB), st.integers(GIB, 4 * GIB), st.sampled_from([0, GIB, 8 * GIB]))


@settings(max_examples=40, deadline=None)
@given(readings=FALLS)
def test_a_forecast_begins_once_its_sooner_clock_shows_the_horizon(readings: list[Memory]) -> None:
    whole = last(readings, math.inf)
    at = soonest(whole)
    assert last(readings, at) == whole
    assert not is_shown(last(readings, math.nextafter(at, 0.0)))


@settings(max_examples=40, deadline=None)
@given(readings=FALLS, step=st.sampled_from([-math.inf, 0.0, math.inf]))
def test_one_that_is_shown_goes_on_until_that_clock_shows_a_quarter_more(readings: list[Memory], step: float) -> None:
    at = soonest(last(readings, math.inf))
    assume(math.isfinite(at) and is_shown(last(readings[:-1], math.inf)))
    horizon = math.nextafter(at / 1.25, step) if step else at / 1.25
    assert is_shown(last(readings, horizon, before=math.inf)) is (at <= 1.25 * horizon)
    assert not is_shown(last(readings, horizon))


@pytest.mark.parametrize(("more", "shown"), [(0, True), (1, False)], ids=["as much as is little", "a byte more"])
def test_plenty_begins_above_a_share_of_ram(more: int, shown: bool) -> None:
    ram = 100 * 160 * MIB
    little = 27 * 160 * MIB
    assert little == LITTLE * ram
    readings = [one._replace(total=ram) for one in fall(100 * MIB, little + more)]
    assert is_shown(last(readings, math.inf)) is shown


@pytest.mark.parametrize("earlier", [0.0, 20.0])
def test_a_reading_of_the_same_moment_or_an_earlier_one_changes_nothing(earlier: float) -> None:
    readings, forecaster, said = fall(100 * MIB, 2 * GIB), Forecaster(), Forecast()
    for number, one in enumerate(readings, start=1):
        said = forecaster.add(number * TICK, one)
    assert is_shown(said)
    now = len(readings) * TICK
    assert forecaster.add(now - earlier, readings[0]) == said
    after = forecaster.add(now + TICK, readings[-1]._replace(available=2 * GIB - 50 * MIB))
    assert after.kill is not None, "what was ignored was no rise"


@pytest.mark.parametrize(("seconds", "agree"), [(10, False), (16, True)], ids=["one window", "two"])
def test_a_new_rate_replaces_the_old_one_once_two_windows_agree_on_it(seconds: int, agree: bool) -> None:
    slow = fall(20 * MIB, 2 * GIB, seconds=100)
    fast = [slow[-1]._replace(available=2 * GIB - number * 30 * MIB) for number in range(1, round(seconds / TICK) + 1)]
    said = last([*slow, *fast], math.inf)
    assert said.kill is not None
    left = 2 * GIB - 60 * MIB * seconds
    assert (said.kill[1] < left / (20 * MIB)) is agree, "the old rate still counts"
    assert said.kill[0] < left / (60 * MIB)


@pytest.mark.parametrize(("deeper", "shown"), [(0, False), (1, True)], ids=["as low as before", "a byte lower"])
def test_use_that_doubles_is_told_once_it_is_lower_than_what_was_survived(deeper: int, shown: bool) -> None:
    before = [45 * GIB] * 60 + [25 * GIB] * 2 + [45 * GIB] * 90
    doubles = [45 * GIB - round(20 * GIB * 2 ** (number / 4)) for number in range(-60, 1)]
    doubles[-1] -= deeper
    readings = [memory(total=64 * GIB, available=one, swap_total=0, swap_free=0) for one in (*before, *doubles)]
    assert is_shown(last(readings, math.inf)) is shown
