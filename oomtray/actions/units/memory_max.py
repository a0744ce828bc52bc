"""Raise the memory limit of a unit that reached it: which unit that is, to how much, and the command that does it.

systemctl set-property applies it at once and keeps it in a drop-in of its own; for a unit of the system's manager it asks for
the administrator's password itself.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillScope

SYSTEMCTL = "/usr/bin/systemctl"
_STEP = 64 << 20
_TYPES = (".service", ".scope", ".slice")
PATIENCE = 120.0
"""Seconds for a person to type a password."""


@dataclass(frozen=True, slots=True)
class MemoryMax:
    """A limit to set; bytes."""

    unit: str
    user: bool
    """Of the user's own manager."""
    before: int
    limit: int

    @property
    def back(self) -> MemoryMax:
        """What undoes it."""
        return MemoryMax(self.unit, self.user, self.limit, self.before)

    def command(self, systemctl: str = SYSTEMCTL) -> tuple[str, ...]:
        manager = ("--user",) if self.user else ()
        return (systemctl, *manager, "set-property", "--", self.unit, f"MemoryMax={self.limit}")


def raised(scope: KillScope | None, uid: int, *, cgroups: str = "/sys/fs/cgroup") -> MemoryMax | None:
    """Half as much again, in steps of 64 MiB; None where the limit is of no unit, or of none that is here now."""
    if scope is None or scope.kind != "cgroup" or scope.path is None or not scope.limit:
        return None
    unit = unit_of(scope.path)
    if unit is None or unit.root != scope.path.rstrip("/") or not unit.name.endswith(_TYPES) or unit.uid not in (None, uid):
        return None
    places = (cgroups, os.path.join(cgroups, "memory"), os.path.join(cgroups, "unified"))
    if ".." in scope.path or not any(os.path.isdir(place + scope.path) for place in places):
        return None
    limit = -(-scope.limit * 3 // (2 * _STEP)) * _STEP
    return MemoryMax(unit.name, unit.uid is not None, scope.limit, limit)


def apply(change: MemoryMax, *, systemctl: str = SYSTEMCTL) -> str:
    """What systemctl complains of; empty where it is done. Waits for a password: not on the main thread."""
    try:
        done = subprocess.run(
            change.command(systemctl), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.strip().partition("\n")[0]
    return "" if done.returncode == 0 else said or f"systemctl: {done.returncode}"
