"""One out-of-memory kill as any source reported it: who, when, by whom, and how certain that is.

Several sources may report the same kill: live the kernel's counters and a process's exit, later a log, and
two programs that record. `same_kill` decides whether two events are one, and `merged` combines them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from oomtray.records import dataclass
from oomtray.risk.app_names import named_by
from oomtray.systemd.unit_names import group_name, unit_of

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.chosen import Chosen
    from oomtray.kernel.killer_names import Constraint, Killer, KillerName, Outcome
    from oomtray.risk.free_memory import FreeMemory
    from oomtray.risk.postmortem import Cause, Ranked

    KillerId = Killer | KillerName | Literal["oomtray"]

Source = Literal[
    "proc-connector", "pidfd", "vmstat", "memory-events", "unit-result", "kernel-log", "oomd-signal", "log"
]  # fmt: skip
Certainty = Literal["certain", "one-of", "likely", "unknown"]
AdjOrigin = Literal["adj-set-by-hand", "adj-set-by-rule", "adj-inherited", "adj-set-by-unit", "adj-set-by-app"]
NOBODY_KILLED: frozenset[Outcome] = frozenset({"nobody", "ending", "panic"})
"""Memory ran out, and the kernel killed no process."""
_CERTAINTY: tuple[Certainty, ...] = ("unknown", "one-of", "likely", "certain")
_SAME_PID = 120.0
"""How many seconds apart two reports of one process's death may be: a log may be late and have another clock."""
_SAME_TIME = 15.0
"""How many seconds apart two reports of one death may be if one of them names no process."""


DRILL = "oomtray-drill"
"""Comm of the process that a fire drill has killed, and name of its scope unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """A process that was killed, or with `pid` None a cgroup killed whole whose processes aren't known."""

    pid: int | None
    name: str
    start_time: int | None = None
    """Clock ticks after boot."""
    freed: int | None = None
    """Bytes resident when it died, or when it was last read."""
    oom_score_adj: int | None = None
    adj_from: AdjOrigin | None = None
    """Origin of that value; None if it is 0 or the origin is unknown."""
    uid: int | None = None
    unit: str | None = None
    app: str | None = None
    """The app's name for people; for an interpreter the script's, if that was read before the kill."""
    command: str | None = None
    """Executable without arguments, which are never stored."""

    @property
    def of_drill(self) -> bool:
        """Whether it ended in a fire drill."""
        return DRILL in (self.name, self.app)


@dataclass(frozen=True, slots=True, kw_only=True)
class KillScope:
    """The scope that ran out of memory."""

    kind: Literal["system", "cgroup"]
    path: str | None = None
    limit: int | None = None
    """The cgroup's limit in bytes."""
    total_pages: int | None = None


class Trigger(NamedTuple):
    """The process whose allocation failed."""

    pid: int | None
    name: str


class Grew(NamedTuple):
    """An app that took memory just before the kill."""

    app: str
    """The app's name for people."""
    rate: float
    """Bytes per second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillEvent:
    """One out-of-memory condition and its victims: several if the kernel killed a whole group."""

    time: float | None
    """Seconds since 1970; None if the log has no date. For an unwatched kill, when it was noticed."""
    not_before: float | None = None
    """Earliest possible time of an unwatched kill; None if `time` is the time of the kill."""
    boot: str | None = None
    """The kernel's boot_id."""
    count: int | None = None
    """Number among the kernel's kills since boot (`oom_kill` in /proc/vmstat), of the last of several victims."""
    kills: int = 1
    """How many kills it stands for; more than one only for unseen kills that are too many to keep one by one."""
    killer: KillerId
    outcome: Outcome
    """With `one-of` the victims are the candidates, the likeliest first."""
    victims: tuple[Dead, ...] = ()
    scope: KillScope | None = None
    trigger: Trigger | None = None
    chosen: Chosen | None = None
    constraint: Constraint | None = None
    manual: bool = False
    lowered: bool = False
    """Whether `trigger` set the limit below what was in use, rather than asking for memory."""
    allocating: bool = False
    """Whether the kernel took the process that asked for memory, as vm.oom_kill_allocating_task tells it to."""
    sources: tuple[Source, ...] = ()
    foretold: float | None = None
    """How many seconds before the kill a warning named the victim."""
    growing: tuple[Grew, ...] = ()
    asked_by: Killer | None = None
    """Which killer had asked the victim to end before the kernel killed it."""
    cause: Cause | None = None
    ranking: tuple[Ranked, ...] | None = None
    """From the report's own task table, first to be killed first."""
    page_size: int | None = None
    """Size of the pages in `ranking`, in bytes."""
    free: FreeMemory | None = None
    """Where memory was free, if only part of it was short."""

    @property
    def is_drill(self) -> bool:
        """Whether all of it was a fire drill."""
        return bool(self.victims) and all(victim.of_drill for victim in self.victims)

    @property
    def confined(self) -> bool:
        """Whether only a part of the machine was short: a control group at a limit of its own, or some nodes."""
        return self.constraint not in (None, "none") or (self.scope is not None and self.scope.kind == "cgroup")

    @property
    def certainty(self) -> Certainty:
        if self.outcome == "killed" or self.outcome in NOBODY_KILLED:
            return "certain"
        return self.outcome if self.outcome in ("one-of", "likely") else "unknown"

    @property
    def freed(self) -> int | None:
        """Bytes of all victims together; None if unknown, or if it is unknown who the victim was."""
        known = [victim.freed for victim in self.victims if victim.freed is not None]
        return sum(known) if known and self.outcome != "one-of" else None


