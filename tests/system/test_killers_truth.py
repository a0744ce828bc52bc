"""Whom we say that earlyoom and nohang take next, held to the real programs, which say whom they would take and end nobody."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import Daemon
from oomtray.kernel.killers.nohang import hierarchies, parse
from oomtray.kernel.killers.process_texts import ProcessTexts
from oomtray.kernel.reader import SystemReader
from oomtray.monitor import Monitor
from oomtray.risk.killer import Killer
from oomtray.risk.killers.nohang import ranked
from tests.bench.peers import earlyoom, unpacked
from tests.rigs.processes.programs import Program, wait_for
from tests.rigs.processes.sleepers import Spawn, sleepers

pytestmark = pytest.mark.system

ALWAYS = ("-m", "99,99", "-s", "100,100", "-d")
"""Memory is always low for it, so it chooses ten times a second."""
CHOSEN = re.compile(r"sending SIG\w+ to process (\d+)")
OURS, OTHER = f"ot{os.getpid()}a", f"ot{os.getpid()}b"


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    (tmp_path / "programs").mkdir()
    with sleepers(tmp_path / "programs") as spawn:
        yield spawn


def foretold(*names: str) -> dict[str, Killer]:
    monitor = Monitor(once=True)
    try:
        return {killer.name: killer for killer in monitor.survey(top=1).killers if killer.name in names}
    finally:
        monitor.close()


@pytest.mark.parametrize(
    ("options", "raised", "chosen"),
    [
        pytest.param(("--prefer", f"^{OURS}$"), {OURS: 900, OTHER: 1000}, OURS, id="it prefers"),
        pytest.param(("--avoid", f"^({OURS}|none)$"), {OURS: 1000, OTHER: 900}, OTHER, id="it avoids"),
        pytest.param((), {OURS: 950, OTHER: 1000}, OTHER, id="by oom_score"),
        pytest.param(("--prefer", f"{os.getpid()}[[:lower:]]$"), {OURS: 1000, OTHER: 950}, OURS, id="a POSIX class"),
    ],
)
def test_earlyoom(
    spawn: Spawn, tmp_path: Path, options: tuple[str, ...], raised: dict[str, int], chosen: str
) -> None:
    pids = {}
    for name, adj in raised.items():
        sleeper = spawn(name)
        sleeper.set(adj)
        pids[sleeper.pid] = name
    program = Program([*earlyoom(), *ALWAYS, *options], {"PATH": os.environ["PATH"]}, tmp_path / "log", name="earlyoom")
    program.start()
    try:
        wait_for(lambda: len(CHOSEN.findall(program.output())) > 2, "a choice of earlyoom")
        killer = foretold("earlyoom")["earlyoom"]
        assert killer.idle_because == "switched-off"
        assert killer.distance == 0
        (pid,) = killer.next
        assert pids.get(pid) == chosen
        said = len(CHOSEN.findall(program.output()))
        later = wait_for(lambda: CHOSEN.findall(program.output())[said:], "another choice of earlyoom")
        assert int(later[0]) == pid
    finally:
        program.stop()


NOHANG_LINES = {
    "as Debian sets it": "",
    "names": f"@BADNESS_ADJ_RE_NAME 200 /// ^{OURS}$\n@BADNESS_ADJ_RE_NAME -50 /// b$",
    "programs": f"@BADNESS_ADJ_RE_REALPATH -200 /// /{OURS}$",
    "users": "@BADNESS_ADJ_RE_UID -30 /// ^0$",
    "control groups": "@BADNESS_ADJ_RE_CGROUP_V1 40 /// ^/\n@BADNESS_ADJ_RE_CGROUP_V2 -70 /// ^/",
    "command lines": f"@BADNESS_ADJ_RE_CMDLINE 90 /// {OTHER} [0-9]+$",
    "directories": f"@BADNESS_ADJ_RE_CWD 70 /// ^{re.escape(os.getcwd())}$",
    "environments": "@BADNESS_ADJ_RE_ENVIRON 60 /// PATH=",
    "adj taken off": "ignore_positive_oom_score_adj = True",
}
TASK = re.compile(r"^# +(\d+) +\d+ +(\d+) +\d+ +-?\d+ ", re.MULTILINE)
"""pid and badness in the table of `nohang --tasks`."""


@pytest.mark.parametrize("lines", NOHANG_LINES.values(), ids=NOHANG_LINES)
def test_nohang(spawn: Spawn, tmp_path: Path, lines: str) -> None:
    text = unpacked("nohang", "etc/nohang/nohang.conf").read_text()
    key, given, _ = lines.partition(" = ")
    # a key may stand there but once
    text = re.sub(f"^{key} = .*$", lines, text, flags=re.MULTILINE) if given else f"{text}\n{lines}\n"
    config = tmp_path / "nohang.conf"
    config.write_text(text)
    pids = []
    for name, adj in ((OURS, 900), (OTHER, 1000)):
        sleeper = spawn(name)
        sleeper.set(adj)
        pids.append(sleeper.pid)
    program = unpacked("nohang", "usr/sbin/nohang")
    command = [sys.executable, "-W", "ignore", str(program), "--tasks", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    theirs = {int(pid): int(badness) for pid, badness in TASK.findall(done.stdout)}

    facts = parse(Daemon(name="nohang", pid=0, start_time=0, uid=0, reach="all"), config.read_text())
    reader = SystemReader(once=True)
    try:
        view = reader.snapshot()
    finally:
        reader.close()
    ours_alone = [process for process in view.processes if process.pid in pids]
    texts = ProcessTexts("/proc", ("cwd", "cmdline", "environ")).read(ours_alone, 0.0)
    judged = ranked(replace(facts, texts=texts, hierarchies=hierarchies("/proc")), view._replace(processes=tuple(ours_alone)))
    assert {one.process.pid: one.points for one in judged} == {pid: theirs[pid] for pid in pids}
