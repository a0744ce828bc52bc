"""Use that doubles: it is told when all is used up, and nothing of what only goes on evenly."""

from __future__ import annotations

import pytest

from oomtray.risk.acceleration import Acceleration

WHOLE = 1000.0
DOUBLES = (850, 840, 820, 780, 700, 540)


def after(*values: float, seconds: float = 2.0) -> Acceleration:
    acceleration = Acceleration()
    for place, value in enumerate(values):
        acceleration.add(place * seconds, value)
    return acceleration


def test_it_ends_where_the_next_steps_use_up_what_is_left() -> None:
    assert after(*DOUBLES).seconds(WHOLE, 540, 10.0) == pytest.approx(2.85, abs=0.01), "320 in the next two seconds, and 640 in the two after"


def test_what_was_used_since_the_last_step_is_part_of_the_next() -> None:
    acceleration = after(*DOUBLES)
    assert acceleration.seconds(WHOLE, 440, 11.0) == pytest.approx((acceleration.seconds(WHOLE, 540, 10.0) or 0) - 1)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((900, 800, 700, 600, 500, 400), id="evenly"),
        pytest.param(DOUBLES[:4], id="too few steps"),
        pytest.param((1000, 996, 988, 972, 940), id="next to nothing"),
        pytest.param((850, 840, 820, 780, 780, 620), id="with a rest"),
    ],
)
def test_nothing_is_told_of_what_is_used(values: tuple[float, ...]) -> None:
    assert after(*values).seconds(WHOLE, values[-1], 2.0 * len(values) - 2) is None


def test_readings_too_far_apart_are_no_steps_of_one_growth() -> None:
    assert after(*DOUBLES, seconds=2.6).seconds(WHOLE, 540, 13.0) is None
