"""The verb `kills`: the kernel's reports of kills since a time, and no other line of its log, whatever stands in it."""

from __future__ import annotations

import io
import os
import random
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomtray.kernel.kill_log.reading import read
from tests.helper.support import ANA, load_helper, need_root, start_helper
from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import RigUnavailable

HELPER: ModuleType = load_helper()
DATA = Path(__file__).resolve().parents[1] / "unit/kernel/kill_log/data"
EPOCH = "2001-01-01T00:00:00Z"
AT = 1_790_000_000.0
HEAD = "shop invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"
KILL = "Out of memory: Killed process 42 (shop) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB"
SECRETS = (
    "usb 1-1: SerialNumber: 0123-secret", "audit: type=1400 secret=1", "device eth0 entered promiscuous mode", "secret: 12 kB",
    "IN=eth0 OUT= MAC=secret SRC=10.1.2.3", "Command line: root=/dev/sda secret=1", "RIP: 0010:[<ffffffff8123secret>]",
    " ? secret_function+0x12/0x34", "secret[42]: segfault at 0 ip 00007f secret", "EXT4-fs (sda1): mounted secret",
    "Node secret", "[secret", "CPU: secret", "random: crng init done secret", "", "secret", "x" * 5000 + "secret",
)  # fmt: skip


def shown(lines: list[str], since: str = EPOCH) -> list[str]:
    """What it lets through, a line a millisecond."""
    given = [(AT + number / 1000, line.encode()) for number, line in enumerate(lines)]
    return [line.decode().partition(" kernel: ")[2].rstrip("\n") for line in HELPER.reports(given, since)]


def messages(file: Path) -> list[str]:
    from oomtray.kernel.kill_log.log_reader import LogReader

    reader = LogReader(io.BytesIO(file.read_bytes()), AT)
    reader.everything = True
    return [line.text for line in reader]


def facts(log: bytes) -> list[Any]:
    return [
        (one.outcome, one.constraint, one.victims, one.tasks, one.machine, one.limit, one.release, one.invoker, one.order)
        for one in read(io.BytesIO(log), AT)
    ]


@pytest.mark.parametrize("name", ["global-6.1-swap", "global-6.1", "memcg-6.18", "memcg-v2-6.1"])
def test_a_report_comes_through_whole_and_what_stands_between_its_lines_does_not(name: str) -> None:
    chance = random.Random(name)
    report = messages(DATA / f"report-{name}.txt")
    mixed = [one for line in report for one in (line, *chance.choices(SECRETS, k=chance.randrange(3)))]
    through = shown(mixed)
    assert not [line for line in through if "secret" in line]
    assert facts("\n".join(through).encode()) == facts("\n".join(report).encode()) != []


@pytest.mark.parametrize(
    "line",
    [
        "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=a b,pid=1,uid=0",
        KILL,
        "Out of memory: Kill process 42 (a) score 900 or sacrifice child",
        "Out of memory: kill process 42 (a) score 900 or a child",
        "Out of memory (oom_kill_allocating_task): Killed process 42 (a) total-vm:1kB",
        "Memory cgroup out of memory: Killed process 42 (a) total-vm:1kB",
        "Killed process 42 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB",
        "oom_reaper: reaped process 42 (a), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB",
        "Tasks in /a/b are going to be killed due to memory.oom.group set",
        "Out of memory and no killable processes...",
        "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled",
        "Kernel panic - not syncing: System is deadlocked on memory",
        "sysrq: Manual OOM execution",
        HEAD,
    ],
    ids=lambda line: line[:40],
)
def test_what_only_a_kill_prints_is_shown_wherever_it_stands(line: str) -> None:
    assert shown([line]) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Mem-Info:", "active_anon:1 inactive_anon:2 isolated_anon:0", "Node 0 DMA free:1kB boost:0kB min:2kB",
        "Node 0 DMA: 1*4kB (U) = 4kB", "12 pages RAM", "Free swap  = 0kB", "memory: usage 1kB, limit 2kB, failcnt 3", "anon 12",
        "[     42]  1000    42     1000      900     4096        0             0 a b", "CPU: 0 PID: 42 Comm: a Not tainted 6.1.0",
    ],
    ids=lambda line: line[:30],
)  # fmt: skip
def test_what_others_print_as_well_is_shown_within_a_report_alone(line: str) -> None:
    """As show_mem() does for a failed allocation, SysRq-m and others."""
    assert shown([line]) == []
    assert shown([HEAD, line, KILL]) == [HEAD, line, KILL]
    assert shown([HEAD, KILL, line]) == [HEAD, KILL]


