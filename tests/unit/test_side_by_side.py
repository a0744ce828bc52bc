"""Runs of tests side by side: one is shown as it comes, the other afterwards, what must be alone comes then, and no failure is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.__main__ import Part, run
from tests.rigs.processes.programs import wait_for

ROOT = Path(__file__).parents[2]
PYTHON = (sys.executable, "-c")


def part(code: str, kept: Path | None = None) -> Part:
    return Part("kept" if kept else "shown", (*PYTHON, code), kept)


@pytest.mark.parametrize("statuses", [(0, 0), (0, 3), (1, 0), (1, 3)])
def test_it_went_well_where_both_did(tmp_path: Path, capfd: pytest.CaptureFixture[str], statuses: tuple[int, int]) -> None:
    shown, kept = statuses
    first = [part(f"print('one'); exit({shown})"), part(f"print('two'); exit({kept})", tmp_path / "new" / "kept.txt")]
    status = run([first, [part("print('three')")]])
    assert status == (shown or kept)
    out = capfd.readouterr().out
    assert out.index("one\n") < out.index("kept.txt") < out.index("two\n") < out.index("three\n"), "whatever became of the first"
    for name, number in (("shown", shown), ("kept", kept)):
        assert (f"{name}: failed with status {number}" if number else f"{name}: passed") in out
    assert (tmp_path / "new" / "kept.txt").read_text() == "two\n"


def test_they_run_at_the_same_time(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    meet = "import sys, time, pathlib; a, b = map(pathlib.Path, {}); a.touch()\nwhile not b.exists(): time.sleep(0.01)"
    both = [part(meet.format([str(there), str(here)])), part(meet.format([str(here), str(there)]), tmp_path / "kept")]
    assert run([both]) == 0


def test_whoever_stops_it_stops_both(tmp_path: Path) -> None:
    sleeps = f"import os, pathlib, time; pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch(); time.sleep(100)"
    code = f"""
import sys
from pathlib import Path
from tests.__main__ import Part, main
argv = sys.executable, "-c", {sleeps!r}
sys.exit(main([[Part("one", argv), Part("two", argv, Path({str(tmp_path.with_suffix(".txt"))!r}))]]))
"""
    program = subprocess.Popen([*PYTHON, code], cwd=ROOT, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(list(tmp_path.iterdir())) == 2, "both to run")
    program.send_signal(signal.SIGTERM)
    assert program.wait(20) == 130
    assert [path.name for path in tmp_path.iterdir() if Path("/proc", path.name).exists()] == []
