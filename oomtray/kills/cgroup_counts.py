"""How many of the kills that the kernel counts in each memory cgroup are accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.cgroups import MemoryCgroups


class CgroupKills:
    """By path; a cgroup that was never seen counts from the first look at it."""

    def __init__(self, cgroups: MemoryCgroups) -> None:
        self._cgroups = cgroups
        self._accounted: dict[str, int] = {}

    @property
    def accounted(self) -> Mapping[str, int]:
        return self._accounted

    def see(self, paths: Iterable[str]) -> None:
        """From now on, what is killed in these is to be accounted for."""
        for path in paths:
            if path not in self._accounted:
                self._accounted[path] = self._cgroups.oom_kills(path) or 0

    def left(self, path: str) -> int | None:
        """Kills in it that nobody has accounted for; None where that isn't known."""
        counted = self._cgroups.oom_kills(path)
        if counted is None or (path not in self._accounted and counted):
            return None
        return max(counted - self._accounted.get(path, 0), 0)

    def account(self, path: str) -> bool:
        """For one kill in it. Whether its count has told of that: not where it was not seen before."""
        if path not in self._accounted:
            self.see([path])
            return False
        self._accounted[path] += 1
        return True

    def read(self) -> dict[str, int]:
        """What the kernel counts now in each of those that were seen and are still there."""
        counts = {path: self._cgroups.oom_kills(path) for path in self._accounted}
        return {path: count for path, count in counts.items() if count is not None}

    def begin_anew(self, counts: dict[str, int]) -> None:
        """All of `counts` are accounted for: from here on only later kills are left."""
        self._accounted = counts
