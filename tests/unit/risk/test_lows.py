"""Lows that were survived: each turn upwards is one, however many there were before."""

from __future__ import annotations

import math

import pytest

from oomtray.risk.lows import SurvivedLows

MARGIN = 10.0


def after(*values: float, seconds: float = 100.0) -> tuple[SurvivedLows, list[int]]:
    """One reading every so many seconds; also the places of those that told of a survived low."""
    lows = SurvivedLows()
    return lows, [place for place, value in enumerate(values) if lows.add(place * seconds, value, MARGIN)]


def test_every_low_that_was_risen_from_is_survived() -> None:
    lows, told = after(100, 50, 100, 105, 30, 40, 100)
    assert told == [2, 6]
    assert (lows.before(200), lows.before(201), lows.before(math.inf)) == (math.inf, 50, 30)
    assert (lows.lowest(0, 70), lows.lowest(500, 70), lows.lowest(601, 70)) == (30, 30, 70)


def test_what_moves_by_no_more_than_the_margin_turns_nowhere() -> None:
    assert after(100, 50, 60, 50, 61, 51, 62)[1] == [4]


def test_lows_shortly_after_each_other_are_one() -> None:
    lows, told = after(100, 50, 100, 30, 100, seconds=1.0)
    assert told == [2, 4]
    assert (lows.before(2.5), lows.before(2)) == (30, math.inf)


def test_what_is_given_back_again_and_again_is_usual_unless_the_fall_is_deeper() -> None:
    lows, _ = after(100, 60, 100, 60, 100, 60, seconds=10.0)
    assert lows.usual_dip(60.0, 60) == 40
    assert lows.usual_dip(60.0, 10) == 0
    once, _ = after(100, 60, 100, seconds=10.0)
    assert once.usual_dip(30.0, 90) == 0


def test_the_next_low_is_the_middle_one_of_those_before_as_far_as_they_fall() -> None:
    lows, _ = after(100, 50, 100, 40, 100, 60, 100)
    assert lows.next_low(600.0, 0.0, 0.0) == 50
    assert lows.next_low(600.0, 0.0, 0.1) == pytest.approx(20)
    assert lows.next_low(600.0, 601.0, 0.1) is None


def test_after_a_kill_none_was_survived() -> None:
    lows, _ = after(100, 50, 100)
    lows.clear()
    assert lows.before(math.inf) == math.inf
    assert not lows.add(400.0, 100, MARGIN)
