"""A moment as people type it: seconds or ISO 8601, and what is neither is refused."""

from __future__ import annotations

import argparse
import time

import pytest

from oomtray.cli.times import moment


def local(*date: int) -> float:
    year, month, day, hour, minute = (*date, 0, 0)[:5]
    return time.mktime((year, month, day, hour, minute, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("1795850000", 1795850000.0),
        ("2026-11-27", local(2026, 11, 27)),
        (" 2026-11-27T14:30 ", local(2026, 11, 27, 14, 30)),
        ("2026-11-27_14:30", local(2026, 11, 27, 14, 30)),
        ("20261127", local(2026, 11, 27)),
        ("20261127T1430", local(2026, 11, 27, 14, 30)),
        ("2026", local(2026, 1, 1)),
        ("2026-11-27T14:30Z", 1795789800.0),
    ],
)
def test_a_moment(text: str, seconds: float) -> None:
    assert moment(text) == seconds


@pytest.mark.parametrize("text", ["", "yesterday", "어제", "20261327", "20260230", "nan", "inf", "1795850000000", "2026-02-30", "9999-12-31"])
def test_neither(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="2026-11-27T14:30"):
        moment(text)
