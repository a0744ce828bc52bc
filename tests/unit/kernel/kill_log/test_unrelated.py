"""Lines that belong to no report are skipped while one is open, and none that tells something is among them."""

from __future__ import annotations

import pytest

from oomtray.kernel.kill_log.report_body import HANDLERS, ONCE
from oomtray.kernel.kill_log.runs import NUMBERS, RELATED
from tests.unit.kernel.kill_log.test_forms import REPORT, events

UNRELATED = ("docker0: port 2(veth3) entered blocking state", "IPv6: ADDRCONF(NETDEV_UP): eth0: link is not ready", "usb 1-1: new device", "")
TELLING = (
    "sysrq: Manual OOM execution", "OOM request ignored. No task eligible", "Kernel panic - not syncing: System is deadlocked on memory",
    "Out of memory and no killable processes...", "oom_reaper: reaped process 1 (x)", "OOM victim 1 (x) is already exiting",
    "Tasks in /x are going to be killed due to memory.oom.group set", "[  712]     0   712    10000     2000    40960        0             0 vim",
    "Marked /x for killing", "process exited after 2.8 seconds", "kill failed", "dryrun, would have", "victim died", "The victim has died",
    "VmRSS: 10 MiB", "Success; response time", "PID: 1, name: x, badness: 2", "   to free 9kB on behalf of 'x' (1) because", "oom-kill:constraint=",
    "[ pid ]   uid  tgid name", "[\tpid\t]\tuid\tname", "[\t712]\t0",
    "Device free:1kB min:2kB", "active_anon:1 free:39513 free_pcp:2958",
    r'"MESSAGE":[75]', r"\x4b\x69", "a#012b", "Tasks state (memory values in pages):", "17 (kB) [ 4] 5",
)  # fmt: skip
_OF_MANY = frozenset({"pid", "free:"})
"""Words that many other lines have, too; those that matter have another one beside."""


@pytest.mark.parametrize("prefix", ["[  100.123456] ", "Mar  3 10:11:12 shop-1 kernel: ", ""])
def test_a_report_with_others_lines_in_between(prefix: str) -> None:
    lines = REPORT.splitlines()
    between = [one for line in lines for one in (line, *UNRELATED)]
    plain, mixed = ("".join(f"{prefix}{line}\n" for line in log) for log in (lines, between))
    assert events(mixed) == events(plain)


def test_a_line_of_the_same_form_hides_no_other() -> None:
    """It has the same letters apart from those of numbers, so that both are of one kind."""
    log = (
        'sending SIGTERM to process 99 uid 5 "jar": oom_score 900, oom_score_adj 0, VmRSS 800 MiB, cmdline "jar -x"\n'
        "vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
        "{} exited after 1 s\n"
        "process exited after 2 s\n"
    )
    assert events(log.format("p1rocess")) == events(log.format("nobody"))


@pytest.mark.parametrize("line", UNRELATED)
def test_unrelated(line: str) -> None:
    assert RELATED.search(line.encode().translate(None, NUMBERS)) is None


@pytest.mark.parametrize("line", [*TELLING, *ONCE, *(word for word, _ in HANDLERS if word not in _OF_MANY), *REPORT.splitlines()])
def test_what_tells_something_is_no_unrelated_line(line: str) -> None:
    assert RELATED.search(line.encode().translate(None, NUMBERS))


def test_a_line_whose_telling_end_was_wrapped_is_not_skipped() -> None:
    """A head has its words in the next line then; with 400 lines between, the wider ones aren't taken for the width here."""
    prefix, order = "Mar  3 10:11:12 shop-1 kernel: ", "oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0\n"
    others = f"{prefix}{UNRELATED[2]}\n" * 400
    found = events(f"{prefix}web invoked {order}{others}{prefix}Thread-pool-12 invoked\n{order}{others}")
    assert [one.invoker and one.invoker.name for one in found] == ["web", "Thread-pool-12"]
