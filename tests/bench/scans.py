"""The steady scan beside the document's monitor and beside the same algorithm in C.

The three look in turn, so that a machine that grows slow or quick meanwhile does so for all of them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from tests.bench.crowd import compiled, crowd
from tests.bench.report import Row

STARTS = 3
"""Of each program: where its pages come to lie makes one run of it slower than another."""
ROUNDS = 12
SECONDS = 2.0
WARM_UP = 3
"""The first looks read everything."""

_DOCUMENT = """
import sys, time, psutil
def look():
    rows = []
    for process in psutil.process_iter(["pid", "name", "memory_info"]):
        pid = process.info["pid"]
        try:
            with open(f"/proc/{pid}/oom_score") as file:
                score = int(file.read())
            with open(f"/proc/{pid}/oom_score_adj") as file:
                adj = int(file.read())
        except OSError:
            continue
        memory = process.info["memory_info"]
        rows.append((score, adj, pid, process.info["name"], memory.rss if memory else 0))
    rows.sort(reverse=True)
    return rows[:10]
"""

_OURS = """
import sys, time
from oomtray.kernel.reader import SystemReader
reader = SystemReader()
# The rows that a popup of the usual height shows; hardly any of them is reread for another reason.
largest = sorted(reader.snapshot().processes, key=lambda process: process.pages or 0, reverse=True)
shown = [process.pid for process in largest[16:30]]
def look():
    return reader.snapshot(shown)
"""

_LOOP = """
for line in sys.stdin:
    before = time.process_time()
    look()
    print((time.process_time() - before) * 1e6, flush=True)
"""


def measure() -> list[Row]:
    """CPU of one look with a look every 2 s and 1000 processes."""
    with crowd(1000) as count:
        document, ours, in_c = _in_turn(
            [sys.executable, "-c", _DOCUMENT + _LOOP], [sys.executable, "-c", _OURS + _LOOP], [str(compiled("scan"))]
        )
    note = f"{count} processes, medians: document {document:.0f} us, ours {ours:.0f} us, C {in_c:.0f} us"
    return [
        Row("document's monitor loop / steady scan", document / ours, 20, at_least=True, note=note),
        Row("steady scan / the same in C", ours / in_c, 1.4, note=note),
    ]


def _in_turn(*commands: list[str]) -> list[float]:
    """Median CPU microseconds of a look by each."""
    looks: list[list[float]] = [[] for _ in commands]
    for _ in range(STARTS):
        programs = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands
        ]
        for turn in range(WARM_UP + ROUNDS):
            for program, its in zip(programs, looks, strict=True):
                time.sleep(SECONDS / len(programs))
                assert program.stdin is not None
                assert program.stdout is not None
                program.stdin.write("\n")
                program.stdin.flush()
                spent = float(program.stdout.readline())
                if turn >= WARM_UP:
                    its.append(spent)
        for program in programs:
            program.communicate()
    return list(map(statistics.median, looks))
