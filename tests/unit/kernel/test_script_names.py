"""What interpreters run is read once for each process, a few at a time, and never of shells."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.scripts import ScriptNames
from oomtray.kernel.snapshot import Process
from tests.facts.processes import process

PYTHON = "/usr/bin/python3.11"


class Processes:
    """A /proc with command lines."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def runs(self, pid: int, line: str, exe: str | None = PYTHON, name: str = "python3", start_time: int = 7) -> Process:
        folder = self.root / str(pid)
        folder.mkdir(exist_ok=True)
        (folder / "cmdline").write_bytes(line.encode().replace(b" ", b"\0") + b"\0")
        (folder / "stat").write_text(f"{pid} (x) S " + " ".join(["1"] * 18) + f" {start_time} 0")
        return process(pid, start_time=start_time, exe=exe, name=name)

    def forget_lines(self) -> None:
        for line in self.root.glob("*/cmdline"):
            line.unlink()


@pytest.fixture
def proc(tmp_path: Path) -> Processes:
    return Processes(tmp_path)


@pytest.mark.parametrize(
    ("line", "exe", "name"),
    [
        ("python3 -m oomtray", PYTHON, "oomtray"),
        ("python3 train.py", None, "train.py"),
        ("java -jar shop.jar", "/usr/bin/java", "shop.jar"),
        ("node -e 1", "/usr/bin/node", None),
        ("bash backup.sh", "/usr/bin/bash", None),
        ("firefox train.py", "/usr/bin/firefox", None),
    ],
)
def test_what_a_process_runs(proc: Processes, line: str, exe: str | None, name: str | None) -> None:
    one = proc.runs(50, line, exe)
    assert ScriptNames(str(proc.root)).of([one]) == ({} if name is None else {one.identity: name})


def test_a_command_line_is_read_once(proc: Processes) -> None:
    names, one, other = ScriptNames(str(proc.root)), proc.runs(50, "python3 a.py"), proc.runs(51, "python3 -c 1")
    names.of([one, other])
    proc.forget_lines()
    assert names.of([one, other]) == {one.identity: "a.py"}


def test_it_is_read_again_once_another_program_runs_there(proc: Processes) -> None:
    names, one = ScriptNames(str(proc.root)), proc.runs(50, "python3 a.py")
    names.of([one])
    two = proc.runs(50, "node b.js", "/usr/bin/node", "node")
    assert names.of([two]) == {two.identity: "b.js"}


def test_a_crowd_is_read_over_several_scans(proc: Processes) -> None:
    names, crowd = ScriptNames(str(proc.root)), [proc.runs(pid, f"python3 {pid}.py") for pid in range(50, 90)]
    known = [len(names.of(crowd)) for _ in range(4)]
    assert known == [16, 32, 40, 40]


def test_nothing_is_read_while_that_could_take_long(proc: Processes) -> None:
    names, one, new = ScriptNames(str(proc.root)), proc.runs(50, "python3 a.py"), proc.runs(51, "python3 b.py")
    names.of([one])
    assert names.of([one, new], read=False) == {one.identity: "a.py"}


def test_who_has_ended_is_forgotten(proc: Processes) -> None:
    names, one = ScriptNames(str(proc.root)), proc.runs(50, "python3 a.py")
    names.of([one])
    names.of([])
    proc.forget_lines()
    assert names.of([one]) == {}
