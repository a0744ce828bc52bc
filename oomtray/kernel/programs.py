"""The programs that run, by the names that people know them by."""

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
"""Bytes of a command line that are looked at."""
_PATIENCE = 0.2
"""Seconds for one: it lies in the process's own memory, which may be swapped out."""


def programs(processes: Iterable[Process], proc: str = "/proc") -> frozenset[str]:
    """The name of each process as /proc has it, cut at 15 bytes; of a script that an interpreter runs the whole name too.

    A script that begins with `#!/usr/bin/env python3` is called python3 there, and so is one that is handed to python3.
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
    """The base name of the first argument that is no option; None where there is none, or it can't be read in time."""
    try:
        raw = read_in_time(os.open(path, READ), _LONGEST, _PATIENCE)
    except OSError:
        return None
    arguments = [] if raw is None else raw.split(b"\0")[1:]
    named = next((argument for argument in arguments if argument and not argument.startswith(b"-")), b"")
    return named.rpartition(b"/")[2].decode("utf-8", "backslashreplace") or None
