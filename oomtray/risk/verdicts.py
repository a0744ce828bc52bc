"""Whether each killer other than the kernel would take a given process, and what that depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass
from oomtray.risk.badness import ADJ_MIN

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Risk, WhyNot
    from oomtray.risk.killer import Killer
    from oomtray.risk.killers.oomd_preference import OomdGroup

Would = Literal[
    "next",  # it would take this process now
    "one-of",  # this process, or another that it can't tell apart
    "later",  # another one first
    "never",  # it excludes this process
    "not-watched",  # it only takes what is in certain cgroups, and this process isn't
    "idle",  # it runs but can't act
    "unknown",  # its choice can't be predicted
]
"""Public identifiers, used in the JSON."""
_NEVER_KILLED: frozenset[WhyNot | None] = frozenset({"pid-1", "kernel-thread", "zombie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    killer: Killer
    would: Would
    group: OomdGroup | None = None
    """What systemd-oomd would kill; None if it doesn't watch this process."""


def verdicts(assessment: Assessment, risk: Risk) -> tuple[Verdict, ...]:
    """Return the verdicts in the order in which the killers act.

    Empty if the kernel is the only killer, or nothing kills this process.
    """
    if risk.why_not in _NEVER_KILLED:
        return ()
    others = (killer for killer in assessment.killers if killer.name != "kernel")
    return tuple(_verdict(assessment, killer, risk.process) for killer in others)


def oomd_could_take(assessment: Assessment, process: Process) -> OomdGroup | None:
    """Return the group of the process if systemd-oomd could take it like any other; None if it can't or avoids it."""
    killer = next((one for one in assessment.killers if one.name == "systemd-oomd"), None)
    if killer is None or killer.idle_because is not None:
        return None
    from oomtray.risk.killers.oomd_preference import oomd_group

    group = oomd_group(assessment.snapshot, process.cgroup)
    return group if group is not None and group.exposed else None


def _verdict(assessment: Assessment, killer: Killer, process: Process) -> Verdict:
    if killer.name == "systemd-oomd":
        from oomtray.risk.killers.oomd_preference import oomd_group

        group = oomd_group(assessment.snapshot, process.cgroup)
        return Verdict(killer=killer, would=_oomd(killer, group), group=group)
    would: Would = _idle(killer) or ("never" if process.oom_score_adj == ADJ_MIN else _among(killer, process))
    return Verdict(killer=killer, would=would)


def _oomd(killer: Killer, group: OomdGroup | None) -> Would:
    idle = _idle(killer)
    if idle is not None:
        return idle
    if group is None:
        return "not-watched"
    if group.left_out:
        return "never"
    victim = killer.victim
    if victim is None:
        return "unknown"
    if victim.risk.process.pid not in group.pids and not any(risk.process.pid in group.pids for risk in victim.near):
        return "later"
    return "one-of" if victim.near else "next"


def _idle(killer: Killer) -> Would | None:
    if killer.idle_because is None:
        return None
    return "unknown" if killer.idle_because == "unknown" else "idle"


def _among(killer: Killer, process: Process) -> Would:
    victim = killer.victim
    if victim is None:
        return "unknown"
    if killer.takes is not None and process.pid in killer.takes.pids:
        return "one-of" if victim.near else "next"
    close = [risk.process.identity for risk in victim.near]
    if process.identity == victim.risk.process.identity:
        return "one-of" if close else "next"
    return "one-of" if process.identity in close else "later"
