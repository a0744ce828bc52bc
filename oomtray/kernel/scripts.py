"""Read which scripts interpreters run: for the few processes that somebody looks at, and cached for those of a scan."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.files import PROC, READ, read_in_time
from oomtray.kernel.interpreters import Script, is_interpreter, is_shell, script_of
from oomtray.kernel.process import decode, start_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.snapshot import Process

_LONGEST = 16 * 1024
"""How many bytes of a command line are read: a class path of java takes most of them."""
_TIMEOUT = 0.5
"""Timeout for one command line in seconds: it is in the process's own memory, which may be swapped out."""
_GONE = " (deleted)"
_MOST = 16
"""How many command lines to read in one scan; the rest are read in later scans."""


class RunScript(NamedTuple):
    script: Script
    directory: str | None
    """The working directory; None if it may not be read."""


def read_scripts(processes: Iterable[Process], proc: str = PROC) -> dict[tuple[int, int], RunScript | None]:
    """Return by (pid, start time) what each process runs, or None if it runs no script or can't be read.

    Processes that have ended are missing.
    """
    found: dict[tuple[int, int], RunScript | None] = {}
    for process in processes:
        with suppress(OSError, ValueError):
            read = _read(process, f"{proc}/{process.pid:d}")
            if start_time(f"{proc}/{process.pid:d}") == process.start_time:  # so everything read came from that process
                found[process.identity] = read
    return found


def _read(process: Process, directory: str) -> RunScript | None:
    try:
        raw = read_in_time(os.open(f"{directory}/cmdline", READ), _LONGEST, _TIMEOUT)
    except PermissionError:
        return None
    if not raw:
        return None
    arguments = [decode(argument) for argument in raw.rstrip(b"\0").split(b"\0")]
    script = script_of(arguments, program(process))
    return None if script is None else RunScript(script, _working_directory(directory))


def program(process: Process) -> str:
    """Return the base name of the executable; the process's name if it may not be read."""
    return program_of(process.exe, process.name)


@lru_cache(maxsize=1024)  # called for each of an app's processes, which run few programs
def program_of(exe: str | None, name: str) -> str:
    return name if exe is None else exe.removesuffix(_GONE).rpartition("/")[2]


def _working_directory(directory: str) -> str | None:
    try:
        return decode(os.readlink(os.fsencode(f"{directory}/cwd"))).removesuffix(_GONE)
    except OSError:
        return None


class ScriptNames:
    """Finds script names for grouping processes by app, reading each command line only once. Shells are left out."""

    def __init__(self, proc: str = PROC) -> None:
        self._proc = proc
        self._known: dict[tuple[int, int], tuple[Process, str | None]] = {}

    def of(self, processes: Iterable[Process], *, read: bool = True) -> Mapping[tuple[int, int], str]:
        """Return script names by (PID, start time).

        `processes` are all processes of a scan; any other is dropped from the cache. Without `read`, only cached names are returned.
        """
        known: dict[tuple[int, int], tuple[Process, str | None]] = {}
        unread: list[Process] = []
        for process in processes:
            if not _may_run_script(process.exe, process.name):
                continue
            identity = process.identity
            before = self._known.get(identity)
            if before is not None and (before[0].exe, before[0].name) == (process.exe, process.name):
                known[identity] = before
            elif process.rss is not None:
                unread.append(process)
        self._known = known
        if read and unread:
            looked_at = {process.identity: process for process in unread[:_MOST]}
            found = read_scripts(looked_at.values(), self._proc)
            for identity, process in looked_at.items():
                run = found.get(identity)
                known[identity] = process, None if run is None else run.script.name
        return {identity: name for identity, (_process, name) in known.items() if name is not None}


@lru_cache(maxsize=4096)
def _may_run_script(exe: str | None, name: str) -> bool:
    """Return whether a process may run a script; called for every process in each scan."""
    called = program_of(exe, name)
    return is_interpreter(called) and not is_shell(called)
