"""Given a saved log, `oomtray kills` tells each kill in JSON as the contract names it, and in calm text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oomtray.cli import FAILED, USAGE, main
from oomtray.history.database import Database
from oomtray.history.kills import put_kills
from oomtray.kernel.kill_log import log_reader, parts
from oomtray.kernel.kill_log.facts import Killed, KillReport
from oomtray.risk.kill_event import KillEvent
from tests.rigs.commands import contract

REPORT = Path(__file__).parents[1] / "kernel" / "kill_log" / "data" / "report-memcg-6.18.txt"


def run(*arguments: str) -> int:
    return main(["kills", *arguments], tray=lambda _: 99)


def test_json_has_all_fields_and_the_kernel_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--log", str(REPORT), "--json") == 0
    (event,) = contract.read(capsys.readouterr().out, contract.KILLS)["events"]
    assert event["certainty"] == "certain"
    assert event["certain"] is True
    assert event["scope"] == {"kind": "cgroup", "path": "/oomtest", "limit": 200 << 20, "total_pages": 51200}
    assert [row["pid"] for row in event["ranking"]] == [5570, 5569, 5571, 5568, 5567]
    assert [row["badness"] for row in event["ranking"]] == [20_653, 20_570, 17_902, 15_562, 7_836]
    assert event["cause"]["remedy"] == "raise-memory-max"


def test_a_kill_of_the_kernels_buffer_keeps_its_id(xdg: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its date is reckoned from the time since the boot, and comes out a little different each time."""
    kill = KillReport(killer="kernel", outcome="killed", time=None, uptime=50.25, victims=(Killed(pid=7, name="java"),))
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [kill._replace(time=time.time() - 60)])
    assert run("--json") == 0
    told = [event["id"] for event in json.loads(capsys.readouterr().out)["events"] if event["victims"]]
    assert len(told) == 1
    assert run(told[0]) == 0
    assert "java (7) was killed by the kernel" in capsys.readouterr().out


def test_text_compares_with_the_largest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--log", str(REPORT)) == 0
    text = capsys.readouterr().out
    assert "hog (5570) was killed by the kernel" in text
    assert "hog (5571) held 69.8 MiB, but hog (5570) counted 80.7 MiB with its +301." in text


@pytest.mark.parametrize(
    ("log", "since", "count"),
    [
        pytest.param("", "0", 0, id="empty"),
        pytest.param("2026-03-03T10:00:00Z a kernel: Out of memory: Killed process 5 (x)\n", "2026-03-03T09:00:00+00:00", 1, id="later"),
        pytest.param("2026-03-03T10:00:00Z a kernel: Out of memory: Killed process 5 (x)\n", "2026-03-03T11:00:00+00:00", 0, id="before"),
        pytest.param("[ 5.000001] Out of memory: Killed process 5 (x)\n", "1772530000", 1, id="no date"),
    ],
)  # fmt: skip
def test_since(tmp_path: Path, capsys: pytest.CaptureFixture[str], log: str, since: str, count: int) -> None:
    path = tmp_path / "log"
    path.write_text(log)
    assert run("--log", str(path), "--since", since, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["events"]) == count


def test_the_same_log_gives_the_same_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log"
    path.write_text("Out of memory: Killed process 5 (x)\n" * 3)
    ids = []
    for _ in range(2):
        assert run("--log", str(path), "--json") == 0
        ids.append([event["id"] for event in json.loads(capsys.readouterr().out)["events"]])
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_a_log_that_several_processes_read_gives_the_same_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"
    # without their times nobody can tell whether they are copies
    path.write_bytes(re.sub(rb"(?m)^\d+,\d+,\d+,-;", b"", REPORT.read_bytes().replace(b"\r", b"")) * 120)
    told, forks, fork = [], [], os.fork
    for module in (log_reader, parts):
        monkeypatch.setattr(module, "CHUNK", 1 << 14)
    monkeypatch.setattr(parts, "_LEAST", 1 << 16)
    monkeypatch.setattr(parts.os, "fork", lambda: forks.append(1) or fork())
    for processors in (1, 3):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, count=processors: range(count))
        assert run("--log", str(path), "--json") == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert len({event["id"] for event in json.loads(told[0])["events"]}) == 120
    assert len(forks) == 2


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        pytest.param(["--log", "x", "17"], USAGE, id="a log and a number"),
        pytest.param(["--log", "/nonexistent/log"], FAILED, id="no such file"),
        pytest.param(["--log", "/"], FAILED, id="a directory"),
        pytest.param(["--log", "x", "--since", "soon"], USAGE, id="no time"),
        pytest.param(["--log", "x", "--since", "inf"], USAGE, id="never"),
    ],
)
def test_what_can_not_be_done_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int
) -> None:
    assert run(*arguments) == status
    captured = capsys.readouterr()
    assert not captured.out
    assert len(captured.err.splitlines()) == 1


def unseen_kills(count: int) -> None:
    """Recorded by the kernel's count alone, within eight minutes."""
    end = time.time() - 3600
    with Database().writing() as connection:
        put_kills(
            connection,
            [
                KillEvent(time=end, not_before=end - 480, boot="b", count=number, killer="kernel", outcome="unknown", sources=("vmstat",))
                for number in range(1, count + 1)
            ],
            end,
        )


