"""A place to examine: a procfs of ordinary files and an empty environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oomtray.doctor import Place
from tests.rigs.processes.proc_tree import ProcTree


@pytest.fixture
def proc(tmp_path: Path) -> ProcTree:
    proc = ProcTree(tmp_path / "proc")
    proc.write("loadavg", "0 0 0 1/1 1\n")
    proc.add(1, name=b"init", uid=0)
    return proc


@pytest.fixture
def place(proc: ProcTree, tmp_path: Path) -> Place:
    return Place(
        environ={"HOME": str(tmp_path), "PATH": os.environ["PATH"]}, proc=str(proc), root_uid=os.geteuid()
    )
