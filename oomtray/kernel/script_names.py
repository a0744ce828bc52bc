"""Names of the scripts that interpreters run, cached across scans so that each command line is read only once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from oomtray.kernel.files import PROC
from oomtray.kernel.interpreters import is_interpreter, is_shell
from oomtray.kernel.scripts import program_of, read_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.snapshot import Process

_MOST = 16
"""How many command lines to read in one scan; the rest are read in later scans."""


class ScriptNames:
    """Finds script names for grouping processes by app. Shells are left out."""

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
