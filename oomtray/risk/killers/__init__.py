"""Every killer that is known, in the order in which they are asked; each has a file of its own here.

A new killer is a `Rule` in `RULES`, and where its choice can be foreseen a file here that judges what a file of
`oomtray.kernel.killers` has read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.killer import Killer
from oomtray.risk.killers.base import Rule
from oomtray.risk.killers.kernel import judge as judge_kernel
from oomtray.text import COMM_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.kernel.killer_facts import KillerFacts
    from oomtray.risk.killer import KillerName
    from oomtray.risk.killers.base import Candidates

RULES: tuple[Rule, ...] = (
    Rule("systemd-oomd", process="systemd-oomd"),
    Rule("earlyoom", process="earlyoom"),
    Rule("nohang", process="nohang"),
    Rule("oomd", process="oomd"),
    Rule("bustd", process="bustd"),
    Rule("low-memory-monitor", process="low-memory-monitor"),
    Rule("uresourced", process="uresourced"),
    Rule("kernel"),
)
"""Who acts earlier stands before who acts later; the kernel acts last, and is always there."""


def judged(candidates: Candidates) -> tuple[Killer, ...]:
    """Every killer that runs, with its next victim; who acts first comes first, who can't act last.

    In a cgroup that reached its limit only the kernel kills.
    """
    snapshot = candidates.snapshot
    kernel = judge_kernel(candidates)
    if not snapshot.killers or snapshot.scope.kind == "cgroup":
        return (kernel,)
    return tuple(sorted((*(_judge(facts, candidates) for facts in snapshot.killers), kernel), key=_order))


def _judge(facts: KillerFacts, candidates: Candidates) -> Killer:
    """Each in a module of its own, which is loaded only where that killer runs."""
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
    return Killer(
        name=facts.daemon.name, running=True, victim=None, idle_because="unknown" if reached else "not-permitted"
    )


def _order(killer: Killer) -> tuple[bool, float, int]:
    distance = float("inf") if killer.distance is None else killer.distance
    return killer.idle_because is not None, distance, _PLACES[killer.name]


_PLACES = {rule.name: place for place, rule in enumerate(RULES)}


def running(programs: Collection[str]) -> tuple[KillerName, ...]:
    """The killers beside the kernel that run, by the names of all programs (`oomtray.kernel.programs`)."""
    return tuple(
        rule.name
        for rule in RULES
        if rule.process is not None and not {rule.process, rule.process[:COMM_BYTES]}.isdisjoint(programs)
    )
