"""Specifies how a day is written in the order and with the marks of a region."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from oomtray.ui.qt.moments import day

MONDAY = time.mktime((2026, 11, 23, 12, 0, 0, 0, 0, -1))


@pytest.fixture(autouse=True)
def region() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en_GB", "Mon 23 Nov"),
        ("en_US", "Mon, Nov 23"),
        ("ko_KR", "11월 23일(월)"),
    ],
)
def test_a_day(name: str, expected: str) -> None:
    QLocale.setDefault(QLocale(name))
    assert day(MONDAY) == expected
