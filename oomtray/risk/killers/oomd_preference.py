"""Whether systemd-oomd could take the cgroup of a process, and whether it honors ManagedOOMPreference= there.

Source: oomd-util.c (oomd_fetch_cgroup_oom_preference) of systemd 252 to 261, systemd.resource-control(5). It
only looks at the cgroup that it kills, so a preference counts only if that is a unit's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.cgroup_paths import is_below
from oomtray.kernel.killer_facts import Group, Preference, SystemdOomd
from oomtray.records import dataclass
from oomtray.systemd.unit_names import Unit, unit_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.snapshot import Snapshot

Trigger = Literal["swap", "stall", "rule"]
"""Memory and swap are used up; a watched cgroup stalls; an `.oomrule` holds."""
_USER_MANAGER = "user@"


@dataclass(frozen=True, slots=True, kw_only=True)
class OomdGroup:
    path: str
    unit: Unit | None
    """The service or scope with this cgroup, whose ManagedOOMPreference= it therefore has; None if there is none."""
    pids: tuple[int, ...]
    """All processes that would be killed with it."""
    preference: Preference
    honored: frozenset[Trigger]
    """Triggers for which a preference of this cgroup counts; one that can't reach the cgroup is in neither set."""
    ignored: frozenset[Trigger]
    """Triggers for which it doesn't, as neither root nor the owner of the watched cgroup owns this one."""

    @property
    def name(self) -> str:
        """The unit's name, or the path if the cgroup isn't a unit's."""
        return self.path if self.unit is None else self.unit.name

    @property
    def exposed(self) -> bool:
        """Whether it would be taken like any other cgroup on one of the triggers."""
        return bool(self.ignored) or (bool(self.honored) and self.preference == "none")

    @property
    def left_out(self) -> bool:
        """Whether it is never taken."""
        return self.preference == "omit" and not self.ignored

    @property
    def can_be_spared(self) -> bool:
        """Whether a preference would change something, and there is a unit to set it for."""
        return self.unit is not None and bool(self.honored) and self.preference == "none"


def oomd_group(snapshot: Snapshot, cgroup: str | None) -> OomdGroup | None:
    """Return what would be killed with a process in this cgroup, or None if systemd-oomd watches no part of its path."""
    facts = next((found for found in snapshot.killers if isinstance(found, SystemdOomd)), None)
    group = None if facts is None else next((one for one in facts.groups if is_below(cgroup, one.path)), None)
    if facts is None or group is None:
        return None
    swap = bool(snapshot.memory.swap_total)
    reached = [(trigger, honors) for trigger, honors in _reached(facts, group) if swap or trigger != "swap"]
    ignored = frozenset(trigger for trigger, honors in reached if not honors)
    unit = unit_at(group.path)
    return OomdGroup(
        path=group.path,
        unit=None if unit is None or unit.name.startswith(_USER_MANAGER) else unit,
        pids=tuple(sorted(p.pid for p in snapshot.processes if is_below(p.cgroup, group.path) and not p.kernel_thread)),
        preference=group.preference,
        honored=frozenset(trigger for trigger, _ in reached) - ignored,
        ignored=ignored,
    )


def _reached(facts: SystemdOomd, group: Group) -> Iterator[tuple[Trigger, bool]]:
    """Yield each trigger that can reach the cgroup, and whether its preference counts for it."""
    for watched in facts.swap or ():
        if is_below(group.path, watched.path):
            yield "swap", group.uid == 0
    for watched in facts.pressure or ():
        if is_below(group.path, watched.path):
            yield "stall", group.uid in (0, watched.uid)
    for watched in facts.ruled:
        for rule in (facts.rules[name] for name in watched.rules if name in facts.rules):
            if is_below(group.path, watched.path):
                yield "rule", group.uid == 0 or (rule.action == "kill-by-pgscan" and group.uid == watched.uid)
