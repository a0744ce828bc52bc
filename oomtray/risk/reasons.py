"""Why a row is marked: its warning and the reasons.

| reason | given if |
|---|---|
| next-victim | the kernel would take this process now |
| near-victim | its badness is within the kernel's counting error of the next victim's |
| large-share | its share is at or above the elevated threshold |
| adj-set-by-hand | its oom_score_adj is the one that was set for it here, by hand |
| adj-set-by-rule | its oom_score_adj is the one that a rule set for it |
| adj-inherited | its oom_score_adj is not 0 and equal to its parent's |
| adj-set-by-unit | its oom_score_adj is above 0 and above its parent's, and a service manager started it |
| adj-set-by-app | its oom_score_adj is above 0 and above its parent's, and nothing else accounts for it |
| adj-protected | its oom_score_adj is below 0 |
| unit-dies-whole | its unit's OOMPolicy ends every process of the unit with it |
| group-dies-whole | memory.oom.group ends every process of its cgroup with it |
| small-but-first | it is first although another process holds more memory, because its oom_score_adj is above 0 |

A process that can't be chosen has one reason in the JSON instead, why not: pid-1, kernel-thread, zombie,
adj-minimum, no-memory or not-eligible (`oomtray.risk.judged.WhyNot`).

Of the five reasons that name an origin of the oom_score_adj at most one is given; none if the parent can't be
seen.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.set_here import NOTHING, SetHere
from oomtray.risk.victim import also
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from oomtray.config.settings import Rows
    from oomtray.kernel.snapshot import Consequences, Process
    from oomtray.risk.judged import Reason, WarningMark
    from oomtray.risk.kill_event import AdjOrigin
    from oomtray.risk.ranking import Ranked


@dataclass(frozen=True, slots=True)
class Context:
    """What a row's reasons depend on besides the row itself."""

    table: Mapping[int, Process]
    """All processes by PID."""
    near: frozenset[int] = frozenset()
    consequences: Mapping[int, Consequences] = field(default_factory=dict)
    set_here: SetHere = NOTHING
    most_pages: int = 0
    nobody_next: bool = False
    """Whether the kernel kills nobody in this scope, so that the first row isn't the next victim."""


def warning(share: float | None, rank: int | None, thresholds: Rows, *, nobody_next: bool = False) -> WarningMark:
    """Return a row's warning by its share: at least elevated for the next victim, none for what can't be chosen."""
    if rank is None or share is None:
        return "none"
    if share >= thresholds.high_share:
        return "high"
    return "elevated" if share >= thresholds.elevated_share or (rank == 1 and not nobody_next) else "none"


def reasons(row: Ranked, share: float | None, thresholds: Rows, context: Context) -> tuple[Reason, ...]:
    """Return a row's reasons in the order of the table above: what happens, why, and what comes with it."""
    process = row.process
    found: list[Reason] = []
    is_next = row.rank == 1 and not context.nobody_next
    if is_next:
        found.append("next-victim")
    elif process.pid in context.near:
        found.append("near-victim")
    if row.rank is not None and share is not None and share >= thresholds.elevated_share:
        found.append("large-share")
    adj = process.oom_score_adj
    if adj:
        origin = origin_of_adj(process, context)
        if origin is not None:
            found.append(origin)
        if adj < 0:
            found.append("adj-protected")
    consequences = context.consequences.get(process.pid)
    whole = also(consequences, process.pid) if consequences is not None else None
    if whole is not None:
        found.append("group-dies-whole" if whole.cause == "memory-oom-group" else "unit-dies-whole")
    if is_next and adj is not None and adj > 0 and (process.pages or 0) < context.most_pages:
        found.append("small-but-first")
    return tuple(found)


def origin_of_adj(process: Process, context: Context) -> AdjOrigin | None:
    """Return where an oom_score_adj other than 0 comes from, as far as the process table tells."""
    adj = process.oom_score_adj
    if adj is None:
        return None
    here = context.set_here.origin_of(process)
    if here is not None:
        return here
    parent = context.table.get(process.ppid)
    if parent is None or parent.oom_score_adj is None:
        return None
    if parent.oom_score_adj == adj:
        return "adj-inherited"
    if adj < max(parent.oom_score_adj, 0):
        return None
    return "adj-set-by-unit" if _started_by_manager(process, parent) else "adj-set-by-app"


def _started_by_manager(process: Process, parent: Process) -> bool:
    """Whether a manager started the process outside the parent's unit, not only moved it to an app's scope."""
    unit, above = unit_of(process.unit_cgroup), unit_of(parent.unit_cgroup)
    if unit is None or unit == above:
        return False
    return parent.name == "systemd" or not unit.name.startswith("app-")