def test_a_report_that_never_ends_opens_the_log_for_a_minute_and_no_longer() -> None:
    given = [(AT, HEAD.encode()), (AT, b"CPU: 0 PID: 1 Comm: shop"), (AT + 59, b"Mem-Info:"), (AT + 61, b"12 pages RAM")]
    assert [line.split()[-1] for line in HELPER.reports(given, EPOCH)] == [b"oom_score_adj=0", b"shop", b"Mem-Info:"]


def test_since_a_time() -> None:
    given = [(AT, KILL.encode()), (AT + 1, KILL.encode())]
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(AT + 1))
    assert [line.split()[0] for line in HELPER.reports(given, since)] == [b"1790000001.000000"]


def test_no_name_can_forge_a_line_or_speak_to_a_terminal() -> None:
    (line,) = shown(["Out of memory: Killed process 42 (a\x1b[2J\u202e\u0085b) total-vm:1kB"])
    assert line == "Out of memory: Killed process 42 (a?[2J??b) total-vm:1kB"


def test_the_newest_lines_are_kept() -> None:
    through = shown([KILL.replace("42", str(number)) for number in range(HELPER.MOST_LINES + 5)])
    assert (len(through), through[-1]) == (HELPER.MOST_LINES, KILL.replace("42", str(HELPER.MOST_LINES + 4)))


@settings(derandomize=True, max_examples=200, deadline=None, database=None)
@given(
    lines=st.lists(st.tuples(st.floats(0, 9e9), st.binary(max_size=80) | st.sampled_from([HEAD.encode(), KILL.encode()])), max_size=12)
)
def test_any_log_gives_whole_lines_of_reports(lines: list[tuple[float, bytes]]) -> None:
    for line in HELPER.reports(lines, EPOCH):
        text = line.decode()
        assert text.endswith("\n")
        assert text[:-1].isprintable()


# --- where it comes from ---


def show(tmp_path: Path, kmsg: bytes = b"", journal: str | None = None, since: str = EPOCH) -> tuple[str, list[str]]:
    """With a stand-in for each source: what was printed, and what was logged."""
    (tmp_path / "kmsg").write_bytes(kmsg)
    program = tmp_path / "journalctl"
    if journal is not None:
        program.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\nenv >>{tmp_path}/asked\ncat <<"END"\n{journal}END\n')
        program.chmod(0o755)
    log: list[str] = []
    printed: list[bytes] = []
    roots = HELPER.Roots(kmsg=str(tmp_path / "kmsg"), journalctl=str(program), log=lambda _, text: log.append(text))
    assert HELPER.show_kills(since, ANA, roots, printed.append) == HELPER.DONE
    return b"".join(printed).decode(), log


def test_the_journal_is_asked_for_the_kernels_lines_alone(tmp_path: Path) -> None:
    printed, log = show(tmp_path, journal=f"1790000000.000001 shop-1 kernel: {KILL}\n", since="2026-09-21T14:13:00Z")
    assert printed == f"1790000000.000001 kernel: {KILL}\n", "without the host"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0].split(" ", 5)[-1] == "_TRANSPORT=kernel --since=2026-09-21 14:13:00 UTC"
    assert {line for line in asked[1:] if not line.startswith(("PWD=", "_=", "SHLVL=", "OLDPWD="))} == {"PATH=/usr/bin:/bin", "LC_ALL=C"}
    assert log == [f"asked by uid {ANA}, kills: since 2026-09-21T14:13:00Z", f"answered to uid {ANA}, kills: 1 lines"]


