"""Track which of the kills that the kernel counts per memory cgroup are explained already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.cgroups import MemoryCgroups


class CgroupKills:
    """Counts of kills by cgroup path; a cgroup that was never seen is counted from its first look."""

    def __init__(self, cgroups: MemoryCgroups) -> None:
        self._cgroups = cgroups
        self._accounted: dict[str, int] = {}

    @property
    def accounted(self) -> Mapping[str, int]:
        return self._accounted

    def see(self, paths: Iterable[str]) -> None:
        """Start counting kills in these cgroups from now on."""
        for path in paths:
            if path not in self._accounted:
                self._accounted[path] = self._cgroups.oom_kills(path) or 0

    def left(self, path: str) -> int | None:
        """Return the number of kills in it not yet accounted for; None if unknown."""
        counted = self._cgroups.oom_kills(path)
        if counted is None or (path not in self._accounted and counted):
            return None
        return max(counted - self._accounted.get(path, 0), 0)

    def account(self, path: str) -> bool:
        """Account for one kill; return whether the cgroup's count shows it, which it can't if the cgroup is new."""
        if path not in self._accounted:
            self.see([path])
            return False
        self._accounted[path] += 1
        return True

    def read(self) -> dict[str, int]:
        """Return the kernel's current count for each seen cgroup that still exists."""
        counts = {path: self._cgroups.oom_kills(path) for path in self._accounted}
        return {path: count for path, count in counts.items() if count is not None}

    def begin_anew(self, counts: dict[str, int]) -> None:
        """Treat all of `counts` as accounted for, so that only later kills are left."""
        self._accounted = counts
