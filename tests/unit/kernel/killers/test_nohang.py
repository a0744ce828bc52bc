"""nohang's settings, as its own files and command line have them, and what it looks at besides memory and swap."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import Adjustment, Least, Nohang, NohangLimit, SoftAction, Unjudged
from oomtray.kernel.killers import KillerReader
from oomtray.kernel.killers.nohang import READ_EVERY, parse
from oomtray.kernel.killers.process_texts import AT_ONCE, KEPT, ProcessTexts
from tests.facts.processes import process
from tests.rigs.processes.proc_tree import ProcTree
from tests.rigs.processes.programs import wait_for
from tests.unit.kernel.killers.running import daemon, rows, run

DEFAULT = Nohang(daemon=daemon("nohang"))
SOFT, HARD = DEFAULT.soft, DEFAULT.hard
MIB = 1 << 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("#min_badness = 9\n min_badness = 9\n\tmin_badness = 9\n", {}, id="comments and what is indented"),
        pytest.param("soft_threshold_min_mem = 8 %\nhard_threshold_min_mem=3%\n", {"soft": replace(SOFT, memory=Least(8.0)), "hard": replace(HARD, memory=Least(3.0))}, id="shares of memory"),
        pytest.param("soft_threshold_min_mem = 700 M\n", {"soft": replace(SOFT, memory=Least(None, 700 * MIB))}, id="a size of memory"),
        pytest.param("soft_threshold_min_swap = 100 %\n", {"soft": replace(SOFT, swap=Least(100.0))}, id="a share of swap"),
        pytest.param("soft_threshold_min_swap = 700 M\n", {"soft": replace(SOFT, swap=Least(None, 700 << 10))}, id="a size of swap, which it takes as KiB"),
        pytest.param("zram_checking_enabled = True\nsoft_threshold_max_zram = 40 %\n", {"zram_checked": True, "soft": replace(SOFT, zram=Least(40.0))}, id="zram"),
        pytest.param("psi_checking_enabled = True\nhard_threshold_max_psi = 70\n", {"pressure_checked": True, "hard": replace(HARD, pressure=70.0)}, id="pressure"),
        pytest.param("ignore_positive_oom_score_adj = True\nmin_badness = 10\n", {"ignore_positive_adj": True, "least_badness": 10}, id="how it chooses"),
        pytest.param("@BADNESS_ADJ_RE_NAME  -300  ///  ^(sshd|X)$ \n", {"adjustments": (Adjustment("name", -300, "^(sshd|X)$"),)}, id="a name"),
        pytest.param(
            "@BADNESS_ADJ_RE_CGROUP_V1 -50 /// ^/system\\.slice/\n@BADNESS_ADJ_RE_CGROUP_V2 100///^/work\n@BADNESS_ADJ_RE_UID -100 /// ^0$\n@BADNESS_ADJ_RE_CWD 200 /// ^/home/\n",
            {"adjustments": (Adjustment("cgroup_v1", -50, r"^/system\.slice/"), Adjustment("cgroup_v2", 100, "^/work"), Adjustment("uid", -100, "^0$"), Adjustment("cwd", 200, "^/home/"))},
            id="all that it may look at",
        ),
        pytest.param("#@BADNESS_ADJ_RE_NAME 5 /// a\n @BADNESS_ADJ_RE_NAME 5 /// a\n\t@BADNESS_ADJ_RE_NAME 5 /// a\n", {}, id="comments"),
        pytest.param("@BADNESS_ADJ_RE_NAME many /// a\n@BADNESS_ADJ_RE_NAME 5\n@BADNESS_ADJ_RE_AGE 5 /// a\n@x\n", {}, id="what it can't use"),
        pytest.param("@SOFT_ACTION_RE_NAME ^foo$ /// kill -USR1 $PID\n", {"soft_actions": (SoftAction("name", "^foo$", "kill -USR1 $PID"),)}, id="a command"),
        pytest.param("soft_threshold_min_mem = lots\nsoft_threshold_max_psi = nan\nhard_threshold_max_psi = -1\n", {}, id="no numbers"),
    ],
)  # fmt: skip
def test_settings(text: str, expected: dict[str, object]) -> None:
    assert parse(daemon("nohang"), text) == replace(DEFAULT, **expected)  # type: ignore[arg-type]


def start(proc: ProcTree, root: Path, text: str, *, config: str = "/etc/nohang/mine.conf", name: str = "nohang") -> None:
    path = root / config.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    run(proc, name, "/usr/bin/python3", "/usr/sbin/nohang", "--monitor", "--config", config)


def read(proc: ProcTree, root: Path, now: float = 0.0, reader: KillerReader | None = None) -> Nohang | Unjudged:
    reader = reader or KillerReader(str(proc), root=str(root), sysfs=str(root / "sys"))
    (facts,) = reader.read(rows(proc), now)
    assert isinstance(facts, Nohang | Unjudged)
    return facts


def test_the_file_that_its_command_line_names(proc: ProcTree, root: Path) -> None:
    start(proc, root, "soft_threshold_min_mem = 9 %\n")
    facts = read(proc, root)
    assert isinstance(facts, Nohang)
    assert facts.soft == NohangLimit(Least(9.0), Least(10.0), Least(55.0), 40.0)
    assert not facts.dry_run


def test_where_its_command_line_is_hidden_the_file_of_its_service(proc: ProcTree, root: Path) -> None:
    start(proc, root, "soft_threshold_min_mem = 9 %\n", config="/etc/nohang/nohang-desktop.conf")
    (proc.root / "300/cmdline").unlink()
    facts = read(proc, root)
    assert isinstance(facts, Nohang)
    assert facts.soft.memory == Least(9.0)


def test_a_file_that_can_t_be_read_leaves_it_unjudged(proc: ProcTree, root: Path) -> None:
    start(proc, root, "")
    (root / "etc/nohang/mine.conf").unlink()
    assert isinstance(read(proc, root), Unjudged)


def test_one_that_only_shows_something_kills_nobody(proc: ProcTree, root: Path) -> None:
    start(proc, root, "")
    run(proc, "nohang", "python3", "/usr/sbin/nohang", "--tasks", "--config", "/etc/nohang/mine.conf")
    facts = read(proc, root)
    assert isinstance(facts, Nohang)
    assert facts.dry_run


def test_pressure_and_zram_are_read_where_it_looks_at_them(proc: ProcTree, root: Path) -> None:
    proc.write("pressure/memory", "some avg10=1.50 avg60=2.50 avg300=0.00 total=1\nfull avg10=3.50 avg60=4.50 avg300=0.00 total=1\n")
    for device, stat in (("zram0", "600 250 300 0 0 0 0 0 0\n"), ("zram1", "200 90 100 0 0 0 0 0 0\n"), ("sda", None)):
        (root / "sys/block" / device).mkdir(parents=True)
        if stat is not None:
            (root / "sys/block" / device / "mm_stat").write_text(stat)
    start(proc, root, "psi_checking_enabled = True\npsi_metrics = full_avg60\nzram_checking_enabled = True\n")
    reader = KillerReader(str(proc), root=str(root), sysfs=str(root / "sys"))
    facts = read(proc, root, 0.0, reader)
    assert isinstance(facts, Nohang)
    assert facts.pressure == 4.5
    assert facts.zram is not None
    assert (facts.zram.stored, facts.zram.takes) == (800, 400)
    proc.write("pressure/memory", "some avg10=9.00\nfull avg60=8.00\n")
    for now, pressure in ((READ_EVERY / 2, 4.5), (READ_EVERY, 8.0)):
        again = read(proc, root, now, reader)
        assert isinstance(again, Nohang)
        assert again.pressure == pressure


def test_what_it_looks_at_in_processes_is_read_once_in_a_while(proc: ProcTree, root: Path) -> None:
    start(proc, root, "@BADNESS_ADJ_RE_CMDLINE 5 /// renderer\n@BADNESS_ADJ_RE_CWD 5 /// ^/home/\n@BADNESS_ADJ_RE_NAME 5 /// x\n")
    proc.add(500, name=b"tab", score=700)
    proc.write("500/cmdline", "chrome\0--type=renderer\0\0")
    os.symlink("/home/alice", proc.root / "500/cwd")
    proc.add(501, name=b"kthread", score=0)
    reader = KillerReader(str(proc), root=str(root))
    facts = read(proc, root, 0.0, reader)
    assert isinstance(facts, Nohang)
    assert facts.texts[500, 4711] == {"cmdline": "chrome --type=renderer", "cwd": "/home/alice"}
    assert (501, 4711) not in facts.texts
    proc.write("500/cmdline", "other\0")
    for now, said in ((KEPT / 2, "chrome --type=renderer"), (KEPT, "other")):
        again = read(proc, root, now, reader)
        assert isinstance(again, Nohang)
        assert again.texts[500, 4711]["cmdline"] == said


def test_what_is_behind_a_lock_is_not_waited_for(proc: ProcTree, root: Path) -> None:
    start(proc, root, "@BADNESS_ADJ_RE_CMDLINE 5 /// renderer\n")
    proc.add(500, name=b"stuck", score=900)
    os.mkfifo(proc.root / "500/cmdline")
    reader = KillerReader(str(proc), root=str(root))
    facts = read(proc, root, 0.0, reader)
    assert isinstance(facts, Nohang)
    assert (500, 4711) not in facts.texts
    with (proc.root / "500/cmdline").open("w") as end:
        end.write("there\0")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("0::/a\n", {"cgroup_v2"}, id="version 2"),
        pytest.param("1:name=systemd:/a\n0::/a\n", {"cgroup_v1", "cgroup_v2"}, id="both"),
        pytest.param("3:memory:/a\n1:name=systemd:/a\n", {"cgroup_v1"}, id="version 1"),
    ],
)
def test_the_kinds_of_control_groups(proc: ProcTree, root: Path, lines: str, expected: set[str]) -> None:
    proc.write("self/cgroup", lines)
    start(proc, root, "")
    facts = read(proc, root)
    assert isinstance(facts, Nohang)
    assert facts.hierarchies == expected


def test_of_processes_that_have_ended_no_texts_are_kept(tmp_path: Path) -> None:
    texts = ProcessTexts(str(tmp_path), ("cmdline",))
    many = [process(pid, oom_score=1) for pid in range(1, 2 * AT_ONCE + 1)]
    wait_for(lambda: len(texts.read(many, 1.0)) == len(many), "what is read of them")
    assert texts.read(many[:1], 1.0).keys() == {many[0].identity}
