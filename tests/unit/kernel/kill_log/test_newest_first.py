"""A log whose newest line comes first tells of the same kills, oldest first."""

from __future__ import annotations

import io
import json
import random
import tracemalloc

import pytest

from oomtray.kernel.kill_log import newest_first
from oomtray.kernel.kill_log.newest_first import is_newest_first
from tests.unit.kernel.kill_log.test_interleaved import NEW, OLD, reports, shuffled
from tests.unit.kernel.kill_log.test_outer import NOW, REPORT, events, is_read

FORMS = {
    "bare": lambda line, _: line,
    "dmesg": lambda line, at: f"[{at + 100}.123456] {line}",
    "syslog": lambda line, at: f"Aug 28 05:53:{at:02} web kernel: {line}",
    "journalctl -o short-full": lambda line, at: f"Fri 2026-08-28 05:53:{at:02} UTC web kernel: {line}",
    "JSON": lambda line, at: json.dumps({"@timestamp": f"2026-08-28T05:53:{at:02}Z", "message": line}),
}


def log(form: str, kills: int = 1) -> list[str]:
    return [FORMS[form](line.replace("2101", str(2101 + kill)), kill) for kill in range(kills) for line in REPORT.splitlines()]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str, end: str) -> None:
    lines = log(form)
    for text in ("".join(f"{line}{end}" for line in reversed(lines)), end.join(reversed(lines))):
        (found,) = events(text)
        is_read(found)
    found = events("".join(f"{line}{end}" for line in reversed(log(form, 20))))
    assert [one.victims[0].pid for one in found] == [*range(2101, 2121)]
    assert all(one.invoker is not None for one in found)


@pytest.mark.parametrize("form", ["dmesg", "syslog", "journalctl -o short-full", "JSON"])
def test_time_tells_where_there_is_no_table(form: str) -> None:
    lines = [line for line in log(form, 20) if "invoked" in line or "Killed" in line]
    assert is_newest_first("".join(f"{line}\n" for line in reversed(lines)).encode(), NOW)
    assert not is_newest_first("".join(f"{line}\n" for line in lines).encode(), NOW)
    mixed = lines.copy()
    random.Random(1).shuffle(mixed)
    assert not is_newest_first("".join(f"{line}\n" for line in mixed).encode(), NOW)


@pytest.mark.parametrize("before", ["", "05:53:20 kernel: "], ids=["bare", "a clock alone"])
def test_the_kill_before_its_choice_tells_where_there_is_no_table(before: str) -> None:
    lines = [f"{before}{line}" for line in log("bare", 2) if "oom" in line or "Killed" in line]
    found = events("".join(f"{line}\n" for line in reversed(lines)))
    assert [([victim.pid for victim in one.victims], one.constraint, one.invoker and one.invoker.name) for one in found] == [
        ([2101], "none", "vim"),
        ([2102], "none", "vim"),
    ]
    assert not is_newest_first("".join(f"{line}\n" for line in lines).encode(), NOW)
    assert not is_newest_first("".join(f"{line}\n" for line in [lines[-1], *lines, lines[0]]).encode(), NOW)


@pytest.mark.parametrize("failed", ["05:53:20", "05:53:21"])
def test_a_units_end_before_its_kill(failed: str) -> None:
    """Times in whole seconds don't tell that the newest line comes first."""
    (found,) = events(
        f"Aug 28 {failed} web systemd[1]: shop.service: Failed with result 'oom-kill'.\n"
        "Aug 28 05:53:20 web systemd[1]: shop.service: A process of this unit has been killed by the OOM killer.\n"
    )
    assert (found.killer, [one.name for one in found.victims]) == ("kernel", ["shop.service"])


def test_the_names_of_columns_stay_in_front() -> None:
    rows = "".join(f'2026-08-28T05:53:20Z,"{line}"\n' for line in reversed(REPORT.splitlines()))
    (found,) = events(f"timestamp,message\n{rows}")
    is_read(found)


