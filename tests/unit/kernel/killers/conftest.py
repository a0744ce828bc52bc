"""A /proc in which a killer runs, and a root directory for its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rigs.processes.proc_tree import ProcTree

FIRST_NAMESPACE = "         0          0 4294967295\n"


@pytest.fixture
def proc(tmp_path: Path) -> ProcTree:
    tree = ProcTree(tmp_path / "proc")
    tree.add(1, name=b"systemd", uid=0)
    tree.write("self/uid_map", FIRST_NAMESPACE)
    return tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"
