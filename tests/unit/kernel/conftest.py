"""A procfs of ordinary files, without a process in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rigs.processes.proc_tree import ProcTree


@pytest.fixture
def tree(tmp_path: Path) -> ProcTree:
    return ProcTree(tmp_path / "proc")
