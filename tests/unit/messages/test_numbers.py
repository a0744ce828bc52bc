"""Percentages, rates and estimated times as a person reads them; what is unknown is a dash."""

from __future__ import annotations

import pytest

from oomtray.messages.numbers import (
    about,
    about_size,
    bounded,
    change,
    percent,
    rate_per_minute,
    share_percent,
    to_minutes,
)
from oomtray.text import UNKNOWN


@pytest.mark.parametrize(
    ("per_second", "shown"),
    [
        pytest.param(None, UNKNOWN, id="seen-once"),
        pytest.param(0.0, "0", id="steady"),
        pytest.param(8000.0, "0", id="noise"),
        pytest.param(2.0 * 1024**2, "+120 MiB/min", id="grows"),
        pytest.param(-51200.0, "-2.9 MiB/min", id="shrinks"),
    ],
)
def test_a_change_is_told_by_the_minute(per_second: float | None, shown: str) -> None:
    assert rate_per_minute(per_second) == shown
    assert change(per_second) == shown.removesuffix("/min")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (percent(None), UNKNOWN),
        (percent(78.4), "78 %"),
        (share_percent(None), UNKNOWN),
        (share_percent(610.4), "61.0 %"),
        (percent(0.25, 1), "0.2 %"),
        (about_size(None), UNKNOWN),
        (about_size(1 << 30), "about 1.0 GiB"),
        (bounded(None, exact=False), UNKNOWN),
        (bounded(1 << 30, exact=False), "≤ 1.0 GiB"),
    ],
)
def test_what_is_unknown_is_a_dash_and_never_a_zero(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, UNKNOWN),
        (0.0, "about 1 s"),
        (40.2, "about 40 s"),
        (7.2, "about 7 s"),
        (42.9, "about 45 s"),
        (89.0, "about 90 s"),
        (240.0, "about 4 min"),
        (5300.0, "about 88 min"),
        (7200.0, "about 2 h"),
        (100000.0, "more than a day"),
    ],
)
def test_a_forecast_says_that_it_is_one(seconds: float | None, shown: str) -> None:
    assert about(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.7, "0.7 s"), (38.9, "38 s"), (60, "1 min"), (400, "7 min"), (1892, "32 min"), (3590, "1 h"), (7500, "2 h 5 min")],
)
def test_a_duration_to_the_minute(seconds: float, text: str) -> None:
    assert to_minutes(seconds) == text
