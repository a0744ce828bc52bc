"""Protection from systemd-oomd, which ignores oom_score_adj: the first step if it acts first, else the second. Pure."""

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
    """Control groups through which it may take these processes, without duplicates; never empty."""
    own: tuple[OomdGroup, ...]
    """Those that are units of the user manager and whose preference would be honored."""
    services: tuple[OomdGroup, ...]
    """Those that are system services and whose preference would be honored, which needs permission."""
    preference: Oomd
    """The value to set: avoid, or omit for the strongest protection."""

    @property
    def settable(self) -> tuple[OomdGroup, ...]:
        return self.own or self.services[:1]


def first_step(assessment: Assessment, processes: Iterable[Process], uid: int, action: str) -> OomdStep | None:
    """Return what to do instead of oom_score_adj if systemd-oomd acts before all other killers.

    None if another killer acts first, or if nothing that can be set would be honored. `uid` is the asking
    user.
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
    """Whether the preference is honored for the trigger that comes first: full swap, or another one."""
    if swap:
        return "swap" in group.honored
    return bool(group.honored - {"swap"}) and not group.ignored - {"swap"}


def oomd_step(assessment: Assessment, processes: Iterable[Process], uid: int, action: str = "protect") -> OomdStep | None:
    """Return the step, or None if systemd-oomd takes none of the processes. `uid` is the asking user."""
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
