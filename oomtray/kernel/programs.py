"""Names of running programs, as people know them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from oomtray.kernel.files import READ, read_in_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process

INTERPRETER = re.compile(r"(python|pypy|perl|ruby|node|bash|dash|sh|env)[0-9.]*")
_LONGEST = 4096
"""How many bytes of a command line are read."""
_TIMEOUT = 0.2
"""Timeout for one command line in seconds: it is in the process's own memory, which may be swapped out."""


def programs(processes: Iterable[Process], proc: str = "/proc") -> frozenset[str]:
    """Return each process's name from /proc, cut at 15 bytes, and the full names of scripts run by interpreters.

    /proc shows python3 for a script that begins with `#!/usr/bin/env python3`, and for one passed to python3.
    """
    names: set[str] = set()
    for process in processes:
        names.add(process.name)
        if INTERPRETER.fullmatch(process.name):
            run = script(f"{proc}/{process.pid}/cmdline")
            if run:
                names.add(run)
    return frozenset(names)


def script(path: str) -> str | None:
    """Return the base name of the first non-option argument; None if there is none or it isn't readable in time."""
    try:
        raw = read_in_time(os.open(path, READ), _LONGEST, _TIMEOUT)
    except OSError:
        return None
    arguments = [] if raw is None else raw.split(b"\0")[1:]
    named = next((argument for argument in arguments if argument and not argument.startswith(b"-")), b"")
    return named.rpartition(b"/")[2].decode("utf-8", "backslashreplace") or None
