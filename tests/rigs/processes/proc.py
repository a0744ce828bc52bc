"""What /proc says of a real process, read anew at each call and without a line of the project's own."""

from __future__ import annotations

from pathlib import Path


def adj_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score_adj").read_text())


def start_time(pid: int) -> int:
    """In clock ticks after boot: field 22 of stat."""
    return int(_stat(pid)[19])


def state_of(pid: int) -> str:
    """R, S, D, Z, …; the comm before it may hold any byte."""
    return _stat(pid)[0]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].decode().split()
