"""The kernel's lines as Android puts them out, and behind the stamps that makers of phones write."""

from __future__ import annotations

import pytest

from oomtray.kernel.kill_log.facts import Killed
from tests.unit.kernel.kill_log.test_outer import AT, REPORT, events, is_read


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("08-28 05:53:20.000     0     0 E kernel  : ", id="threadtime"),
        pytest.param("08-28 05:53:20.000     0     0 W kernel  : [  100.123456] ", id="threadtime with the kernel's own stamp"),
        pytest.param("08-28 05:53:20.000  root     0     0 I kernel  : ", id="threadtime with users"),
        pytest.param("2026-08-28 05:53:20.000 +0000     0     0 E kernel  : ", id="threadtime with year and zone"),
        pytest.param("08-28 05:53:20.000000     0     0 E kernel  : ", id="threadtime in microseconds"),
        pytest.param("     1787896400.000     0     0 E kernel  : ", id="epoch"),
        pytest.param("08-28 05:53:20.000 E/kernel  (    0): ", id="time"),
    ],
)
def test_dated(before: str) -> None:
    (found,) = events("--------- beginning of kernel\n" + "".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("before", ["E/kernel  (    0): ", "E/kernel  : "], ids=["brief", "tag"])
def test_undated(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)


LONG = "[ 08-28 05:53:20.000 {:5}:{:5} {} ]\n{}\n\n"


@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["as it is", "without empty lines"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["Unix", "Windows"])
def test_in_the_format_long(end: str, gap: str) -> None:
    """Another program's words were the kernel's, and those of Android's daemon nobody's."""
    kill = "Out of memory: Killed process 77 (fake) total-vm:9kB, anon-rss:7kB, file-rss:0kB, shmem-rss:0kB"
    text = "--------- beginning of kernel\n" + "".join(LONG.format(0, 0, "E/kernel  ", line) for line in REPORT.splitlines())
    text += LONG.format(912, 913, "E/MyApp   ", f"It failed:\n{kill}")
    text += LONG.format(412, 412, "I/lowmemorykiller", "Kill 'app.web' (2102), uid 10123, oom_score_adj 906 to free 4096kB rss")
    first, second = events(text.replace("\n\n", gap).replace("\n", end))
    is_read(first)
    assert (first.time, second.time) == (AT, AT)
    assert (second.killer, second.victims) == ("lmkd", (Killed(pid=2102, name="app.web", freed=4 << 20, adj=906, uid=10123),))


def test_another_programs_line_is_not_the_kernels() -> None:
    for before in ("08-28 05:53:20.000   912   912 E MyApp   : ", "E/MyApp   (  912): "):
        assert events("".join(f"{before}{line}\n" for line in REPORT.splitlines())) == []


@pytest.mark.parametrize(
    "before",
    [
        "<4>[  100.123456,2] ",
        "<4>[  100.123456 / 08-28 05:53:20.123] ",
        "[  100.123456] c0    712 ",
        "<4>[  100.123456]  [2:            vim:  712] ",
        "[  100.123456] ({2}[712:vim]) ",
        "<4>[  100.123456] <2>.(2)[712:vim]",
        "<4>[  100.123456]  (2)[712:vim]",
        "<4>[  100.123456] -(2)[712:vim]",
        "[  100.123456] [712:vim]",
        "[  100.123456                ] web kernel: ",
        "Aug 28 05:53:20 web kernel: [  100.123456] [  100.123456] ",
        "6.4.0,4,1411,100123456,-;",
        "[  100.123456] <4>",
        "[2-100.123456] ",
        "<4>[  100.123456@0] ",
        "[  100.123456@0]: ",
        "<4>[  100.123456s][pid:712,cpu3,vim]",
        "[  100.123456] W[3:            vim:  712] ",
    ],
)
def test_behind_a_stamp(before: str) -> None:
    (found,) = events("".join(f"{before}{line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.uptime == pytest.approx(100.123456)


def test_a_date_with_what_has_passed_since() -> None:
    (found,) = events("".join(f"[Fri Aug 28 05:53:20 2026 <    0.000123>] {line}\n" for line in REPORT.splitlines()))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("before", ["08-28 05:53:20.000     0     0 W ", "08-28 05:53:20.000  root     0     0 W "])
def test_words_that_logd_takes_for_a_tag(before: str) -> None:
    """Up to a colon they are set as one, and what has none gets an empty one."""
    words = {"oom-kill:": "oom-kill: ", "Node 0 DMA: 1*4kB (U) = 4kB": "        : DMA: 1*4kB (U) = 4kB"}
    written = REPORT.replace("262144", "DMA free:4kB min:4kB low:4kB high:4kB\n262144")
    lines = []
    for line in written.splitlines():
        begin = next((word for word in words if line.startswith(word)), "")
        lines.append(before + (line.replace(begin, words[begin], 1) if begin else line.replace("DMA free:", "DMA free: ") if line.startswith("DMA free") else f"        : {line}"))
    lines.append(f"{before}oom_reaper: reaped process 2101 (Web Content), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB")
    (found,) = events("".join(f"{line}\n" for line in lines))
    is_read(found)
    assert (found.time, found.constraint) == (AT, "none")
    assert [(zone.name, zone.free, zone.minimum) for zone in found.machine.zones] == [("DMA", 4096, 4096)]


def test_only_the_kernel_has_the_pid_0() -> None:
    line = "Out of memory: Killed process 2101 (x) total-vm:20kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB"
    (found,) = events(f"08-28 05:53:20.000     0     0 W {line}\n")
    assert (found.time, found.victims[0].pid) == (AT, 2101)
    assert events(f"08-28 05:53:20.000   912   912 W MyApp   : {line}\n") == []


@pytest.mark.parametrize(
    ("said", "uid"),
    [
        ("Kill 'com.example.app' (2101), uid 10123, oom_score_adj 906 to free 4096kB rss, 100kB swap; reason: low watermark is breached", 10123),
        ("Kill 'com.example.app' (2101), uid 10123, oom_adj 906 to free 4096kB", 10123),
        ("Kill 'com.example.app' (2101), oom_score_adj 906 to free 4096kB; reason: device is not responding", None),
    ],
)
def test_its_daemon(said: str, uid: int | None) -> None:
    (found,) = events(f"08-28 05:53:20.000   710   710 I lowmemorykiller: {said}\n")
    assert (found.killer, found.outcome, found.time, found.constraint) == ("lmkd", "killed", AT, None)
    assert found.victims == (Killed(pid=2101, name="com.example.app", freed=4 << 20, adj=906, uid=uid),)


@pytest.mark.parametrize("before", ["08-28 05:53:20.000 I/lowmemorykiller(  710): ", "I/lowmemorykiller(  710): ", "I/lowmemorykiller: "], ids=["time", "brief", "tag"])
def test_its_daemon_in_other_formats(before: str) -> None:
    (found,) = events(f"{before}Kill 'com.example.app' (2101), uid 10123, oom_score_adj 906 to free 4096kB rss, 100kB swap; reason: device is not responding\n")
    assert (found.killer, found.outcome, [one.pid for one in found.victims]) == ("lmkd", "killed", [2101])


def test_another_program_is_not_its_daemon() -> None:
    assert events("08-28 05:53:20.000   710   710 I MyApp: lowmemorykiller: Kill 'x' (2101), uid 1, oom_score_adj 906 to free 4096kB\n") == []
