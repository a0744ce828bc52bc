"""The command line of one process: read only where a rule or a person asks for it."""

from __future__ import annotations

from oomtray.kernel.files import read_bytes
from oomtray.kernel.process import decode

_LONGEST = 16 * 1024


def command_line(pid: int, proc: str = "/proc") -> str | None:
    """Arguments joined by spaces, at most 16 KiB of them; None where they can't be read or there are none."""
    try:
        raw = read_bytes(f"{proc}/{pid}/cmdline")[:_LONGEST]
    except OSError:
        return None
    return decode(raw.rstrip(b"\0").replace(b"\0", b" ")) or None
