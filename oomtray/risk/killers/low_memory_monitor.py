"""low-memory-monitor: makes the kernel kill once everything waits for memory (src/low-memory-monitor.c of 2.1).

It writes f into /proc/sysrq-trigger after everything stalled for a tenth of a second within one second. The
kernel then takes the first of its own order; it neither panics nor takes the process that asks for memory
(mm/oom_kill.c, is_sysrq_oom).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.risk.killer import IdleReason, Killer
from oomtray.risk.killers.base import Candidates, until_stalled
from oomtray.risk.killers.kernel import judge as judge_kernel

if TYPE_CHECKING:
    from oomtray.kernel.killer_facts import LowMemoryMonitor
    from oomtray.kernel.snapshot import Memory

_STALLED = 10.0
"""Percentage of a second."""


def judge(facts: LowMemoryMonitor, candidates: Candidates) -> Killer:
    """Predict whom the kernel would kill for it, and how far it is from acting."""
    memory, victim = candidates.snapshot.memory, judge_kernel(candidates).victim
    return Killer(
        name="low-memory-monitor",
        victim=None if victim is None else replace(victim, killer="low-memory-monitor"),
        distance=0 if (memory.psi_full_avg10 or 0) >= _STALLED else until_stalled(memory),
        idle_because=_idle(facts, memory),
        goes_by="kernel",
    )


def _idle(facts: LowMemoryMonitor, memory: Memory) -> IdleReason | None:
    if not facts.kills:
        return "unknown" if facts.kills is None else "switched-off"
    if facts.daemon.uid != 0:
        return "not-permitted"
    return "no-psi" if memory.psi_full_avg10 is None else None
