"""What protects from systemd-oomd, which never looks at oom_score_adj: first where it acts first, else as the second step. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.verdicts import oomd_could_take

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.units.settings import Oomd
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.killers.oomd_preference import OomdGroup


@dataclass(frozen=True, slots=True)
class OomdStep:
    exposed: tuple[OomdGroup, ...]
    """The control groups that it may take with these processes, each once; never empty."""
    own: tuple[OomdGroup, ...]
    """Of these, units of the user's own manager whose preference would count."""
    services: tuple[OomdGroup, ...]
    """Of these, services of the system whose preference would count, which needs permission."""
    preference: Oomd
    """To be set: avoid, or omit after the strongest protection."""

    @property
    def settable(self) -> tuple[OomdGroup, ...]:
        return self.own or self.services[:1]


def first_step(assessment: Assessment, processes: Iterable[Process], uid: int, action: str) -> OomdStep | None:
    """What protects where systemd-oomd acts before all other killers: not oom_score_adj, but this.

    None where another acts first, and where nothing can be set that counts. `uid` is who asks.
    """
    killer = assessment.killer
    if action not in ("protect", "protect-strongly") or killer is None or killer.name != "systemd-oomd":
        return None
    step = oomd_step(assessment, processes, uid, action)
    if step is None:
        return None
    swap = killer.swap_at is not None
    own, services = ([group for group in groups if _counts(group, swap=swap)] for groups in (step.own, step.services))
    return replace(step, own=tuple(own), services=tuple(services)) if own or services else None


def _counts(group: OomdGroup, *, swap: bool) -> bool:
    """Whether a preference counts upon what comes first: that swap is full, or something else."""
    if swap:
        return "swap" in group.honored
    return bool(group.honored - {"swap"}) and not group.ignored - {"swap"}


def oomd_step(assessment: Assessment, processes: Iterable[Process], uid: int, action: str = "protect") -> OomdStep | None:
    """None where systemd-oomd takes none of them. `uid` is who asks."""
    if not any(killer.name == "systemd-oomd" for killer in assessment.killers):
        return None
    found = (oomd_could_take(assessment, process) for process in processes)
    exposed = tuple({group.path: group for group in found if group is not None}.values())
    if not exposed:
        return None
    named = [(group, group.unit) for group in exposed if group.can_be_spared and group.unit is not None]
    return OomdStep(
        exposed,
        own=tuple(group for group, unit in named if unit.uid == uid),
        services=tuple(group for group, unit in named if unit.uid is None and unit.name.endswith(".service")),
        preference="omit" if action == "protect-strongly" else "avoid",
    )
