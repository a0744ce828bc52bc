"""Specifies how a moment is written in a sentence: by what is near to now, in the order of the language, never as ISO 8601."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from translations.compile import compile_all

from oomtray.messages.moments import between, when, within
from tests.rigs.commands.program import TREE
from tests.rigs.translations.speaking import environment, speaking


def at(text: str) -> float:
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


NOW = at("2026-11-28 16:05")


@pytest.fixture
def korean(tmp_path: Path) -> Iterator[None]:
    compile_all(TREE / "resources/translations", tmp_path)
    with speaking(environment(tmp_path, "ko")):
        yield


@pytest.mark.parametrize(
    ("moment", "alone", "inside"),
    [
        pytest.param("2026-11-28 03:48", "Today 03:48", "today 03:48", id="today"),
        pytest.param("2026-11-27 23:59", "Yesterday 23:59", "yesterday 23:59", id="yesterday"),
        pytest.param("2026-11-19 04:09", "19 Nov, 04:09", "19 Nov, 04:09", id="this year"),
        pytest.param("2026-11-29 00:01", "29 Nov, 00:01", "29 Nov, 00:01", id="a clock that was set back"),
        pytest.param("2025-02-01 14:02", "1 Feb 2025, 14:02", "1 Feb 2025, 14:02", id="another year"),
    ],
)
def test_in_english(moment: str, alone: str, inside: str) -> None:
    assert (when(at(moment), NOW), within(at(moment), NOW)) == (alone, inside)


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-11-28 03:48", "오늘 03:48"),
        ("2026-11-27 23:59", "어제 23:59"),
        ("2026-11-19 04:09", "11월 19일 04:09"),
        ("2025-02-01 14:02", "2025년 2월 1일 14:02"),
    ],
)
@pytest.mark.usefixtures("korean")
def test_in_korean(moment: str, says: str) -> None:
    assert (when(at(moment), NOW), within(at(moment), NOW)) == (says, says)


@pytest.mark.parametrize(
    ("begin", "end", "says"),
    [
        ("2026-11-28 03:48", "2026-11-28 03:48", "Today 03:48"),
        ("2026-11-28 03:48", "2026-11-28 04:09", "Today between 03:48 and 04:09"),
        ("2026-11-27 03:48", "2026-11-27 04:09", "Yesterday between 03:48 and 04:09"),
        ("2026-11-27 22:00", "2026-11-28 04:09", "Between yesterday 22:00 and today 04:09"),
        ("2026-11-19 04:09", "2026-11-19 05:00", "Between 19 Nov, 04:09 and 05:00"),
        ("2025-12-31 23:00", "2026-11-27 05:00", "Between 31 Dec 2025, 23:00 and yesterday 05:00"),
    ],
)
def test_from_when_to_when(begin: str, end: str, says: str) -> None:
    assert between(at(begin), at(end), NOW) == says


def test_a_time_that_is_not_known_is_said() -> None:
    assert when(None, NOW) == "At an unknown time"


def test_a_log_may_name_a_year_that_never_comes() -> None:
    assert " May 318857, " in when(1e13, NOW)


@pytest.mark.parametrize(("begin", "end"), [("2026-03-28 23:30", "2026-03-29 23:30"), ("2026-10-24 23:30", "2026-10-25 23:30")])
def test_a_day_of_23_or_25_hours_is_one_day(monkeypatch: pytest.MonkeyPatch, begin: str, end: str) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert when(at(begin), at(end)) == "Yesterday 23:30"
        assert when(at(end.replace("23:30", "00:10")), at(end)) == "Today 00:10"
    finally:
        monkeypatch.undo()
        time.tzset()
