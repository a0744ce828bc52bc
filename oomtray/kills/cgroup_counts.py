"""Track which of the kills that the kernel counts per memory cgroup are explained already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.cgroups import MemoryCgroups

    _Counts = dict[str, tuple[int | None, int]]
    """By cgroup path: the inode of the directory, and a count of kills."""


class CgroupKills:
    """Counts of kills by cgroup path; a cgroup that was never seen is counted from its first look.

    One that was made anew, as at the restart of a service, has the path of the one before, but counts from 0.
    """

    def __init__(self, cgroups: MemoryCgroups) -> None:
        self._cgroups = cgroups
        self._counts: _Counts = {}

    @property
    def accounted(self) -> Mapping[str, int]:
        return {path: count for path, (_, count) in self._counts.items()}

    def see(self, paths: Iterable[str]) -> None:
        """Start counting kills in these cgroups from now on."""
        for path in paths:
            if path not in self._counts:
                self._counts[path] = self._cgroups.inode(path), self._cgroups.oom_kills(path) or 0

    def left(self, path: str) -> int | None:
        """Return the number of kills in it not yet accounted for; None if unknown."""
        counted = self._cgroups.oom_kills(path)
        if counted is None or (path not in self._counts and counted):
            return None
        return max(counted - self._accounted(path), 0)

    def account(self, path: str) -> bool:
        """Account for one kill; return whether the cgroup's count shows it, which it can't if the cgroup is new."""
        if path not in self._counts:
            self.see([path])
            return False
        accounted = self._accounted(path)
        self._counts[path] = self._counts[path][0], accounted + 1
        return True

    def read(self) -> _Counts:
        """Return the kernel's current count for each seen cgroup that still exists."""
        inodes = {path: self._cgroups.inode(path) for path in self._counts}  # first: it may be made anew in between
        return {path: (inode, count) for path, inode in inodes.items() if (count := self._cgroups.oom_kills(path)) is not None}

    def begin_anew(self, counts: _Counts) -> None:
        """Treat all of `counts` as accounted for, so that only later kills are left."""
        self._counts = counts

    def _accounted(self, path: str) -> int:
        """Return how many of its kills are accounted for: none of one that was made anew."""
        if path not in self._counts:
            return 0
        now = self._cgroups.inode(path)
        if now not in (self._counts[path][0], None):
            self._counts[path] = now, 0
        return self._counts[path][1]
