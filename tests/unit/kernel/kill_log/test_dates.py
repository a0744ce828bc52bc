"""`dmesg -T` writes its dates in the user's language: each is the same moment, and one that isn't understood is unknown."""

from __future__ import annotations

import time

import pytest

from oomtray.kernel.kill_log.dates import date_of
from oomtray.kernel.kill_log.lines import parse

AT = time.mktime((2026, 11, 28, 2, 24, 5, 0, 0, -1))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Sat Nov 28 02:24:05 2026", id="English"),
        pytest.param("جمع نوف 28 02:24:05 2026", id="Arabic"),
        pytest.param("T7 Th11 28 02:24:05 2026", id="Vietnamese"),
        pytest.param("Thứ 7 Tháng 11 28 02:24:05 2026", id="Vietnamese, long"),
        pytest.param("שבת נוב 28 02:24:05 2026", id="Hebrew"),
        pytest.param("сб лис 28 02:24:05 2026", id="Ukrainian"),
        pytest.param("la marras 28 02:24:05 2026", id="Finnish, which is no March"),
        pytest.param("ส. พ.ย. 28 02:24:05 2026", id="Thai"),
        pytest.param("शनि नव॰ 28 02:24:05 2026", id="Hindi"),
        pytest.param("토 11월 28 02:24:05 2026", id="Korean"),
        pytest.param("六 11月 28 02:24:05 2026", id="Chinese"),
        pytest.param("sam. nov. 28 02:24:05 2026", id="French"),
    ],
)
def test_the_same_moment_in_any_language(written: str) -> None:
    assert date_of(written, AT + 60) == AT
    line = parse(f"[{written}] Out of memory: Killed process 5 (x)", AT + 60)
    assert (line.time, line.text) == (AT, "Out of memory: Killed process 5 (x)")


@pytest.mark.parametrize("written", ["Shab Qwz 28 02:24:05 2026", "T7 Th13 28 02:24:05 2026", "Nov 02:24:05 2026", "გიო 28 02:24:05 2026"])
def test_what_is_not_understood_is_unknown_and_the_kill_is_read(written: str) -> None:
    assert date_of(written, AT + 60) is None
    assert parse(f"[{written}] Out of memory: Killed process 5 (x)", AT).text == "Out of memory: Killed process 5 (x)"
