"""The programs compared with: some that people use, and the plainest one that does the same."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.rigs.processes.programs import RigUnavailable

ROOT = Path(__file__).parents[2]
UNPACKED = ROOT / ".cache/unpacked"
"""Where packaging/setup.sh unpacks packages that would start a service when installed."""

PSUTIL_LOOK = """
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
"""The psutil monitor: the usual way to list processes by oom_score, as in articles about the OOM killer."""

PSUTIL_MONITOR = PSUTIL_LOOK + """
due = time.monotonic()
while True:
    print(*look(), flush=True)
    due += 2
    time.sleep(max(0, due - time.monotonic()))
"""

BARE_TRAY = [sys.executable, str(Path(__file__).with_name("bare_tray.py"))]
"""A tray icon with a menu and nothing else."""

BYTECODE = {"PYTHONDONTWRITEBYTECODE": ""}
"""For `Desktop.run`: as for any user, whose second start finds the bytecode of the first."""

EARLYOOM = ("--dryrun", "-r", "0")
"""Arguments with which it never kills anything, and without its hourly report."""


def earlyoom() -> list[str]:
    """Return the command of earlyoom. Raises RigUnavailable."""
    program = shutil.which("earlyoom") or shutil.which("earlyoom", path=UNPACKED / "earlyoom/usr/bin")
    if program is None:
        raise RigUnavailable("this needs the package earlyoom (make test fetches it)")
    return [program, *EARLYOOM]


def spent(pid: int) -> tuple[float, int]:
    """Return CPU seconds and voluntary context switches of a process, over all its current threads."""
    nanoseconds = switches = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        nanoseconds += int((task / "schedstat").read_text().split()[0])
        lines = (task / "status").read_text().splitlines()
        switches += int(next(line for line in lines if line.startswith("voluntary_ctxt")).split()[1])
    return nanoseconds / 1e9, switches


def unpacked(package: str, path: str) -> Path:
    """Return a file of a package that is fetched but not installed. Raises RigUnavailable."""
    file = UNPACKED / package / path
    if not file.exists():
        raise RigUnavailable(f"this needs the package {package} (make test fetches it)")
    return file
