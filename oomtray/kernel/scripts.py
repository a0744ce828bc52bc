"""What interpreters run and where: read for a few processes, those that somebody looks at."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.interpreters import script_of
from oomtray.kernel.process import decode, start_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.interpreters import Script
    from oomtray.kernel.snapshot import Process

_LONGEST = 16 * 1024
"""Bytes of a command line that are looked at: a class path of java takes most of them."""
_PATIENCE = 0.5
"""Seconds for one command line: it lies in the process's own memory, which may be swapped out."""
_GONE = " (deleted)"


class RunScript(NamedTuple):
    script: Script
    directory: str | None
    """The working directory; None where it may not be read."""


def read_scripts(processes: Iterable[Process], proc: str = PROC) -> dict[tuple[int, int], RunScript | None]:
    """By (pid, start time): what each runs; None where it is no script, or can't be read. Those that have ended are missing."""
    found: dict[tuple[int, int], RunScript | None] = {}
    for process in processes:
        with suppress(OSError, ValueError):
            read = _read(process, f"{proc}/{process.pid:d}")
            if start_time(f"{proc}/{process.pid:d}") == process.start_time:  # all of it was that process's
                found[process.identity] = read
    return found


def _read(process: Process, directory: str) -> RunScript | None:
    try:
        raw = read_in_time(os.open(f"{directory}/cmdline", READ), _LONGEST, _PATIENCE)
    except PermissionError:
        return None
    if not raw:
        return None
    arguments = [decode(argument) for argument in raw.rstrip(b"\0").split(b"\0")]
    script = script_of(arguments, program(process))
    return None if script is None else RunScript(script, _working_directory(directory))


def program(process: Process) -> str:
    """The base name of what it executes; its own name where that may not be read."""
    return process.name if process.exe is None else process.exe.removesuffix(_GONE).rpartition("/")[2]


def _working_directory(directory: str) -> str | None:
    try:
        return decode(os.readlink(os.fsencode(f"{directory}/cwd"))).removesuffix(_GONE)
    except OSError:
        return None
