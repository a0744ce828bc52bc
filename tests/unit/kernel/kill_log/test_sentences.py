"""Whoever tells of a kill in words of his own has not logged it."""

from __future__ import annotations

import pytest

from tests.unit.kernel.kill_log.test_outer import events

KILL = "Out of memory: Killed process 41 (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB"


@pytest.mark.parametrize(
    "line",
    [
        f"Yesterday I saw the line {KILL} in my log",
        f"2026-08-28 05:53:20,123 ERROR [main] worker died; dmesg says: {KILL}",
        f"Bug 1234: the kernel says {KILL}",
        "supervisor: [main] Out of memory: Killed process 41 (web), see the wiki",
        "When web invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0 it was late",
        "The tester got a Kernel panic - not syncing: Out of memory",
        "There were no killable processes",
        'sending SIGTERM to process 41 "web": it has had enough',
    ],
)
def test_a_sentence(line: str) -> None:
    assert events(line + "\n") == []


@pytest.mark.parametrize("before", ["", "notes:12: ", "web-1  | ", "Aug 28 05:53:20 web kernel: ", "05:53 web kernel: ", "2026-08-28 05:53:20 web WARN ", "[from a vm] "])
def test_what_stands_before_a_line_is_no_sentence(before: str) -> None:
    (found,) = events(f"{before}{KILL}\n")
    assert [(one.pid, one.freed) for one in found.victims] == [(41, 712 << 10)]


@pytest.mark.parametrize("end", [", oom_score_adj=0", ", oomkilladj=0", "", ">", " >"])
def test_a_head_ends_or_goes_on_with_a_comma(end: str) -> None:
    (found,) = events(f"[  100.123456] web invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0{end}\n")
    assert (found.invoker, found.order) == ((None, "web"), 0)
