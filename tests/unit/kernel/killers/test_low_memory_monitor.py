"""Whether low-memory-monitor is set to have the kernel kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomtray.kernel.killer_facts import LowMemoryMonitor
from oomtray.kernel.killers import KillerReader
from tests.rigs.processes.proc_tree import ProcTree
from tests.unit.kernel.killers.running import rows, run


@pytest.mark.parametrize(
    ("text", "kills"),
    [
        pytest.param(None, False, id="no file"),
        pytest.param("[Configuration]\nTriggerKernelOom=true\n", True, id="on"),
        pytest.param("[Configuration]\n# a comment\nTriggerKernelOom = 1 \n", True, id="on, as a number"),
        pytest.param("[Configuration]\nTriggerKernelOom=false\n", False, id="off"),
        pytest.param("[Other]\nTriggerKernelOom=true\n", False, id="in another group"),
        pytest.param("TriggerKernelOom=perhaps\n", False, id="no value"),
        pytest.param("x" * (2 << 20), None, id="not to be read"),
    ],
)
def test_whether_it_kills(proc: ProcTree, root: Path, text: str | None, kills: bool | None) -> None:
    (root / "etc").mkdir()
    if text is not None:
        (root / "etc/low-memory-monitor.conf").write_text(text)
    run(proc, "low-memory-monitor")
    (facts,) = KillerReader(str(proc), root=str(root)).read(rows(proc), 0.0)
    assert isinstance(facts, LowMemoryMonitor)
    assert facts.kills is kills
