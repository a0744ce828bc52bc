"""The steady scan beside the document's monitor and beside the same algorithm in C."""

from __future__ import annotations

import statistics
import subprocess
import sys

from tests.bench.crowd import compiled, crowd
from tests.bench.report import Row

ROUNDS = 10
SECONDS = 2.0

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
# The rows that a popup of the usual height shows.
shown = [process.pid for process in reader.snapshot().processes[:14]]
def look():
    return reader.snapshot(shown)
"""

_LOOP = """
rounds, seconds = int(sys.argv[1]), float(sys.argv[2])
for round in range(rounds + 3):
    time.sleep(seconds if round else 0)
    before = time.process_time()
    look()
    if round >= 3:
        print((time.process_time() - before) * 1e6, flush=True)
"""


def measure() -> list[Row]:
    """CPU of one look with a look every 2 s and 1000 processes, the three one after the other."""
    with crowd(1000) as count:
        document = _run([sys.executable, "-c", _DOCUMENT + _LOOP])
        ours = _run([sys.executable, "-c", _OURS + _LOOP])
        in_c = _run([str(compiled("scan"))])
    note = f"{count} processes, medians: document {document:.0f} us, ours {ours:.0f} us, C {in_c:.0f} us"
    return [
        Row("document's monitor loop / steady scan", document / ours, 20, at_least=True, note=note),
        Row("steady scan / the same in C", ours / in_c, 1.4, note=note),
    ]


def _run(command: list[str]) -> float:
    """Median CPU microseconds of a round."""
    answer = subprocess.run([*command, str(ROUNDS), str(SECONDS)], capture_output=True, text=True, check=True)
    return statistics.median(map(float, answer.stdout.split()))
