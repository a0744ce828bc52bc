"""Lines that belong to no report are skipped while one is open, and none that tells something is among them."""

from __future__ import annotations

import pytest

from oomtray.kernel.kill_log.report_body import _HANDLERS, ONCE
from oomtray.kernel.kill_log.runs import RELATED
from tests.unit.kernel.kill_log.test_forms import REPORT, events

UNRELATED = ("docker0: port 2(veth3) entered blocking state", "IPv6: ADDRCONF(NETDEV_UP): eth0: link is not ready", "usb 1-1: new device", "")
TELLING = (
    "sysrq: Manual OOM execution", "OOM request ignored. No task eligible", "Kernel panic - not syncing: System is deadlocked on memory",
    "Out of memory and no killable processes...", "oom_reaper: reaped process 1 (x)", "OOM victim 1 (x) is already exiting",
    "Tasks in /x are going to be killed due to memory.oom.group set", "[  712]     0   712    10000     2000    40960        0             0 vim",
    "Marked /x for killing", "process exited after 2.8 seconds", "kill failed", "dryrun, would have", "victim died", "The victim has died",
    "VmRSS: 10 MiB", "Success; response time", "PID: 1, name: x, badness: 2", "   to free 9kB on behalf of 'x' (1) because", "oom-kill:constraint=",
    r'"MESSAGE":[75]', r"\x4b\x69", "a#012b", "Tasks state (memory values in pages):", "17 (kB) [ 4] 5",
)  # fmt: skip


@pytest.mark.parametrize("prefix", ["[  100.123456] ", "Mar  3 10:11:12 shop-1 kernel: ", ""])
def test_a_report_with_others_lines_in_between(prefix: str) -> None:
    lines = REPORT.splitlines()
    between = [one for line in lines for one in (line, *UNRELATED)]
    plain, mixed = ("".join(f"{prefix}{line}\n" for line in log) for log in (lines, between))
    assert events(mixed) == events(plain)


@pytest.mark.parametrize("line", UNRELATED)
def test_unrelated(line: str) -> None:
    assert RELATED.search(line.encode()) is None


@pytest.mark.parametrize("line", [*TELLING, *ONCE, *(word for word, _ in _HANDLERS), *REPORT.splitlines()])
def test_what_tells_something_is_no_unrelated_line(line: str) -> None:
    assert RELATED.search(line.encode())
