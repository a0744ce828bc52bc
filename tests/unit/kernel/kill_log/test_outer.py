"""What other programs have put before a log's lines is no part of them, and their dates are read behind it."""

from __future__ import annotations

import io

import pytest

from oomtray.kernel.kill_log.facts import KillReport
from oomtray.kernel.kill_log.reading import read

NOW = 1_790_000_000.0
REPORT = """\
vim invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
CPU: 3 PID: 712 Comm: vim Not tainted 6.1.0-13-amd64 #1 Debian
Node 0 DMA: 1*4kB (U) = 4kB
262144 pages RAM
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[    712]     0   712    10000     2000    40960        0             0 vim
[   2101]  1000  2101   500000   200000   800000        0           300 Web Content
oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a.slice,task=Web Content,pid=2101,uid=1000
Out of memory: Killed process 2101 (Web Content) total-vm:2000000kB, anon-rss:790000kB, file-rss:10000kB, shmem-rss:12kB, UID:1000 pgtables:800kB oom_score_adj:300
"""
AT = 1_787_896_400.0
"""2026-08-28 05:53:20 UTC."""


def events(text: str | bytes) -> list[KillReport]:
    return list(read(io.BytesIO(text.encode() if isinstance(text, str) else text), NOW))


def is_read(found: KillReport) -> None:
    (victim,) = found.victims
    assert (victim.pid, victim.name, victim.freed, victim.cgroup) == (2101, "Web Content", 800012 * 1024, "/a.slice")
    assert found.invoker is not None
    assert (found.invoker.pid, found.invoker.name, found.order) == (712, "vim", 0)
    assert [(task.pid, task.name) for task in found.tasks] == [(712, "vim"), (2101, "Web Content")]
    assert found.machine.ram == 262144 * 4096


@pytest.mark.parametrize("date", ["Aug 28 05:53:20 web kernel: ", "2026-08-28T05:53:20.000000+00:00 web kernel: ", "Aug 28 05:53:20 web kernel: [  100.123456] "])
@pytest.mark.parametrize(
    "before",
    [
        pytest.param("17:", id="grep -n"),
        pytest.param("kern.log:", id="grep -H"),
        pytest.param("/var/log/kern.log.2.gz:", id="zgrep"),
        pytest.param("./my logs/kern.log:", id="a path with a blank"),
        pytest.param("logs/journalctl_--no-pager:17:", id="grep -rn"),
        pytest.param("/var/log/messages-20260828-", id="grep -C"),
        pytest.param("/var/log/syslog-17-", id="grep -nC"),
        pytest.param("    17\t", id="cat -n"),
        pytest.param("     17 ", id="less -N"),
        pytest.param("17. ", id="a list with numbers"),
        pytest.param("  17   \u2502 ", id="bat"),
        pytest.param("web: ", id="pdsh"),
        pytest.param("| ", id="a bar"),
        pytest.param("- ", id="a list"),
        pytest.param("[pod/web-1/dmesg] ", id="kubectl logs --prefix"),
        pytest.param("(XEN) [2026-08-28 05:53:20] (d1) ", id="Xen"),
    ],
)
def test_before_a_date(before: str, date: str) -> None:
    (found,) = events("".join(f"{before}{date}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("before", ["    17\t", "(XEN) [2026-08-28 05:53:20] (d1) [  100.123456] ", "(d1) [  100.123456] ", "/my logs/dmesg.txt:[  100.123456] ", "[web-1] [  100.123456] "])
def test_before_no_date(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)


def test_a_program_behind_another_ones_stamp() -> None:
    """As in the log of a machine that a test has booted."""
    line = "Killed /system.slice/a.service due to memory used (1) / total (2) and swap used (3) / total (4) being more than 90.00%"
    (found,) = events(f"5003s [  100.123456] systemd-oomd[34]: {line}\n5003s [  100.123457] logger[35]: {line}\n")
    assert (found.killer, [one.name for one in found.victims]) == ("systemd-oomd", ["a.service"])


def test_tabs_in_place_of_blanks() -> None:
    (found,) = events("".join(f"[  100.123456] {line}\n" for line in REPORT.splitlines()).replace("  ", "\t").replace("\t ", "\t"))
    is_read(found)


def test_a_year_is_no_number_of_a_line() -> None:
    (found,) = events("".join(f"2025 Aug 28 05:53:20 web kernel: {line}\n" for line in REPORT.splitlines()))
    assert found.time == AT - 365 * 86400


@pytest.mark.parametrize("said", ["Aug 28 05:53:20 web logger: ", "2026-08-28T05:53:20+00:00 web logger: "])
def test_what_a_program_says_is_not_the_kernels(said: str) -> None:
    assert events("".join(f"{said}Aug 28 05:53:20 web kernel: {line}\n" for line in REPORT.splitlines())) == []


@pytest.mark.parametrize("between", ["(XEN) [2026-08-28 05:53:20] d1v0 Over-allocation for domain 1: 524289 > 524288", "[  OK  ] Stopped Web server.", "[FAILED] Failed to start Web server.", "web login: ", "Welcome to Debian GNU/Linux 13 (trixie)!"])
def test_what_a_console_shows_between_the_lines_is_no_part_of_them(between: str) -> None:
    (found,) = events("".join(f"[  100.123456] {line}\n{between}\n" for line in REPORT.splitlines()))
    is_read(found)


def _level(line: str) -> str:
    return "err" if line.startswith("Out of") else "info" if line.startswith(("[", "oom")) else "warn"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("Fri Aug 28 05:53:20 2026 kern.{} kernel: [  100.123456] ", id="OpenWrt"),
        pytest.param("Aug 28 05:53:20 kern.{} kernel: [  100.123456] ", id="BusyBox without a host"),
        pytest.param("Aug 28 05:53:20 web kern.{} kernel: [  100.123456] ", id="BusyBox"),
        pytest.param("Aug 28 05:53:20 web kern/{} kernel: ", id="with a slash"),
        pytest.param("2026-08-28T05:53:20Z {} kernel: [  100.123456] ", id="ChromeOS"),
        pytest.param("10.5.0.2: kern: {:>7}: [2026-08-28T05:53:20.0Z]: ", id="Talos"),
        pytest.param('Aug 28 05:53:20 ("U7PG2,f09fc2,v4") kernel: [  100.123456] ', id="UniFi"),
        pytest.param("Aug 28 05:53:20 web kernel: <4>[  100.123456] ", id="a level within"),
        pytest.param("Aug 28 05:53:20 web kernel: <4>", id="a level alone within"),
        pytest.param("2026/08/28 05:53:20 [  100.123456][  T712] ", id="syzkaller"),
    ],
)
def test_a_level_is_no_host(before: str) -> None:
    """The lines of one report have several."""
    upper = str.upper if "2026-08-28T05:53:20Z" in before else str
    (found,) = events("".join(f"{before.format(upper(_level(line)))}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT
