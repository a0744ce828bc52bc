"""Read the whole names of processes whose program may not be read: the kernel keeps 15 bytes of a name."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.process import decode, start_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process

_COMM = 15
_LONGEST = 4096
"""How many bytes of a command line are read: its first argument is the program."""
_TIMEOUT = 0.5
"""Timeout for one command line in seconds: it is in the process's own memory, which may be swapped out."""


def may_be_cut(process: Process) -> bool:
    """Whether the name is as long as the kernel keeps it."""
    return len(process.name.encode("utf-8", "replace")) >= _COMM and not process.kernel_thread


def read_whole_names(processes: Iterable[Process], proc: str = PROC) -> dict[tuple[int, int], str]:
    """Return by (pid, start time) the program of each command line whose name begins with the process's own."""
    found = {}
    for process in processes:
        directory = f"{proc}/{process.pid:d}"
        with suppress(OSError, ValueError):
            raw = read_in_time(os.open(f"{directory}/cmdline", READ), _LONGEST, _TIMEOUT) or b""
            name = decode(raw.partition(b"\0")[0].rpartition(b"/")[2])
            if name.startswith(process.name) and start_time(directory) == process.start_time:  # so it came from that process
                found[process.identity] = name
    return found
