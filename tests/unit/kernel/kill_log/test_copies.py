"""A kill whose lines each stand in a log twice, as syslog has taken them in twice or two files were joined, is one kill."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomtray.kernel.kill_log import copies as copies_of
from tests.unit.kernel.kill_log.test_outer import REPORT, events, is_read

LINES = REPORT.splitlines()
STAMPED = [f"Aug 28 05:53:20 web kernel: [  100.123456] {line}\n" for line in LINES]
PLAIN = [f"Aug 28 05:53:20 web kernel: {line}\n" for line in LINES]
EXACT = [f"2026-08-28T05:53:20.400000+00:00 web kernel: [  100.123456] {line}\n" for line in LINES]


@pytest.mark.parametrize("lines", [STAMPED, PLAIN, EXACT, [f"[  100.123456] {line}\n" for line in LINES]], ids=["both", "without uptime", "with a fraction", "dmesg"])
@pytest.mark.parametrize("between", [0, 5_000])
@pytest.mark.parametrize("copies", [2, 40])
def test_the_same_file_again(lines: list[str], between: int, copies: int) -> None:
    """However far away: else of 100 copies as many would count as happen to lie close together."""
    (found,) = events("".join([*lines, *["Aug 28 05:53:21 web kernel: eth0: link is up\n"] * between]) * copies)
    is_read(found)


def test_many_kills_and_all_of_them_again() -> None:
    told = [(100.0 + pid, pid) for pid in range(1, 200)]
    assert [[one.pid for one in found.victims] for found in events(kills(*told, *told, *told))] == [[pid] for _, pid in told]


def test_copies_that_lie_farther_apart_than_kills_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_of, "_MOST", 20)
    told = [(100.0 + pid, pid) for pid in range(1, 41)]
    assert len(events(kills(*told, *told))) == 80
    assert len(events(kills(*told[:20], *told[:20]))) == 20


@pytest.mark.parametrize("other", [PLAIN, EXACT], ids=["without uptime", "with a fraction"])
def test_one_after_the_other_are_two_in_other_forms(other: list[str]) -> None:
    first, second = events("".join([*STAMPED, *other]))
    is_read(first)
    is_read(second)


def test_by_turns() -> None:
    (found,) = events("".join(line for both in zip(STAMPED, PLAIN, strict=True) for line in both))
    assert [one.pid for one in found.victims] == [2101]
    assert [task.pid for task in found.tasks] == [712, 2101]


@pytest.mark.parametrize(("ahead", "behind"), [(1, 4), (5, 1), (8, 3)])
def test_one_that_runs_behind_the_other(ahead: int, behind: int) -> None:
    """It began while the other was open, and ends after it."""
    assert len(events("".join([*STAMPED[:ahead], *EXACT[:behind], *STAMPED[ahead:], *EXACT[behind:]]))) == 1


@pytest.mark.parametrize("lines", [STAMPED, PLAIN, EXACT], ids=["both", "without uptime", "with a fraction"])
def test_each_line_twice(lines: list[str]) -> None:
    """Who had asked and the order were told as unknown, and what was free as twice that."""
    prefix = lines[0].partition("vim")[0]
    zones = [f"{prefix}{text}\n" for text in ("Mem-Info:", "Node 0 Normal free:40kB min:60kB low:75kB high:90kB", "Node 0 Normal: 10*4kB (U) = 40kB")]
    (once,) = events("".join([*lines[:2], *zones, *lines[2:]]))
    (found,) = events("".join(line * 2 for line in [*lines[:2], *zones, *lines[2:]]))
    is_read(found)
    assert found == once
    assert [zone.free for zone in found.machine.zones] == [40 << 10]


def test_first_lines_alone_are_a_kill_each() -> None:
    """A search for them leaves lines that are equal to the second; those of one moment are copies."""
    assert len(events(PLAIN[0] * 3)) == 3
    assert len(events(STAMPED[0] * 3)) == 1


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
    without = [line for line in STAMPED if " invoked " not in line]
    assert len(events("".join([*without, *map(change, without)]))) == 2


OOMD = "Aug 28 05:53:{} web systemd-oomd[812]: Killed /user.slice/app.slice/{}.scope due to memory used (9) / total (10) and swap used (9) / total (10) being more than 90.00%\n"


def test_a_cgroup_that_systemd_oomd_killed() -> None:
    """It has no PID; syslog and daemon.log both have the line on Debian."""
    told = [OOMD.format(20, "a"), OOMD.format(36, "a"), OOMD.format(36, "b")]
    for log in (told + told, [line for line in told for _ in range(2)]):
        assert [[one.name for one in found.victims] for found in events("".join(log))] == [["a.scope"], ["a.scope"], ["b.scope"]]


def test_without_any_time_there_is_no_telling() -> None:
    assert len(events(REPORT + REPORT)) == 2


def kills(*told: tuple[float, int]) -> str:
    """Lines of kills alone, as a search leaves them: (seconds, PID)."""
    return "".join(f"[{at:12.6f}] Memory cgroup out of memory: Killed process {pid} (p{pid}) total-vm:9kB, anon-rss:{pid}kB\n" for at, pid in told)


@pytest.mark.parametrize(
    ("told", "victims"),
    [
        pytest.param([(100.1, 7), (100.2, 8), (100.3, 7)], [[7, 8]], id="chosen first"),
        pytest.param([(100.1, 7), (100.2, 7), (100.3, 8)], [[7, 8]], id="chosen twice at once"),
        pytest.param([(100.1, 7), (100.2, 8), (100.3, 7), (100.4, 9), (300.0, 5)], [[7, 8, 9], [5]], id="another kill later"),
        pytest.param([(100.1, 7), (100.2, 8), (100.3, 9)], [[7], [8], [9]], id="nobody twice"),
        pytest.param([(100.1, 7), (200.2, 8), (200.3, 7)], [[7], [8], [7]], id="the same number much later"),
        pytest.param([(100.1, 7), (100.1, 7), (103.0, 8)], [[7], [8]], id="a line that is there twice"),
    ],
)
def test_a_group_of_which_only_the_kills_are_left(told: list[tuple[float, int]], victims: list[list[int]]) -> None:
    """The kernel tells the chosen process of a group twice."""
    assert [[one.pid for one in found.victims] for found in events(kills(*told))] == victims


def test_a_group_by_the_clock() -> None:
    line = "2026-08-28T05:53:{}+00:00 web kernel: Memory cgroup out of memory: Killed process {} (p) total-vm:9kB, anon-rss:7kB\n"
    first, later = events("".join(line.format(at, pid) for at, pid in [("20.1", 7), ("20.2", 8), ("20.3", 7), ("50.0", 9)]))
    assert ([one.pid for one in first.victims], [one.pid for one in later.victims]) == ([7, 8], [9])


def test_a_report_in_between_is_a_kill_of_its_own() -> None:
    text = kills((100.1, 7)) + "".join(f"[  100.200000] {line}\n" for line in LINES) + kills((100.3, 7))
    assert [[one.pid for one in found.victims] for found in events(text)] == [[7], [2101], [7]]