def test_a_log_in_order_stays_so() -> None:
    for form in FORMS:
        text = "".join(f"{line}\n" for line in log(form, 3))
        for begin in range(0, len(text), 50):
            assert not is_newest_first(text[begin:].encode(), NOW)
    for layout in (NEW, OLD):
        for seed in range(100):
            assert not is_newest_first("".join(f"{line}\n" for line in shuffled(*reports(layout), seed)).encode(), NOW)


@pytest.mark.parametrize("moments", [(9, 8, 7), (1, 9, 8, 7, 6, 20, 19)], ids=["two steps", "several, and half as many forth"])
def test_a_few_steps_back_are_no_order(moments: tuple[int, ...]) -> None:
    text = "".join(f"[  {moment}.000001] {REPORT.splitlines()[-1]}\n" for moment in moments)
    assert not is_newest_first(text.encode(), NOW)


def test_a_table_whose_end_is_not_before_it_is_in_order() -> None:
    """The rows in front of it are another report's, of which the log has no more."""
    lines = REPORT.splitlines()
    assert not is_newest_first("".join(f"{line}\n" for line in [*lines[5:7], *lines[4:5], *lines[7:]]).encode(), NOW)


def test_a_large_log_is_turned_round_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = log("dmesg", 400)
    size = sum(map(len, lines)) // 4
    monkeypatch.setattr(newest_first, "_BLOCK", size)
    monkeypatch.setattr(newest_first, "CHUNK", size // 8)
    found = events("".join(f"{line}\n" for line in reversed(lines)))
    pids = [one.victims[0].pid or 0 for one in found if one.victims]
    assert sorted(pids) == [*range(2101, 2501)]
    assert len(found) <= 400 + 4


@pytest.mark.parametrize("block", [newest_first._BLOCK, 2000])
def test_lines_are_as_many_as_they_were(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_first, "_BLOCK", block)
    monkeypatch.setattr(newest_first, "CHUNK", min(newest_first.CHUNK, block))
    text = "".join(f"{line}\n" for line in reversed(log("dmesg", 10))).encode()
    for data in (text, text[:-1], b"\n" + text, text + b"\n\n"):
        turned = newest_first.in_order(io.BytesIO(data), NOW)
        whole = b""
        while part := turned.read(1000):
            whole += part
        assert sorted(whole.split(b"\n")[:-1]) == sorted(data.removesuffix(b"\n").split(b"\n"))


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_the_parts_that_pstore_has_kept(order: tuple[int, ...]) -> None:
    lines = [f"<4>[  100.123456] {line}\n" for line in REPORT.splitlines()]
    parts = {3: lines[:3], 2: lines[3:6], 1: lines[6:]}
    (found,) = events("".join(f"Panic#1 Part{number}\n" + "".join(parts[number]) for number in order))
    is_read(found)
    both = "".join(f"{name} Part{number}\n" + "".join(parts[number]).replace("100.", when) for name, when in (("Oops#1", "90."), ("Panic#2", "100.")) for number in order)
    assert [one.victims[0].pid for one in events(both)] == [2101, 2101]


@pytest.mark.parametrize("line", [b"ab\n", b"Panic#1 Part1\n"])
def test_many_short_lines_take_little_more_memory_than_a_block(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    block = 1 << 20
    monkeypatch.setattr(newest_first, "_BLOCK", block)
    monkeypatch.setattr(newest_first, "_PARTS", block // 8)
    monkeypatch.setattr(newest_first, "CHUNK", block // 64)
    begin = "".join(f"{line}\n" for line in reversed(log("dmesg", 3))).encode()
    stream = io.BytesIO(begin + line * (2 * block // len(line)))
    tracemalloc.start()
    try:
        turned = newest_first.in_order(stream, NOW)
        while turned.read(newest_first.CHUNK):
            pass
        assert tracemalloc.get_traced_memory()[1] < 4 * block
    finally:
        tracemalloc.stop()
