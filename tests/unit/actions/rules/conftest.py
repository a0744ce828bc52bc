"""A procfs of ordinary files, snapshots of it, and a kernel that refuses every change."""

from __future__ import annotations

import pytest

from oomtray.actions.adjust import Change
from oomtray.actions.rules import engine as engine_module
from oomtray.kernel.reader import SystemReader
from tests.rigs.processes.proc_tree import ProcTree


@pytest.fixture
def tree(tmp_path):
    tree = ProcTree(tmp_path / "proc")
    tree.add(1, name=b"init", score=0)
    return tree


@pytest.fixture
def snapshot(tree, tmp_path):
    readers = []

    def look():
        if not readers:
            readers.append(SystemReader(str(tree), str(tmp_path / "cg")))
        return readers[0].snapshot(full=True)

    yield look
    for reader in readers:
        reader.close()


@pytest.fixture
def refused(monkeypatch):
    """Every change needs permission."""
    monkeypatch.setattr(
        engine_module, "reach",
        lambda target, value, _, proc: Change(
            target.pid, target.start_time, "x", 0, value, done=False, error="needs-authorisation", wanted=value
        ),
    )  # fmt: skip
