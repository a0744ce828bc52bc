"""What real interpreters run and where, and that nothing is said of a process that is another one by now."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.kernel.process import start_time
from oomtray.kernel.scripts import read_scripts
from oomtray.kernel.snapshot import Process
from tests.facts.processes import process


@pytest.fixture
def training(tmp_path: Path) -> Iterator[Process]:
    """train.py, which has told that it runs."""
    (tmp_path / "train.py").write_text("print(flush=True); input()")
    with subprocess.Popen([sys.executable, "-u", "train.py"], cwd=tmp_path, stdin=-1, stdout=-1) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield process(running.pid, start_time=start_time(f"/proc/{running.pid}"), exe="/usr/bin/python3.11", name="python3")
        running.kill()


def test_a_script_and_its_directory(training: Process, tmp_path: Path) -> None:
    found = read_scripts([training])[training.identity]
    assert found is not None
    assert (found.script.name, found.directory) == ("train.py", str(tmp_path))


def test_another_process_of_the_same_number_is_not_named(training: Process) -> None:
    assert read_scripts([training._replace(start_time=training.start_time - 1)]) == {}


def test_what_is_no_interpreter_runs_no_script(training: Process) -> None:
    assert read_scripts([training._replace(exe="/usr/bin/firefox")]) == {training.identity: None}


def test_a_process_that_has_ended_is_missing(tmp_path: Path) -> None:
    assert read_scripts([process(1, exe="/usr/bin/python3")], str(tmp_path)) == {}
