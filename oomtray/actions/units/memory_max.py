"""Find the unit that reached its memory limit, and a higher limit for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillScope

_STEP = 64 << 20
_TYPES = (".service", ".scope", ".slice")


@dataclass(frozen=True, slots=True)
class MemoryMax:
    """A unit and the limit to set for it, in bytes."""

    unit: str
    user: bool
    """Whether it is a unit of the user manager."""
    limit: int


def raised(scope: KillScope | None, uid: int, *, cgroups: str = "/sys/fs/cgroup") -> MemoryMax | None:
    """Propose 1.5 times the limit, rounded up to 64 MiB; None if the limit belongs to no unit or the unit is gone."""
    if scope is None or scope.kind != "cgroup" or scope.path is None or not scope.limit:
        return None
    unit = unit_of(scope.path)
    if unit is None or unit.root != scope.path.rstrip("/") or not unit.name.endswith(_TYPES) or unit.uid not in (None, uid):
        return None
    places = (cgroups, os.path.join(cgroups, "memory"), os.path.join(cgroups, "unified"))
    if ".." in scope.path or not any(os.path.isdir(place + scope.path) for place in places):
        return None
    limit = -(-scope.limit * 3 // (2 * _STEP)) * _STEP
    return MemoryMax(unit.name, unit.uid is not None, limit)
