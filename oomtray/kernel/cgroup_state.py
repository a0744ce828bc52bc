"""How a memory cgroup stands within its own limit, and which cgroup stalls.

Source: Documentation/admin-guide/cgroup-v2.rst.
"""

from __future__ import annotations

import os

from oomtray.kernel.cgroup_limits import reclaimable
from oomtray.kernel.cgroups import MemoryCgroups, kills_told
from oomtray.kernel.files import read_int, read_or_empty
from oomtray.kernel.psi import averages
from oomtray.kernel.snapshot import Memory, Scope
from oomtray.records import dataclass

_DEEPEST = 12
_WIDEST = 512
"""How many children of a cgroup are examined in the search for the stalled one."""


@dataclass(frozen=True, slots=True)
class StalledCgroup:
    """The innermost cgroup that explains a stall."""

    path: str
    limit: int | None
    """The lower of memory.max and memory.high in bytes; None if it has neither."""
    used: int | None
    """Bytes charged to it."""


def within_limit(cgroups: MemoryCgroups, scope: Scope) -> Memory | None:
    """Read a cgroup scope as if it were a machine: its limit is the total, and its file cache is available.

    None if it can't be read, and for the whole machine. Swap is left out: how much of it the cgroup may still
    use depends on all others too.
    """
    if scope.path is None or scope.limit is None:
        return None
    directory = cgroups.directory(scope.path)
    v2 = cgroups.version == 2
    used = read_int(f"{directory}/{'memory.current' if v2 else 'memory.usage_in_bytes'}")
    if used is None:
        return None
    stat = read_or_empty(f"{directory}/memory.stat")
    cache = min(reclaimable(stat, cgroups.version), used)
    some, full = averages(read_or_empty(f"{directory}/memory.pressure"))
    return Memory(
        total=scope.limit,
        available=min(max(scope.limit - used + cache, 0), scope.limit),
        swap_total=None,
        swap_free=None,
        psi_some_avg10=some,
        psi_full_avg10=full,
        oom_kills=kills_told(read_or_empty(f"{directory}/{'memory.events' if v2 else 'memory.oom_control'}")),
    )


def stalled(cgroups: MemoryCgroups, least: float) -> StalledCgroup | None:
    """Find the cgroup that causes a stall of at least `least` percent.

    Descend from the root until no single child accounts for it, with some ten small reads per level. None on
    v1, which has no pressure per cgroup, and if no cgroup reaches `least`.
    """
    if cgroups.version != 2:
        return None
    path = ""
    for _ in range(_DEEPEST):
        worst = max(_children(cgroups, path, least), default=None)
        if worst is None:
            break
        _, path = worst
    if not path:
        return None
    directory = cgroups.directory(path)
    limits = [limit for name in ("memory.max", "memory.high") if (limit := read_int(f"{directory}/{name}")) is not None]
    return StalledCgroup(path, min(limits, default=None), read_int(f"{directory}/memory.current"))


def _children(cgroups: MemoryCgroups, path: str, least: float) -> list[tuple[float, str]]:
    found = []
    try:
        with os.scandir(cgroups.directory(path or "/")) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)][:_WIDEST]
    except OSError:
        return []
    for name in names:
        below = f"{path}/{name}"
        _, stall = averages(read_or_empty(f"{cgroups.directory(below)}/memory.pressure"))
        if stall is not None and stall >= least:
            found.append((stall, below))
    return found