def test_a_program_that_writes_into_the_kernels_log_is_not_the_kernel(tmp_path: Path) -> None:
    journal = f"1790000000.000001 shop-1 evil[42]: {KILL}\n1790000000.000001 shop-1 evil kernel: {KILL}\n"
    assert show(tmp_path, kmsg=f"8,1,5,-;{KILL}\n12,2,6,-;{KILL}\n".encode(), journal=journal)[0] == ""


def test_the_kernels_buffer_stands_in_where_there_is_no_journal(tmp_path: Path) -> None:
    kmsg = f"6,1,5000000,-;{KILL}\n SUBSYSTEM=x\n4,2,5000000,c;{KILL.replace('(shop)', '(' + chr(92) + 'xc3' + chr(92) + 'xa9)')}\n"
    before = time.time() - time.monotonic()
    first, second = show(tmp_path, kmsg=kmsg.encode())[0].splitlines()
    assert abs(float(first.split()[0]) - before - 5) < 2
    assert "(shop)" in first
    assert "(é)" in second


def test_nothing_to_show_is_no_error(tmp_path: Path) -> None:
    assert show(tmp_path, kmsg=b"6,1,5,-;usb 1-1: new device\n")[0] == ""
    roots = HELPER.Roots(kmsg=str(tmp_path / "none"), journalctl=str(tmp_path / "none"), log=lambda *_: None)
    assert HELPER.show_kills(EPOCH, ANA, roots, lambda data: None) == HELPER.DONE


# --- the program ---


@pytest.mark.parametrize(
    "since",
    [
        "", "0", "yesterday", "2026-11-27", "2026-11-27T10:11:12", "2026-11-27T10:11:12Z\n", "2026-11-27 10:11:12Z", "2026-13-01T00:00:00Z",
        "2026-11-27T24:00:00Z", "1999-01-01T00:00:00Z", "2026-11-27T10:11:12Z --all", "٢026-11-27T10:11:12Z", "--since=x",
    ],
)  # fmt: skip
def test_another_form_of_time_is_wrong_usage(since: str) -> None:
    need_root()
    done = start_helper("kills", since)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == f"oomtray-helper: {HELPER.USAGE}\n".encode()


@pytest.mark.parametrize("verb", ["own", "other", "unit"])
def test_what_another_verb_was_authorized_for_shows_no_report(verb: str) -> None:
    need_root()
    done = start_helper(verb, EPOCH)
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("more", [[EPOCH, EPOCH], [], [EPOCH, "1"]])
def test_one_time_and_nothing_else(more: list[str]) -> None:
    need_root()
    assert start_helper("kills", *more).returncode == 2


def test_a_real_kill_is_shown_with_its_table() -> None:
    need_root()
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
    with MemoryCgroup(48 * MIB) as group:
        victim = group.kill_by(group.hog(20, adj=500, name="secret hog"), grow=100)
    done = start_helper("kills", since)
    assert (done.returncode, done.stderr) == (0, b"")
    if not done.stdout and not os.access("/dev/kmsg", os.R_OK):
        raise RigUnavailable("root can't read the kernel's log here")
    (event,) = [one for one in read(io.BytesIO(done.stdout), time.time()) if victim.pid in [who.pid for who in one.victims]]
    assert (event.outcome, event.constraint, event.victims[0].name) == ("killed", "memcg", "secret hog")
    assert any(task.pid == victim.pid for task in event.tasks)


def test_it_reads_no_input(tmp_path: Path) -> None:
    need_root()
    assert start_helper("kills", "2090-01-01T00:00:00Z", data=b"x" * 100_000).stdout == b""
