"""Facts from /proc about a real process, read at each call and without the project's own code."""

from __future__ import annotations

from pathlib import Path


def adj_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def start_time(pid: int) -> int:
    """Return the start time in clock ticks since boot: field 22 of stat."""
    return int(_stat(pid)[19])


def state_of(pid: int) -> str:
    """Return R, S, D, Z, …; the comm before it may contain any byte."""
    return _stat(pid)[0]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()
