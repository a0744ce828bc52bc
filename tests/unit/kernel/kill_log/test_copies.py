"""A kill whose lines each stand in a log twice, as syslog has taken them in twice, is one kill."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.kernel.kill_log.test_outer import REPORT, events, is_read

LINES = REPORT.splitlines()
STAMPED = [f"Aug 28 05:53:20 web kernel: [  100.123456] {line}\n" for line in LINES]
PLAIN = [f"Aug 28 05:53:20 web kernel: {line}\n" for line in LINES]
EXACT = [f"2026-08-28T05:53:20.400000+00:00 web kernel: [  100.123456] {line}\n" for line in LINES]


@pytest.mark.parametrize("other", [STAMPED, PLAIN, EXACT], ids=["the same", "without uptime", "with a fraction"])
def test_one_after_the_other_are_two(other: list[str]) -> None:
    """Else of 100 copies as many would count as happen to lie close together."""
    first, second = events("".join([*STAMPED, *other]))
    is_read(first)
    is_read(second)


def test_by_turns() -> None:
    (found,) = events("".join(line for both in zip(STAMPED, PLAIN, strict=True) for line in both))
    assert [one.pid for one in found.victims] == [2101]
    assert [task.pid for task in found.tasks] == [712, 2101]
    (found,) = events("".join(line * 2 for line in STAMPED))
    assert [one.pid for one in found.victims] == [2101]


Change = Callable[[str], str]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda line: line.replace("2101", "2102"), id="of another process"),
        pytest.param(lambda line: line.replace("100.123456", "100.123457"), id="a moment later"),
        pytest.param(lambda line: line.replace("05:53:20", "05:53:22").replace("100.123456", "102.123456"), id="two seconds later"),
        pytest.param(lambda line: line.replace(" web ", " db "), id="of another machine"),
    ],
)
def test_another_kill_is_none(change: Change) -> None:
    assert len(events("".join([*STAMPED, *map(change, STAMPED)]))) == 2


def test_without_any_time_there_is_no_telling() -> None:
    assert len(events(REPORT + REPORT)) == 2