def test_kills_that_nobody_saw_are_one_line_and_in_json_each_its_own(
    xdg: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = KillReport(killer="kernel", outcome="killed", time=time.time() - 60, victims=(Killed(pid=7, name="java"),))
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [seen])
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 1)
    monkeypatch.setattr("oomtray.kills.unrecorded.digest_of", lambda _: "12" * 8)  # digits alone, like one of 1800
    unseen_kills(12)
    assert run() == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("1 to 12 ")
    assert ": 12 kills that nobody saw" in told
    assert run("--json") == 0
    *unseen, named = json.loads(capsys.readouterr().out)["events"]
    assert [event["id"] for event in unseen] == [str(number) for number in range(1, 13)]
    assert run(named["id"]) == 0
    assert "java (7) was killed by the kernel" in capsys.readouterr().out
    assert main(["history"], tray=lambda _: 99) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert " 12 kills that nobody saw, between " in line


def test_more_than_can_be_listed_are_told_with_their_number(
    xdg: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oomtray.kernel.log_lookup.recent", lambda _: [])
    monkeypatch.setattr("oomtray.kernel.visibility.sees_all", lambda: True)
    monkeypatch.setattr("oomtray.kernel.files.oom_kills", lambda: 20_007)
    monkeypatch.setattr("oomtray.history.kills.counted", lambda *_: (7, time.time() - 3600))
    with Database().writing():
        pass
    assert run() == 0
    assert ": 20000 kills that nobody saw" in " ".join(capsys.readouterr().out.split())
    assert run("--json") == 0
    told = json.loads(capsys.readouterr().out)["events"]
    assert len(told) == 64
    assert sum(event["kills"] for event in told) == 20_000


def test_a_list_of_kills_loads_nothing_that_reads_readings(xdg: Path) -> None:
    """Half of the time that it may take."""
    unseen_kills(2)
    asked = "import sys; from oomtray.cli import main; main(['kills', '--since', '0'], tray=None); print('oomtray.history.samples' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert "2 kills that nobody saw" in " ".join(done.stdout.split())
    assert done.stdout.splitlines()[-1] == "False"


def test_a_log_in_json_is_told_kill_by_kill(tmp_path: Path) -> None:
    """In memory that doesn't grow with the log."""
    row = "[{0:7}]  1000 {0:5}    60000 {1:8}   409600      100             0 task\n"
    report = (
        "a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
        "Total swap = 0kB\n1000000 pages RAM\nNode 0 DMA: 0*4kB 1*8kB = 8kB\n"
        "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
        + "".join(row.format(pid, pid) for pid in range(1000, 1300))
        + "Out of memory: Killed process 1299 (task) total-vm:1kB, anon-rss:{0}kB, file-rss:3kB, shmem-rss:1kB, UID:1000 pgtables:400kB oom_score_adj:0\n"
    )
    path = tmp_path / "log"
    path.write_text("".join(report.replace("{0}", str(number)) for number in range(1000)))
    asked = (
        "import sys; from oomtray.cli import main; main(['kills', '--json', '--log', sys.argv[1]], tray=None);"
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked, str(path)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)["events"]
    assert [len(event["ranking"]) for event in told] == [300] * 1000
    assert int(done.stderr) < 60 << 10, "KiB at the most"


@pytest.mark.parametrize(("begin", "names"), [(b"\x28\xb5\x2f\xfd", "zstdcat"), (b"LPKSHHRH", "journalctl --file")])
def test_a_log_that_must_be_unpacked_first(begin: bytes, names: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "log"
    file.write_bytes(begin + REPORT.read_bytes())
    for options in ([], ["--json"]):
        assert run("--log", str(file), *options) == FAILED
        captured = capsys.readouterr()
        assert captured.out == ""
        assert names in captured.err


def test_a_log_in_brotli_must_be_decompressed_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kern.log.br"
    file.write_bytes(b"\x1b\x4e\x01\x00\x8c" + REPORT.read_bytes())
    assert run("--log", str(file)) == FAILED
    assert "compressed with Brotli; decompress it first, for example: brotli -dc" in capsys.readouterr().err


def test_a_saved_log_may_be_of_another_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its uid is nobody's of this one."""
    monkeypatch.setattr("oomtray.kernel.users.login_name", lambda _: "alice")
    file = tmp_path / "log"
    file.write_text("[1.000001] Out of memory: Killed process 5 (x) total-vm:8kB, anon-rss:8kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:8kB oom_score_adj:0\n")
    assert run("--log", str(file)) == 0
    text = capsys.readouterr().out
    assert "user 1000" in text
    assert "alice" not in text


@pytest.mark.parametrize("command", [["kills", "--log"], ["replay"]])
def test_an_error_while_a_file_is_read_names_it(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    unread = "/proc/self/mem"  # can be opened, and has nothing at its beginning
    assert main([*command, unread], tray=lambda _: 99) == FAILED
    assert capsys.readouterr().err == f"oomtray: {unread}: Input/output error\n"


def test_no_name_of_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--log", "") == FAILED
    assert "(an empty name)" in capsys.readouterr().err


def test_standard_input_is_closed() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"{sys.executable}" -m oomtray kills --log - <&-'], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
