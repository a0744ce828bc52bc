"""The processes that are followed, stored for the next watcher, who can tell from it which were killed meanwhile."""

from __future__ import annotations

import json
import math
import os
import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from oomtray.file_access import FileError
from oomtray.kernel.process_handle import open_process
from oomtray.paths import APP, runtime_dir, state_file
from oomtray.private_file import PrivateFile
from oomtray.risk.kill_event import Dead

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from oomtray.kernel.snapshot import Process

_NAME = "followed.json"
_ORDER_KEPT = 300.0
"""Seconds during which a new order of the same processes isn't written."""
_FRESH = 180.0
"""Seconds during which a process that is gone may count as killed although its cgroup has no count of kills."""


class FollowedProcesses:
    """The file with the followed processes. Not thread-safe. Errors with the file are ignored: then nobody is named."""

    def __init__(self, path: str | None = None) -> None:
        """`path` None: in the session's runtime directory, else in that of the record."""
        self.path = path or _path()
        self._file = PrivateFile(self.path, flush=False)
        self._kept: frozenset[tuple[object, ...]] = frozenset()
        self._kept_at = -math.inf

    def keep(
        self, boot: str, processes: Sequence[Process], told: Callable[[Process], Dead], kills: Mapping[str, tuple[int | None, int]]
    ) -> None:
        """Store these processes in their order; `told` describes one, `kills` has the inodes and counts of cgroups."""
        counts = {process.identity: kills.get(process.cgroup or "") for process in processes}
        kept, now = frozenset((*identity, count) for identity, count in counts.items()), time.monotonic()
        with suppress(OSError, FileError):
            if kept == self._kept and now - self._kept_at < _ORDER_KEPT:
                with suppress(FileNotFoundError):  # the history was cleared
                    os.utime(self.path)
                    return
            rows = [  # what it holds now doesn't predict what it will hold when killed
                {**asdict(told(process)), "freed": None, "cgroup": process.cgroup, "kills": kills.get(process.cgroup or "")}
                for process in processes
            ]
            self._file.write(json.dumps({"boot": boot, "processes": rows}).encode())
            self._kept, self._kept_at = kept, now

    def clear(self) -> None:
        """Remove the file; the next watcher writes it again. Raises FileError."""
        self._file.remove()

    def gone(self, boot: str, kills: Callable[[str], tuple[int | None, int] | None]) -> list[Dead]:
        """Return processes that may have been killed since, likeliest first; `kills` has a cgroup's inode and count now."""
        try:
            age = time.time() - os.stat(self.path).st_mtime
            content = json.loads(self._file.read() or b"{}")
            rows = content["processes"] if content.get("boot") == boot else []
            found = [(risen, Dead(**row)) for row in rows if (risen := self._may_be(row, age, kills)) is not None]
        except (OSError, FileError, ValueError, KeyError, TypeError, AttributeError):
            return []
        return [dead for risen, dead in sorted(found, key=lambda one: not one[0])]

    def _may_be(self, row: dict[str, Any], age: float, kills: Callable[[str], tuple[int | None, int] | None]) -> bool | None:
        """Whether its cgroup has counted a kill since; None if it is alive or was probably not killed.

        Removes the cgroup and its count from `row`.
        """
        path, before = row.pop("cgroup"), row.pop("kills")
        with suppress(OSError), open_process(row["pid"], row["start_time"]) as handle:
            if not handle.zombie:
                return None
        now = None if path is None or before is None else kills(path)
        if now is None or now[0] != before[0]:  # gone, or made anew, as at a service's restart
            return False if age <= _FRESH else None
        return True if now[1] > before[1] else None


def clear_followed() -> None:
    """Remove the list of followed processes, including that of a program without a session directory.

    Raises FileError.
    """
    for path in {_path(), state_file(_NAME)}:
        FollowedProcesses(path).clear()


def _path() -> str:
    session = runtime_dir()
    if session is not None and os.path.isdir(session) and os.access(session, os.W_OK):
        return os.path.join(session, APP, _NAME)
    return state_file(_NAME)
