"""`dmesg -T` writes its dates in the user's language: each is the same moment, and one that isn't understood is unknown."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from oomtray.kernel.kill_log.dates import Dates, date_of
from oomtray.kernel.kill_log.lines import parse


def at(month: int, day: int) -> float:
    return datetime(2026, month, day, 2, 24, 5, tzinfo=UTC).timestamp()


AT = at(11, 28)


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
    line = parse(f"[{written}] Out of memory: Killed process 5 (x)", Dates(AT + 60))
    assert (line.time, line.text) == (AT, "Out of memory: Killed process 5 (x)")


@pytest.mark.parametrize("written", ["Shab Qwz 28 02:24:05 2026", "T7 Th13 28 02:24:05 2026", "Nov 02:24:05 2026", "გიო 28 02:24:05 2026"])
def test_what_is_not_understood_is_unknown_and_the_kill_is_read(written: str) -> None:
    assert date_of(written, AT + 60) is None
    assert parse(f"[{written}] Out of memory: Killed process 5 (x)", Dates(AT)).text == "Out of memory: Killed process 5 (x)"


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [
        pytest.param("pet lip 12 02:24:05 2026", 6, 12, id="June in Croatian"),
        pytest.param("wto lip 14 02:24:05 2026", 7, 14, id="July in Polish"),
        pytest.param("pon lip 15 02:24:05 2026", 6, 15, id="a Monday in June, so it is Croatian"),
        pytest.param("pon lip 13 02:24:05 2026", 7, 13, id="a Monday in July, so it is Polish"),
        pytest.param("uto srp 14 02:24:05 2026", 7, 14, id="July in Croatian"),
        pytest.param("\u010dt srp 13 02:24:05 2026", 8, 13, id="August in Czech"),
        pytest.param("sri lis 28 02:24:05 2026", 10, 28, id="October in Croatian"),
        pytest.param("sob lis 28 02:24:05 2026", 11, 28, id="November in Polish"),
        pytest.param("so lis 28 02:24:05 2026", 11, 28, id="November in Czech"),
        pytest.param("pon lis 26 02:24:05 2026", 10, 26, id="a Monday in October"),
        pytest.param("pon lis 23 02:24:05 2026", 11, 23, id="a Monday in November"),
        pytest.param("sub stu 28 02:24:05 2026", 11, 28, id="November in Croatian"),
    ],
)
def test_a_month_that_neighbors_call_otherwise_is_the_one_that_was_meant(written: str, month: int, day: int) -> None:
    assert date_of(written, at(12, 31)) == at(month, day)


def test_where_a_line_can_not_tell_the_month_the_lines_before_do() -> None:
    now = at(12, 31)
    unknown, croatian, polish = Dates(now), Dates(now), Dates(now)
    assert unknown.of("lip 12 02:24:05 2026") is None
    croatian.of("uto svi 12 02:24:05 2026")
    assert croatian.of("lip 12 02:24:05 2026") == at(6, 12)
    polish.of("wto maj 12 02:24:05 2026")
    assert polish.of("lip 12 02:24:05 2026") == at(7, 12)


@pytest.mark.parametrize(
    "written",
    [
        "Nov 28, 2026, 2:24:05 PM", "Nov 28 02:24:05 PM", "Sat 28 Nov 2026 02:24:05 PM", "28 Nov 2026 2:24:05 p.m.", "2026-11-28 02:24:05 PM",
        "2026/11/28 14:24:05", "28.11.2026 14:24:05", "28.11.2026, 14:24:05",
    ],
)  # fmt: skip
def test_other_ways_to_write_a_date(written: str) -> None:
    assert date_of(written, AT + 86400) == AT + 12 * 3600
    line = parse(f"{written} web kernel: Out of memory: Killed process 5 (x)", Dates(AT + 86400))
    assert (line.time, line.tag, line.text) == (AT + 12 * 3600, "kernel", "Out of memory: Killed process 5 (x)")


def test_midnight_and_noon_of_twelve_hours() -> None:
    assert date_of("Nov 28 2026 12:24:05 AM", AT) == AT - 2 * 3600
    assert date_of("Nov 28 2026 12:24:05 PM", AT) == AT + 10 * 3600


@pytest.mark.parametrize("written", ["11/12/2026 14:24:05", "32.11.2026 14:24:05", "11.13.2026 14:24:05"])
def test_a_date_that_may_be_two_is_unknown(written: str) -> None:
    assert date_of(written, AT) is None


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("28/Nov/2026:02:24:05 +0000", 0),
        ("28/Nov/2026:02:24:05 -0130", 5400),
        ("Sat, 28 Nov 2026 02:24:05 +0200", -7200),
        ("28 Nov 2026 02:24:05 GMT", 0),
        ("2026-11-28 02:24:05 GMT", 0),
    ],
)
def test_a_zone_counts_wherever_one_reads(written: str, apart: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Seoul")
        time.tzset()
        told = date_of(written, AT)
    time.tzset()
    assert told == AT + apart


@pytest.mark.parametrize("written", ["Sat Nov 28 24:24:05 2026", "2026-11-28T26:24:05Z", "2026-11-28 02:60:05", "28.11.2026 02:24:61", "28 Nov 2026 25:24:05 GMT"])
def test_no_time_of_day_is_unknown_not_another_day(written: str) -> None:
    assert date_of(written, AT) is None
