"""Specifies which rows are told of together: those that stand next to each other."""

from __future__ import annotations

import pytest

from oomtray.ui.popup.process_row import Row, absent, alike


@pytest.mark.parametrize(
    ("keys", "present", "runs"),
    [
        ("", "a", []),
        ("abc", "abc", []),
        ("abc", "", [(0, 2)]),
        ("abcdef", "bd", [(4, 5), (2, 2), (0, 0)]),
        ("abcd", "ad", [(1, 2)]),
    ],
)
def test_rows_that_are_gone_from_the_end_on(keys: str, present: str, runs: list[tuple[int, int]]) -> None:
    assert list(absent([Row(key, at, None) for at, key in enumerate(keys)], set(present))) == runs


def test_they_may_be_taken_out_meanwhile() -> None:
    rows = [Row(key, at, None) for at, key in enumerate("abcdef")]
    for first, last in absent(rows, {"b", "d"}):
        del rows[first : last + 1]
    assert [row.key for row in rows] == ["b", "d"]


@pytest.mark.parametrize(
    ("changes", "runs"),
    [
        ([], []),
        ([(3, 1)], [(3, 3, 1)]),
        ([(0, 2), (1, 2), (2, 2)], [(0, 2, 2)]),
        ([(0, 2), (1, 6), (2, 6), (4, 6)], [(0, 0, 2), (1, 2, 6), (4, 4, 6)]),
    ],
)
def test_rows_that_changed_in_the_same_columns(changes: list[tuple[int, int]], runs: list[tuple[int, int, int]]) -> None:
    assert list(alike(changes)) == runs
