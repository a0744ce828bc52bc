"""earlyoom: kills the process with the highest oom_score when memory and swap are both low.

Source: earlyoom(1), kill.c of 1.7 to 1.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE, Memory, Process
from oomtray.risk.badness import ADJ_MIN
from oomtray.risk.killer import Killer, Takes, Victim
from oomtray.risk.killers.base import Candidates, held_back, stays_free, until_both, used_percent_at
from oomtray.risk.killers.expressions import found, posix
from oomtray.risk.ranking import counting_error

if TYPE_CHECKING:
    import re

    from oomtray.kernel.killer_facts import Earlyoom, Least

_PREFERRED = 300
_PREFERRED_RSS = 3 << 30
_KTHREADD = 2
_Key = tuple[int, int]


def judge(facts: Earlyoom, candidates: Candidates) -> Killer:
    """Predict its next victim, and how far it is from acting."""
    memory = candidates.snapshot.memory
    ram, swap = _limit(facts.memory, *_base(facts, memory)), _limit(facts.swap, memory.swap_total, memory.swap_total)
    victim = _victim(facts, candidates)
    return Killer(
        name="earlyoom",
        victim=victim,
        triggers_at=None if ram is None else used_percent_at(memory, ram),
        swap_at=_swap_used_at(memory, swap),
        takes=_takes(facts, candidates, victim),
        distance=None if ram is None or swap is None else until_both(memory, ram, swap),
        idle_because=held_back(facts, victim) or (None if swap is None else stays_free(memory, swap)),
        goes_by="size" if facts.by_rss else "score-below-zero" if facts.ignore_positive_adj else "score",
    )


def _base(facts: Earlyoom, memory: Memory) -> tuple[int | None, int | None]:
    """Return the bases of its percentage of memory, and of the percentage that it makes of -M when it starts."""
    if not facts.of_user_memory:
        return memory.total, memory.total
    if memory.available is None or memory.anonymous is None:
        return None, None
    return memory.available + memory.anonymous, memory.total


def _limit(least: Least, whole: int | None, sized_by: int | None) -> float | None:
    """Bytes: the lower of the percentage and the size."""
    if whole is None or sized_by is None:
        return None
    shares = [] if least.percent is None else [least.percent]
    if least.size is not None and sized_by:
        shares.append(100 * least.size / sized_by)
    return whole * min(shares or [10.0]) / 100


def _swap_used_at(memory: Memory, free: float | None) -> float | None:
    if free is None or not memory.swap_total:
        return None
    return min(max(100.0 * (1 - free / memory.swap_total), 0.0), 100.0)


def _victim(facts: Earlyoom, candidates: Candidates) -> Victim | None:
    snapshot = candidates.snapshot
    choose = _Choice(facts)
    # in order of PID as /proc lists them, because it takes the first of equals
    keyed = [(key, -p.pid, p) for p in snapshot.processes if (key := choose.key(p)) is not None]
    if not keyed:
        return None
    key, _, first = max(keyed)
    error = counting_error(snapshot.cpus, snapshot.kernel_release) * PAGE_SIZE
    near = [
        process for other, _, process in sorted(keyed, reverse=True)
        if process is not first and _too_close(key, other, error, by_rss=facts.by_rss)
    ]
    # systemd stops a unit only if the kernel kills in it: nothing ends together with the victim
    return Victim("earlyoom", candidates.risk(first), tuple(candidates.risk(process) for process in near))


def _too_close(key: _Key, other: _Key, error: int, *, by_rss: bool) -> bool:
    """Whether they are within one step of oom_score, and their resident memory within the counting error."""
    score, rss = (1, 0) if by_rss else (0, 1)
    return abs(key[rss] - other[rss]) <= error and (by_rss or key[score] - other[score] <= 1)


class _Choice:
    """Its order of processes: the highest key is killed."""

    def __init__(self, facts: Earlyoom) -> None:
        self._facts = facts
        self._prefer, self._avoid, self._ignore = map(_compiled, (facts.prefer, facts.avoid, facts.ignore))

    def key(self, process: Process) -> _Key | None:
        """Return the key of a process, or None if earlyoom never takes it."""
        facts = self._facts
        if process.pid <= _KTHREADD or process.kernel_thread or process.oom_score_adj == ADJ_MIN:
            return None
        if (facts.ignore_root and process.uid == 0) or process.oom_score is None:
            return None
        if _in(self._ignore, process.name) or (not process.rss and not facts.of_user_memory):
            return None
        score, rss = process.oom_score, process.rss or 0
        weight = _in(self._prefer, process.name) - _in(self._avoid, process.name)
        if facts.ignore_positive_adj:
            score -= max(process.oom_score_adj or 0, 0)
        if facts.by_rss:
            return rss + weight * _PREFERRED_RSS, score
        score += weight * _PREFERRED
        return (score, rss) if score > 0 or rss else None


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return None if pattern is None else posix(pattern)


def _in(pattern: re.Pattern[str] | None, name: str) -> bool:
    return pattern is not None and found(pattern, name)


def _takes(facts: Earlyoom, candidates: Candidates, victim: Victim | None) -> Takes | None:
    """Return the whole process group of the victim, with -g."""
    if victim is None:
        return None
    first = victim.risk.process
    group = facts.groups.get(first.pid)
    if group is None:
        return None
    pids = sorted(p.pid for p in candidates.snapshot.processes if facts.groups.get(p.pid) == group)
    return Takes(first.cgroup or "/", tuple(pids)) if len(pids) > 1 else None
