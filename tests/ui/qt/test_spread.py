"""Specifies where labels go that would touch one another."""

from __future__ import annotations

import itertools

import pytest

from oomtray.ui.qt.spread import spread


@pytest.mark.parametrize(
    ("wished", "placed"),
    [
        ([20, 60], [20, 60]),
        ([20, 24], [17, 27]),
        ([24, 20], [27, 17]),
        ([50, 50, 50], [40, 50, 60]),
        ([20, 24, 28], [14, 24, 34]),
        ([1, 3], [0, 10]),
        ([99, 97], [100, 90]),
        ([], []),
    ],
    ids=["apart", "close", "in any order", "at one place", "a chain", "at the top", "at the foot", "none"],
)
def test_they_are_pushed_apart_no_more_than_it_takes(wished: list[float], placed: list[float]) -> None:
    assert spread(wished, 10, 0, 100) == placed


def test_none_ever_touches_another_while_there_is_room() -> None:
    for wished in itertools.product(range(0, 101, 10), repeat=3):
        places = sorted(spread(wished, 15, 0, 100))
        assert places[0] >= 0
        assert places[-1] <= 100
        assert all(after - before >= 15 - 1e-9 for before, after in itertools.pairwise(places))
