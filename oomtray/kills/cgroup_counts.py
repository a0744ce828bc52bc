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
    def accounted(self) -> Mapping[str, tuple[int | None, int]]:
        """By cgroup path: its inode and count."""
        return self._counts

    def see(self, paths: Iterable[str]) -> None:
        """Start counting kills in these cgroups from now on."""
        for path in paths:
            if path not in self._counts:
                self._counts[path] = self._cgroups.inode(path), self._cgroups.oom_kills(path) or 0

    def left(self, path: str) -> int | None:
        """Return the number of kills in it not yet accounted for.

        None if unknown, as in one made anew without a kill: whoever ended may have been in the one before it.
        """
        counted, anew = self._cgroups.oom_kills(path), self._is_anew(path)
        if counted is None or (path not in self._counts and counted) or (anew and not counted):
            return None
        return counted if anew else max(counted - self._counts.get(path, (None, 0))[1], 0)

    def account(self, path: str) -> bool:
        """Account for one kill; return whether the cgroup's count shows it, which it can't if the cgroup is new."""
        if path not in self._counts:
            self.see([path])
            return False
        anew = self._is_anew(path)
        if anew and self.left(path) is None:
            return False
        inode, accounted = self._counts[path]
        self._counts[path] = (self._cgroups.inode(path), 1) if anew else (inode, accounted + 1)
        return True

    def read(self) -> _Counts:
        """Return the kernel's current count for each seen cgroup that still exists."""
        inodes = {path: self._cgroups.inode(path) for path in self._counts}  # first: it may be made anew in between
        return {path: (inode, count) for path, inode in inodes.items() if (count := self._cgroups.oom_kills(path)) is not None}

    def begin_anew(self, counts: _Counts) -> None:
        """Treat all of `counts` as accounted for, so that only later kills are left."""
        self._counts = counts

    def _is_anew(self, path: str) -> bool:
        """Whether another cgroup has been made at the path since its kills were counted."""
        return path in self._counts and self._cgroups.inode(path) not in (self._counts[path][0], None)
