"""Match kills counted by the kernel to processes that ended, by how they ended.

The kernel counts a kill before it sends the signal (mm/oom_kill.c, __oom_kill_process), so a process that
ended while the count stood still crashed or was killed by another program.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_paths import is_below
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oomtray.kernel.killer_names import Outcome
    from oomtray.kernel.snapshot import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process that has ended and may have been the kernel's victim."""

    pid: int
    by_signal: bool = True
    """Whether it is known that SIGKILL ended it."""
    rank: int | None = None
    """Rank in the kernel's order at the last scan; None if it was far down or not seen."""
    cgroup: str | None = None
    cgroup_kills: int | None = None
    """Kills in its cgroup not yet attributed; None if unknown."""
    killable: bool = True
    group: str | None = None
    """The cgroup that the kernel kills whole (memory.oom.group)."""


@dataclass(frozen=True, slots=True)
class Match:
    """One event: who died, or who may have."""

    outcome: Outcome
    pids: tuple[int, ...]
    """For `one-of` and `likely`, the likeliest first."""
    kills: int = 1
    """How many of the counted kills it covers."""


def match(kills: int, ended: Sequence[Ended], *, settled: bool) -> list[Match]:
    """Explain `kills` counted kills as far as possible now; the others stay unexplained.

    `settled` means that no other process is expected to end for them. Until then only certain matches are
    returned.
    """
    candidates = [one for one in ended if one.killable and one.cgroup_kills != 0]
    waiting = Counter(one.cgroup for one in candidates)
    sure = [one for one in candidates if one.by_signal and one.cgroup_kills and waiting[one.cgroup] <= one.cgroup_kills]
    if not settled:
        alone = [one for one in sure if one.group is None]
        return [Match("killed", (one.pid,)) for one in alone] if len(alone) <= kills else []
    if len(candidates) <= kills:
        return _whole_groups(candidates)
    if len(sure) > kills:
        sure = []
    rest = sorted((one for one in candidates if one not in sure), key=_likelihood)
    left = kills - len(sure)
    found = _whole_groups(sure)
    if left == 1:
        found.append(Match("one-of", tuple(one.pid for one in rest)))
    else:
        found += [Match("likely", (one.pid,)) for one in rest[:left]]
    return found


def _whole_groups(ended: Sequence[Ended]) -> list[Match]:
    """Combine the processes of a group that was killed whole into one match."""
    groups: dict[str, list[int]] = {}
    found = []
    for one in ended:
        if one.group is not None and one.by_signal:
            groups.setdefault(one.group, []).append(one.pid)
        else:
            found.append(Match("killed" if one.by_signal else "likely", (one.pid,)))
    return found + [Match("killed", tuple(pids), len(pids)) for pids in groups.values()]


def _likelihood(one: Ended) -> tuple[bool, bool, int]:
    return not one.cgroup_kills, not one.by_signal, 1 << 30 if one.rank is None else one.rank


def inside(processes: Iterable[Process], limited: Sequence[str]) -> tuple[Process, ...]:
    """Return the processes in these cgroups and below: the largest of each cgroup, then the second of each, and so on.

    This way a large cgroup doesn't crowd out a small one, which may have a kill as well.
    """
    groups: dict[str | None, str | None] = {None: None}
    members: dict[str, list[Process]] = {}
    for process in processes:
        path = process.cgroup
        if path not in groups:
            around = [one for one in limited if is_below(path, one)]
            groups[path] = max(around, key=len, default=None)
        group = groups[path]
        if group is not None:
            members.setdefault(group, []).append(process)
    placed = [
        (place, -(process.pages or 0), process)
        for group in members.values()
        for place, process in enumerate(sorted(group, key=lambda one: -(one.pages or 0)))
    ]
    return tuple(process for _, _, process in sorted(placed, key=lambda one: one[:2]))
