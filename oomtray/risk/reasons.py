"""Why a row is marked: the warning and its reasons.

| reason | said where |
|---|---|
| next-victim | the kernel would take this process now |
| near-victim | its badness is within the kernel's counting error of the next victim's |
| large-share | its share is at or above the elevated mark |
| adj-set-by-app | its oom_score_adj is above 0 and above its parent's, and no service manager started it |
| adj-inherited | its oom_score_adj is not 0 and equal to its parent's |
| adj-protected | its oom_score_adj is below 0 |
| unit-dies-whole | its unit's OOMPolicy ends every process of the unit with it |
| group-dies-whole | memory.oom.group ends every process of its cgroup with it |
| small-but-first | it is first although another process holds more memory, because its oom_score_adj is above 0 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.victim import WHOLE_UNIT

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Consequences, Process
    from oomtray.risk.assessment import Reason, WarningMark
    from oomtray.risk.marks import RowMarks
    from oomtray.risk.ranking import Ranked


def warning(share: float | None, rank: int | None, marks: RowMarks) -> WarningMark:
    """The row's mark by share; the next victim is never below elevated, what can't be chosen never above none."""
    if rank is None or share is None:
        return "none"
    if share >= marks.high_share:
        return "high"
    return "elevated" if share >= marks.elevated_share or rank == 1 else "none"


def reasons(
    row: Ranked,
    share: float | None,
    marks: RowMarks,
    *,
    near: bool,
    parent: Process | None,
    consequences: Consequences | None,
    most_pages: int,
) -> tuple[Reason, ...]:
    found: list[Reason] = []
    adj = row.process.oom_score_adj or 0
    if row.rank == 1:
        found.append("next-victim")
    elif near:
        found.append("near-victim")
    if row.rank is not None and share is not None and share >= marks.elevated_share:
        found.append("large-share")
    inherited = adj != 0 and parent is not None and parent.oom_score_adj == adj
    if inherited:
        found.append("adj-inherited")
    elif adj > 0 and parent is not None and adj > (parent.oom_score_adj or 0):
        found.append("adj-set-by-app")
    if adj < 0:
        found.append("adj-protected")
    if consequences is not None:
        if consequences.unit_policy in WHOLE_UNIT and len(consequences.unit_pids) > 1:
            found.append("unit-dies-whole")
        if consequences.oom_group is not None and len(consequences.group_pids) > 1:
            found.append("group-dies-whole")
    if row.rank == 1 and adj > 0 and (row.process.pages or 0) < most_pages:
        found.append("small-but-first")
    return tuple(found)
