"""The cost of a text command, compared with just importing psutil."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from tests.bench.crowd import crowd
from tests.bench.report import Row

ROUNDS = 7
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""As for any user, whose second start finds the bytecode of the first."""


def measure() -> list[Row]:
    """Measure the wall time of whole commands, alternating, so that a busy moment affects both."""
    ours, psutil = [], []
    with crowd(1000) as count:
        for _ in range(ROUNDS):
            psutil.append(_seconds([sys.executable, "-c", "import psutil"]))
            ours.append(_seconds([sys.executable, "-m", "oomtray", "list", "--json"]))
    mine, theirs = statistics.median(ours), statistics.median(psutil)
    note = f"{count} processes, medians: list {mine * 1000:.0f} ms, import {theirs * 1000:.0f} ms"
    return [Row("oomtray list --json / python -c 'import psutil'", mine / theirs, 6, note=note)]


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=_ENVIRONMENT)
    return time.perf_counter() - start
