"""Read the cgroups that systemd-oomd could kill, and what it compares them by (oomd-manager.c, oomd-util.c)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from oomtray.kernel.files import read_bytes, read_int, read_or_empty
from oomtray.kernel.killer_facts import Group, Preference
from oomtray.kernel.psi import averages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST = 2000
_DEEPEST = 64
_PGSCAN = re.compile(rb"^pgscan (\d+)$", re.MULTILINE)
_HELD = re.compile(rb"^(?:anon|shmem) (\d+)$", re.MULTILINE)


class Groups:
    """Reads cgroups, and remembers the last reading to tell their growth."""

    def __init__(self, cgroups: str) -> None:
        self._root = cgroups
        self._scanned: dict[str, int] = {}

    def read(self, watched: Iterable[str]) -> tuple[Group, ...]:
        """Return the candidates below each of the watched cgroups, each once."""
        before, self._scanned = self._scanned, {}
        found: dict[str, Group] = {}
        for path in watched:
            for candidate in self._candidates(path.rstrip("/"), _DEEPEST):
                if len(found) >= _MOST:
                    break
                if candidate not in found and (group := self._group(candidate, before.get(candidate))) is not None:
                    found[candidate] = group
                    self._scanned[candidate] = group.scanned
        return tuple(found.values())

    def owner(self, path: str) -> int | None:
        """uid of the owner; None if the cgroup is gone."""
        try:
            return os.stat(self._directory(path)).st_uid
        except OSError:
            return None

    def stall(self, path: str) -> float | None:
        """Percentage of the last 10 s in which all its tasks waited for memory."""
        return averages(read_or_empty(f"{self._directory(path)}/memory.pressure"))[1]

    def holds(self, path: str) -> int | None:
        """Bytes of anonymous and shared memory, in RAM and swap; None for the root, which doesn't report it."""
        directory = self._directory(path)
        found = _HELD.findall(read_or_empty(f"{directory}/memory.stat"))
        swap = read_int(f"{directory}/memory.swap.current") or 0
        return sum(map(int, found)) + swap if found else None

    def _directory(self, path: str) -> str:
        return self._root + path.rstrip("/")

    def _candidates(self, path: str, depth: int) -> Iterator[str]:
        """Yield each cgroup without children, or the topmost with memory.oom.group below the watched one."""
        try:
            with os.scandir(self._directory(path)) as entries:
                below = [f"{path}/{entry.name}" for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return
        if not below:
            yield path or "/"
        for one in below:
            whole = read_int(f"{self._directory(one)}/memory.oom.group")
            if whole:
                yield one
            elif whole is not None and depth:
                yield from self._candidates(one, depth - 1)

    def _group(self, path: str, before: int | None) -> Group | None:
        directory = self._directory(path)
        memory = read_int(f"{directory}/memory.current")
        try:
            stat = _PGSCAN.search(read_bytes(f"{directory}/memory.stat"))
            uid = os.stat(directory).st_uid
        except OSError:
            return None
        if memory is None or stat is None:
            return None
        scanned = int(stat[1])
        return Group(
            path=path,
            uid=uid,
            memory=memory,
            swap=read_int(f"{directory}/memory.swap.current") or 0,
            scanned=scanned,
            # a new cgroup with the same path starts at 0
            scanned_before=None if before is None else (before if before <= scanned else 0),
            preference=preference_of(directory),
        )


def preference_of(directory: str) -> Preference:
    """Read what ManagedOOMPreference= set in its extended attributes; omit wins."""
    if _is_set(directory, "user.oomd_omit"):
        return "omit"
    return "avoid" if _is_set(directory, "user.oomd_avoid") else "none"


def _is_set(directory: str, attribute: str) -> bool:
    try:
        return os.getxattr(directory, attribute) == b"1"
    except OSError:
        return False
