"""What a process has started, and the unit's control group that a process is in: two small questions, asked in passing."""

from __future__ import annotations

from oomtray.kernel.files import read_bytes
from oomtray.kernel.process import cgroup_paths


def children(pid: int, proc: str = "/proc") -> tuple[int, ...]:
    """Of its first thread (CONFIG_PROC_CHILDREN); empty also where the kernel doesn't tell, or it has ended."""
    try:
        return tuple(int(word) for word in read_bytes(f"{proc}/{pid:d}/task/{pid:d}/children").split())
    except (OSError, ValueError):
        return ()


def unit_cgroup(pid: int, proc: str = "/proc") -> str | None:
    """Its path in systemd's hierarchy; None where it can't be read."""
    try:
        return cgroup_paths(read_bytes(f"{proc}/{pid:d}/cgroup"))[1]
    except OSError:
        return None
