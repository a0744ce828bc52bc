"""Real processes to look at: a sleeper, a zombie, one with a hostile name, and a memory cgroup."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.processes.memcg import MIB, MemoryCgroup
from tests.rigs.processes.programs import wait_for
from tests.system.reading import HOSTILE, settled


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, bytes]]:
    """A running process with a hostile name, and what the kernel keeps of it: 15 bytes."""
    program = os.fsencode(tmp_path) + b"/" + request.param
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([program, b"600"])
    comm = request.param[:15]
    wait_for(lambda: Path(f"/proc/{process.pid}/comm").read_bytes() == comm + b"\n", "the program's own name")
    yield process.pid, comm
    process.kill()
    process.wait()


@pytest.fixture
def zombie() -> Iterator[int]:
    process = subprocess.Popen(["true"])
    wait_for(lambda: b") Z " in Path(f"/proc/{process.pid}/stat").read_bytes(), "a zombie")
    yield process.pid
    process.wait()


@pytest.fixture
def sleeper() -> Iterator[int]:
    process = subprocess.Popen(["sleep", "600"])
    wait_for(lambda: settled(process.pid, "/sleep"), "its sleep")
    yield process.pid
    process.kill()
    process.wait()


@pytest.fixture
def group() -> Iterator[MemoryCgroup]:
    with MemoryCgroup(128 * MIB) as group:
        yield group
