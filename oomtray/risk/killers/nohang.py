"""nohang: kills the process with the highest oom_score, as changed by its regular expressions.

Source: nohang(8), nohang of 0.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.snapshot import PAGE_SIZE, Memory, Process, Snapshot
from oomtray.records import dataclass
from oomtray.risk.killer import IdleReason, Killer, Victim
from oomtray.risk.killers.base import Candidates, held_back, stays_free, until_both, used_percent_at
from oomtray.risk.killers.expressions import found, python
from oomtray.risk.ranking import counting_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.kernel.killer_facts import Least, Nohang, NohangLimit, Property

_STALLS = 0.5
"""Share of its limit from which a pressure is expected to last."""


@dataclass(frozen=True, slots=True)
class Badness:
    """nohang's badness of one process, with bounds: they differ if something that nohang looks at can't be read."""

    process: Process
    points: int
    least: int
    most: int


def judge(facts: Nohang, candidates: Candidates) -> Killer:
    """Predict its next victim, and how far it is from acting."""
    snapshot = candidates.snapshot
    memory = snapshot.memory
    conditions = [condition for limit in (facts.soft, facts.hard) for condition in _conditions(facts, limit, memory)]
    distance, idle = min(conditions, key=_order)
    order = ranked(facts, snapshot)
    victim = _victim(facts, order, candidates)
    ram = max(_bytes(facts.soft.memory, memory.total), _bytes(facts.hard.memory, memory.total))
    return Killer(
        name="nohang",
        victim=victim,
        triggers_at=used_percent_at(memory, ram),
        distance=distance,
        idle_because=held_back(facts, victim) or idle,
        goes_by="score-below-zero" if facts.ignore_positive_adj else "score",
        command=None if victim is None else _command(facts, victim.risk.process),
    )


def ranked(facts: Nohang, snapshot: Snapshot) -> list[Badness]:
    """Return the processes that it could kill, in its order; of equals, the one that /proc lists first."""
    judged = [_badness(facts, p) for p in snapshot.processes if _is_candidate(facts, p)]
    return sorted(judged, key=lambda one: (-one.points, one.process.pid))


def _is_candidate(facts: Nohang, process: Process) -> bool:
    return bool(process.oom_score) and process.pid not in (1, facts.daemon.pid)


def _badness(facts: Nohang, process: Process) -> Badness:
    adj = process.oom_score_adj or 0
    base = (process.oom_score or 0) - (max(adj, 0) if facts.ignore_positive_adj else 0)
    points = least = most = base
    for adjustment in facts.adjustments:
        if adjustment.points > 0 and adj < 0:
            continue
        matches = _matches(facts, process, adjustment.property, adjustment.pattern)
        if matches is None:
            least += min(adjustment.points, 0)
            most += max(adjustment.points, 0)
        elif matches:
            points, least, most = (one + adjustment.points for one in (points, least, most))
    return Badness(process, max(points, 0), max(least, 0), max(most, 0))


def _matches(facts: Nohang, process: Process, looked_at: Property, pattern: str) -> bool | None:
    """Whether the expression matches; None if what it looks at can't be read."""
    compiled = python(pattern)
    if compiled is None:
        return False
    text = _text(facts, process, looked_at)
    return None if text is None else found(compiled, text)


def _text(facts: Nohang, process: Process, looked_at: Property) -> str | None:
    if looked_at == "name":
        return process.name
    if looked_at == "uid":
        return str(process.uid)
    if looked_at == "realpath":
        return process.exe
    if looked_at in ("cgroup_v1", "cgroup_v2"):
        return process.unit_cgroup if looked_at in facts.hierarchies else ""
    return facts.texts.get(process.identity, {}).get(looked_at)


def _victim(facts: Nohang, order: list[Badness], candidates: Candidates) -> Victim | None:
    if not order or order[0].points < facts.least_badness:
        return None
    snapshot, first = candidates.snapshot, order[0]
    error = counting_error(snapshot.cpus, snapshot.kernel_release) * PAGE_SIZE
    near = [one.process for one in order[1:] if _may_come_first(first, one, error)]
    return Victim("nohang", candidates.risk(first.process), tuple(candidates.risk(process) for process in near))


def _may_come_first(first: Badness, other: Badness, error: int) -> bool:
    """Whether `other` may rank above `first`, by its bounds or because both are within the counting error.

    That is one step of score, with resident memory that differs by no more than the counters err.
    """
    if (first.least < first.points or other.most > other.points) and other.most >= first.least:
        return True
    alike = abs((first.process.rss or 0) - (other.process.rss or 0)) <= error
    return first.points - other.points <= 1 and alike


def _command(facts: Nohang, process: Process) -> str | None:
    """Return the command that replaces SIGTERM, from the first matching line."""
    return next(
        (one.command for one in facts.soft_actions if _matches(facts, process, one.property, one.pattern)), None
    )


def _order(condition: tuple[int | None, IdleReason | None]) -> tuple[bool, float]:
    distance, idle = condition
    return idle is not None, float("inf") if distance is None else distance


def _conditions(facts: Nohang, limit: NohangLimit, memory: Memory) -> Iterator[tuple[int | None, IdleReason | None]]:
    """Yield (distance, why it never acts) for memory and swap, memory and zram, memory and pressure."""
    ram = _bytes(limit.memory, memory.total)
    if memory.swap_total is None:
        yield None, None
    else:
        swap = _bytes(limit.swap, memory.swap_total)
        yield until_both(memory, ram, swap), stays_free(memory, swap)
    if memory.available is None:
        return
    above = round(max(memory.available - ram, 0))
    if facts.zram_checked and facts.zram is not None:
        missing = max(_bytes(limit.zram, memory.total) - facts.zram.takes, 0) * facts.zram.ratio
        if missing <= (memory.swap_free or 0):
            yield above + round(missing * (1 - 1 / facts.zram.ratio)), None
    # without swap it ignores pressure (check_psi_ex); when such a long stall begins can't be predicted
    if facts.pressure_checked and memory.swap_total and (facts.pressure or 0) >= limit.pressure * _STALLS:
        yield above, None


def _bytes(least: Least, whole: int) -> float:
    return whole * least.percent / 100 if least.percent is not None else float(least.size or 0)
