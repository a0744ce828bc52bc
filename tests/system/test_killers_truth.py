"""Whom we say that earlyoom takes next, held against the real program, which says whom it would take and ends nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomtray.monitor import Monitor
from oomtray.risk.assessment import Killer
from tests.bench.peers import earlyoom
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
