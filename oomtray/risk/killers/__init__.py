"""All known killers, in the order in which they act; each whose choice can be predicted has its own module here.

A new killer has its place in `IN_ORDER`. If its choice can be predicted, a module here judges what a module of
`oomtray.kernel.killers` has read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.killer import Killer
from oomtray.risk.killers.kernel import judge as judge_kernel

if TYPE_CHECKING:
    from oomtray.kernel.killer_facts import KillerFacts
    from oomtray.kernel.killer_names import KillerName
    from oomtray.risk.killers.base import Candidates

IN_ORDER: tuple[KillerName, ...] = (
    "systemd-oomd", "earlyoom", "nohang", "oomd", "bustd", "low-memory-monitor", "uresourced", "kernel",
)  # fmt: skip
"""In the order in which they act; the kernel is always there and acts last."""


def judged(candidates: Candidates) -> tuple[Killer, ...]:
    """Judge every running killer with its next victim: in the order in which they act, those that can't act last.

    One that acts but finds nobody it may take changes nothing, so that it comes behind those that do.

    In a cgroup that reached its limit only the kernel kills.
    """
    snapshot = candidates.snapshot
    kernel = judge_kernel(candidates)
    if snapshot.scope.kind == "cgroup":
        return (kernel,)
    return tuple(sorted((*(_judge(facts, candidates) for facts in snapshot.killers), kernel), key=_order))


def _judge(facts: KillerFacts, candidates: Candidates) -> Killer:
    """Judge one killer; its module is loaded only if that killer runs."""
    from oomtray.kernel.killer_facts import Earlyoom, LowMemoryMonitor, Nohang, SystemdOomd

    if isinstance(facts, Earlyoom):
        from oomtray.risk.killers import earlyoom

        return earlyoom.judge(facts, candidates)
    if isinstance(facts, SystemdOomd):
        from oomtray.risk.killers import systemd_oomd

        return systemd_oomd.judge(facts, candidates)
    if isinstance(facts, Nohang):
        from oomtray.risk.killers import nohang

        return nohang.judge(facts, candidates)
    if isinstance(facts, LowMemoryMonitor):
        from oomtray.risk.killers import low_memory_monitor

        return low_memory_monitor.judge(facts, candidates)
    reached = facts.daemon.reach != "none"
    return Killer(name=facts.daemon.name, victim=None, idle_because="unknown" if reached else "not-permitted")


def _order(killer: Killer) -> tuple[bool, bool, float, int]:
    distance = float("inf") if killer.distance is None else killer.distance
    return killer.idle_because is not None, killer.victim is None, distance, _PLACES[killer.name]


_PLACES = {name: place for place, name in enumerate(IN_ORDER)}
