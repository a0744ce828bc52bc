"""The kernel's own killer: kills the process with the highest badness (mm/oom_kill.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.killer import Killer, Override, Victim
from oomtray.risk.killers.base import Candidates, until_exhausted
from oomtray.risk.victim import also

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Snapshot


def judge(candidates: Candidates) -> Killer:
    """Return the first of the ranking as the victim, and what voids the ranking; nobody where the cgroup's processes wait."""
    if candidates.snapshot.scope.waits:
        return Killer(name="kernel", victim=None, idle_because="switched-off")
    first = next((risk for risk in candidates.risks[:1] if risk.rank == 1), None)
    victim = None
    if first is not None:
        consequences = candidates.consequences.get(first.process.pid)
        victim = Victim(
            "kernel", first, candidates.near, also(consequences, first.process.pid) if consequences else None
        )
    snapshot = candidates.snapshot
    return Killer(
        name="kernel",
        victim=victim,
        overrides=overrides(snapshot),
        distance=until_exhausted(snapshot.scope.memory or snapshot.memory),
    )


def overrides(snapshot: Snapshot) -> tuple[Override, ...]:
    """Return the sysctls that void the ranking (mm/oom_kill.c, out_of_memory and check_panic_on_oom).

    In a cgroup that reached its limit oom_kill_allocating_task doesn't count, and panic_on_oom only if it is
    2.
    """
    policy, system = snapshot.policy, snapshot.scope.kind == "system"
    names: list[Override] = []
    if policy.oom_kill_allocating_task and system:
        names.append("oom_kill_allocating_task")
    if policy.panic_on_oom and (system or policy.panic_on_oom == 2):
        names.append("panic_on_oom")
    return tuple(names)
