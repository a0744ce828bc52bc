"""Which shared libraries this process has loaded, by /proc/self/maps (proc_pid_maps(5))."""

from __future__ import annotations

from oomtray.kernel.files import PROC, read_or_empty


def is_loaded(*begins: str, proc: str = PROC) -> bool:
    """Whether a library is loaded whose file name begins with one of these."""
    maps = read_or_empty(f"{proc}/self/maps")
    return any(f"/{one}".encode() in maps for one in begins)
