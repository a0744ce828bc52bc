"""Specifies the line that says what the settings would have told in the last week."""

from __future__ import annotations

import pytest

from oomtray.messages import week


@pytest.mark.parametrize(
    ("count", "also", "missing", "defaults", "says"),
    [
        (0, [], [], True, "no notification"),
        (1, [], [], False, "1 notification, as with the defaults"),
        (2, ["Monday"], [], False, "2 notifications; with the defaults also on Monday"),
        (2, [], ["Monday", "Friday"], False, "2 notifications; with the defaults not on Monday and Friday"),
        (1, ["Monday"], ["Friday"], False, "1 notification; with the defaults on Monday instead"),
    ],
)
def test_the_line(count: int, also: list[str], missing: list[str], defaults: bool, says: str) -> None:
    assert week.told(count, also, missing, defaults=defaults) == says


def test_many_days_are_counted() -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert week.told(1, days, [], defaults=False) == "1 notification; with the defaults also on Monday, Tuesday, Wednesday and 2 more"
