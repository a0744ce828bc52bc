"""The steady scan compared with a psutil monitor and with the same algorithm in C; `watch` with the psutil monitor.

It is the scan that `watch` makes while hardly any memory moves, so that a third of the oom_scores is read.
The three scanners take turns, so that changes in the machine's speed affect all of them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from tests.bench.crowd import compiled, crowd
from tests.bench.peers import PSUTIL_LOOK, PSUTIL_MONITOR, spent
from tests.bench.report import Row

STARTS = 3
"""Starts of each program, because the placement of its pages makes runs differ in speed."""
LOOKS = 4
"""Looks that count at each start."""
BEGUN, ROUNDS = 9, 6
"""Rounds of those that run side by side: before they are measured, as `watch` opens its record after ten seconds and
follows other rows until it has read each once, and while they are.
"""
SECONDS = 2.0
WARM_UP = 3
"""Number of first looks that are ignored, as they read everything."""

_OURS = """
import sys, time
from oomtray.kernel.reader import SystemReader
reader = SystemReader()
# The rows that a popup of the usual height shows; hardly any of them is reread for another reason.
largest = sorted(reader.snapshot().processes, key=lambda process: process.pages or 0, reverse=True)
shown = [process.pid for process in largest[16:30]]
def look():
    return reader.snapshot(shown, quiet=True)
"""

_LOOP = """
for line in sys.stdin:
    before = time.process_time()
    look()
    print((time.process_time() - before) * 1e6, flush=True)
"""


def measure() -> list[Row]:
    """Measure the CPU time of one look, with a look every 2 s and 1000 processes."""
    with crowd(1000) as count:
        psutil, ours, in_c = _in_turn(
            [sys.executable, "-c", PSUTIL_LOOK + _LOOP],
            [sys.executable, "-c", _OURS + _LOOP],
            [str(compiled("scan"))],
        )
        monitor, json, text = _side_by_side(
            [sys.executable, "-c", PSUTIL_MONITOR],
            [sys.executable, "-m", "oomtray", "watch", "--json"],
            [sys.executable, "-m", "oomtray", "watch"],
        )
    note = f"{count} processes, CPU: psutil {psutil:.0f} us, ours {ours:.0f} us, C {in_c:.0f} us"
    watching = f"{count} processes, CPU a round: psutil {monitor:.0f} us, watch {{:.0f}} us"
    return [
        Row("psutil monitor's look / steady scan", psutil / ours, 20, at_least=True, note=note),
        Row("steady scan / the same in C", ours / in_c, 1.4, note=note),
        Row("psutil monitor / oomtray watch --json", monitor / json, 15, at_least=True, note=watching.format(json)),
        Row("psutil monitor / oomtray watch", monitor / text, 15, at_least=True, note=watching.format(text)),
    ]


def _in_turn(*commands: list[str]) -> list[float]:
    """Return the median CPU microseconds of a look for each command, taking turns."""
    looks: list[list[float]] = [[] for _ in commands]
    for _ in range(STARTS):
        programs = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands
        ]
        for turn in range(WARM_UP + LOOKS):
            for program, its in zip(programs, looks, strict=True):
                time.sleep(SECONDS / len(programs))
                assert program.stdin is not None
                assert program.stdout is not None
                program.stdin.write("\n")
                program.stdin.flush()
                took = float(program.stdout.readline())
                if turn >= WARM_UP:
                    its.append(took)
        for program in programs:
            program.communicate()
    return list(map(statistics.median, looks))


def _side_by_side(*commands: list[str]) -> list[float]:
    """Return the CPU microseconds of a round for each command, with all its process does.

    Each command begins a round every 2 s.
    """
    begin = time.monotonic()
    programs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    try:
        time.sleep((BEGUN - 0.3) * SECONDS)  # after a round and before the next, at both ends of the measurement
        before = [spent(program.pid)[0] for program in programs]
        time.sleep(begin + (BEGUN - 0.3 + ROUNDS) * SECONDS - time.monotonic())
        after = [spent(program.pid)[0] for program in programs]
    finally:
        for program in programs:
            program.terminate()
            program.wait()
    return [(now - then) / ROUNDS * 1e6 for now, then in zip(after, before, strict=True)]
