"""No line takes much longer than others of its length, whoever has made it up."""

from __future__ import annotations

import io
import time

import pytest

from oomtray.kernel.kill_log.newest_first import is_newest_first
from oomtray.kernel.kill_log.reading import read
from oomtray.kernel.kill_log.runs import json_patterns
from tests.unit.kernel.kill_log.test_outer import NOW, events

HEAD = "".join(f"[  100.123456] {line}\n" for line in ("vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0", "Mem-Info:"))


def seconds(text: str) -> float:
    begin = time.process_time()
    events(text)
    return time.process_time() - begin


def test_units_that_may_be_part_of_the_next_name() -> None:
    """With two readings of each number, the time doubles with each."""

    def of(unit: str) -> float:
        return min(seconds(f"{HEAD}[  100.123456]  ab:1{f'{unit}:1' * 24}!\n") for _ in range(2))

    assert of("kk") < 20 * of("xx")


@pytest.mark.parametrize("repeated", ["oom-kill:constraint=CONSTRAINT_NONE,", "oom-kill:constraint=,task=,pid="])
def test_many_choices_on_one_line(repeated: str) -> None:
    def of(text: str) -> float:
        begin = time.process_time()
        first = f"oom-kill:constraint={text * (300_000 // len(text))}\na\nb\nc\n".encode()
        is_newest_first(first, NOW)
        return time.process_time() - begin

    assert min(of(repeated) for _ in range(2)) < 20 * min(of(repeated.replace("o", "u").replace("t", "u")) for _ in range(2))


def test_many_messages_in_one_entry() -> None:
    """An entry without its end has the whole rest to be searched for it."""

    def of(repeated: bytes) -> float:
        begin = time.process_time()
        assert json_patterns().body.fullmatch(b"{" + repeated * 3000) is None
        return time.process_time() - begin

    assert min(of(b':"MESSAGE":"Call Trace:" 0') for _ in range(2)) < 50 * min(of(b':"MASSAGE":"Call Trace:" 0') for _ in range(2))


def test_a_kill_line_that_was_cut_after_the_other() -> None:
    """Each waits for its rest, and none may make the ones before wait."""
    line = "Out of memory: Killed process {} (x)\n"
    reports = iter(read(io.BytesIO("".join(map(line.format, range(1000))).encode()), NOW))
    first = next(reports)
    assert [one.pid for one in first.victims] == [0]
    assert [one.victims[0].pid for one in reports] == [*range(1, 1000)]

    def of(count: int) -> float:
        return min(seconds("".join(map(line.format, range(count)))) for _ in range(2))

    assert of(3000) < 25 * of(300)


def test_blanks_behind_a_head() -> None:
    def of(sign: str) -> float:
        return min(seconds(f"[  100.123456] vim invoked oom-killer: gfp_mask=0xcc0, order=0{sign * 60_000}!\n") for _ in range(2))

    assert of(" ") < 20 * of(",")