def group_victim(path: str) -> Dead:
    """Describe a cgroup that was killed whole without any of its processes being seen."""
    unit, app = unit_of(path), named_by(path)
    return Dead(
        pid=None,
        name=group_name(path),
        unit=None if unit is None else unit.name,
        app=None if app is None else app.name,
    )


def same_kill(one: KillEvent, other: KillEvent) -> bool:
    """Whether two events may be one kill: they share a process, or are close in time and don't contradict."""
    if (one.boot and other.boot and one.boot != other.boot) or one.kills != other.kills:
        return False
    if shares_victim(one, other):
        return True
    if one.count is not None and other.count is not None:
        return one.count == other.count
    if not _near(one, other, _SAME_TIME) or ("unknown" not in (one.killer, other.killer) and one.killer != other.killer):
        return False
    if _pids(one) and _pids(other):
        return (one.certainty == "likely") != (other.certainty == "likely")  # one of them was a wrong guess
    if one.victims and other.victims:
        first, second = one.victims[0], other.victims[0]
        return first.unit == second.unit or _unit_unread(first) or _unit_unread(second)
    return True


def shares_victim(one: KillEvent, other: KillEvent) -> bool:
    """Whether both events name the same process."""
    ours, theirs = _pids(one), _pids(other)
    return _near(one, other, _SAME_PID) and any(
        pid in theirs and (start is None or theirs[pid] in (None, start)) for pid, start in ours.items()
    )


def _unit_unread(victim: Dead) -> bool:
    """Whether it was gone before anything but its PID, and perhaps its name, could be read."""
    return victim.pid is not None and victim.unit is None and victim.start_time is None


_EITHER = (
    *("boot", "trigger", "chosen", "constraint", "manual", "allocating", "lowered", "growing", "asked_by", "cause", "ranking", "page_size", "free"),
)


def merged(one: KillEvent, other: KillEvent) -> KillEvent:
    """Merge two events of one kill; where they disagree, the more certain one wins."""
    surer, less = (one, other) if _weight(one) >= _weight(other) else (other, one)
    watched = [event.time for event in (one, other) if event.not_before is None and event.time is not None]
    told = dict.fromkeys((*one.sources, *other.sources))
    either = {name: getattr(surer, name) or getattr(less, name) for name in _EITHER}
    return replace(
        surer,
        time=min(watched) if watched else surer.time,
        not_before=None if watched else surer.not_before,
        count=surer.count if surer.count is not None else less.count,
        killer=less.killer if surer.killer == "unknown" else surer.killer,
        victims=_victims(surer, less),
        scope=_fuller(surer.scope, less.scope),
        sources=tuple(told),
        foretold=surer.foretold if surer.foretold is not None else less.foretold,
        **either,
    )


def _weight(event: KillEvent) -> tuple[int, bool, int]:
    logged = "kernel-log" in event.sources or "log" in event.sources
    return _CERTAINTY.index(event.certainty), logged, len(event.victims)


def _victims(surer: KillEvent, less: KillEvent) -> tuple[Dead, ...]:
    """Take the victims of the more certain event, filled in with what only the other knows."""
    if not surer.victims:
        return less.victims if surer.outcome not in NOBODY_KILLED else ()
    if not _pids(surer) and _pids(less) and less.certainty == "certain":
        return less.victims  # the group's processes, where the more certain event has only its name
    others = {victim.pid: victim for victim in less.victims if victim.pid is not None}
    known = tuple(one if one.pid is None else _filled(one, others.get(one.pid)) for one in surer.victims)
    if len(known) == 1 and less.victims and not others and _unit_unread(known[0]):  # systemd names only the unit
        return (replace(known[0], unit=less.victims[0].unit, app=less.victims[0].app),)
    return known


def _filled(one: Dead, other: Dead | None) -> Dead:
    if other is None:
        return one
    known = {name: getattr(other, name) for name in _OPTIONAL if getattr(one, name) is None}
    return replace(one, **known)


_OPTIONAL = ("start_time", "freed", "oom_score_adj", "adj_from", "uid", "unit", "app", "command")


def _fuller(one: KillScope | None, other: KillScope | None) -> KillScope | None:
    if one is None or other is None or one.kind != other.kind:
        return one or other
    return replace(
        one,
        path=one.path or other.path,
        limit=one.limit if one.limit is not None else other.limit,
        total_pages=one.total_pages if one.total_pages is not None else other.total_pages,
    )


def _near(one: KillEvent, other: KillEvent, seconds: float) -> bool:
    if one.time is None or other.time is None:
        return False
    return _begin(one) - seconds <= other.time and _begin(other) - seconds <= one.time


def _begin(event: KillEvent) -> float:
    assert event.time is not None
    return event.time if event.not_before is None else event.not_before


def _pids(event: KillEvent) -> dict[int, int | None]:
    return {victim.pid: victim.start_time for victim in event.victims if victim.pid is not None}
