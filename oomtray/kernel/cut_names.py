"""Read the whole names of processes whose program may not be read: the kernel keeps 15 bytes of a name."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.process import decode, start_time
from oomtray.text import COMM_BYTES, raw_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process

_LONGEST = 4096
"""How many bytes of a command line are read: its first argument is the program."""
_REST = re.compile(rb"[^\s:]{0,240}")
"""The rest of a name, of at most 255 bytes (NAME_MAX): what comes behind it is a title that the program has set (setproctitle(3))."""
_TIMEOUT = 0.5
"""Timeout for one command line in seconds: it is in the process's own memory, which may be swapped out."""


def may_be_cut(process: Process) -> bool:
    """Whether the name is as long as the kernel keeps it."""
    return len(raw_bytes(process.name)) >= COMM_BYTES and not process.kernel_thread


def begins_with(whole: str, cut: str) -> bool:
    """Whether a name begins with what the kernel has kept of it, which may end within a character."""
    return raw_bytes(whole).startswith(raw_bytes(cut))


def read_whole_names(processes: Iterable[Process], proc: str = PROC) -> dict[tuple[int, int], str]:
    """Return by (pid, start time) the program of each command line whose name begins with the process's own."""
    found = {}
    for process in processes:
        directory = f"{proc}/{process.pid:d}"
        with suppress(OSError, ValueError):
            raw = read_in_time(os.open(f"{directory}/cmdline", READ), _LONGEST, _TIMEOUT) or b""
            name, own = raw.partition(b"\0")[0].rpartition(b"/")[2], raw_bytes(process.name)
            rest = _REST.match(name, len(own)) if name.startswith(own) else None
            if rest is not None and start_time(directory) == process.start_time:  # so it came from that process
                found[process.identity] = decode(own + rest[0])
    return found
