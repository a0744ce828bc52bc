"""The cost of reading a saved log that only has kill reports of the kernel, compared with grep."""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.report import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = Path(__file__).parents[1] / "unit/kernel/kill_log/data/report-global-6.1-swap.txt"
SIZE = 100_000_000
TASKS = 300
"""Tasks in each report's table, as on a small server or a desktop."""
ROUNDS = 3
WORDS = "killed process|oom-killer|out of memory"
_STAMP = re.compile(r"(?m)^\[[ .\d]+\] ?")


def measure() -> list[Row]:
    """Measure the wall time of whole commands, alternating; ours uses all processors, grep one."""
    ours, grep = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        with open(path, "w", encoding="ascii") as file:
            file.writelines(reports(SIZE))
        for _ in range(ROUNDS):
            grep.append(_seconds(["grep", "-c", "-i", "-E", WORDS, path]))
            ours.append(_seconds([sys.executable, "-m", "oomtray", "kills", "--log", path]))
    (mine, our_cpu), (theirs, its_cpu) = min(ours), min(grep)
    note = (
        f"{SIZE // 1_000_000} MB of reports with {TASKS} tasks each: {mine:.2f} s on {len(os.sched_getaffinity(0))} processors"
        f" ({our_cpu:.2f} s of CPU, {our_cpu / its_cpu:.3g} x that of grep), grep {theirs:.3f} s"
    )
    return [Row("oomtray kills --log / grep -i -E", mine / theirs, 30, note=note)]


def reports(size: int) -> Iterator[str]:
    """Generate reports of a machine that runs out of memory repeatedly; a third of its tasks changes in between."""
    chance = random.Random(7)
    lines = _STAMP.sub("", REPORT.read_text("ascii").replace("\r", "")).splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("[  pid  ]"))
    held = [chance.randrange(10_000) for _ in range(TASKS)]
    written, uptime = 0, 1000.0
    while written < size:
        for task in chance.sample(range(TASKS), TASKS // 3):
            held[task] = chance.randrange(10_000)
        table = [
            f"[{pid:7}]  1000 {pid:5} {2 * pages:8} {pages:8} {8192 + pages * 8:8} {pages // 3:8} {0:13} task-{pid}"
            for pid, pages in enumerate(held, start=1000)
        ]
        text = "".join(
            f"Mar  3 10:11:12 shop-1 kernel: [{uptime + at / 10_000:12.6f}] {line}\n"
            for at, line in enumerate([*lines[: head + 1], *table, *lines[head + 1 :]])
        )
        yield text
        written += len(text)
        uptime += 60


def _seconds(command: list[str]) -> tuple[float, float]:
    """Run a command; return its wall time and CPU time."""
    begin, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, stdout=subprocess.PIPE, check=True)  # to /dev/null, grep would stop at the first match
    took, end = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
