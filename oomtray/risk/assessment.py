"""What a snapshot means: frozen judgments that the tray, the popup and the commands all show.

Sizes are bytes, badness is in pages, shares are per mille of the scope's total pages.
The words in `WarningMark`, `WhyNot`, `Reason` are public identifiers: JSON carries them unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.killers.facts import Program
from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Process, Snapshot
    from oomtray.risk.cgroup_limits import LimitedGroup
    from oomtray.risk.conditions import Condition
    from oomtray.risk.growing_apps import GrowingApp

LevelName = Literal["normal", "warning", "critical"]
AppKind = Literal["app", "service", "session", "executable"]
Cause = Literal["used", "stall", "forecast", "none"]
WarningMark = Literal["none", "elevated", "high"]
WhyNot = Literal["pid-1", "kernel-thread", "zombie", "adj-minimum", "no-memory", "not-eligible"]
"""Why the kernel never chooses a process; not-eligible: in vfork, or already being reaped (it shows oom_score 0)."""
Reason = Literal[
    "next-victim", "near-victim", "large-share", "adj-set-by-hand", "adj-inherited", "adj-set-by-unit", "adj-set-by-app",
    "adj-protected", "unit-dies-whole", "group-dies-whole", "small-but-first",
]
"""What each means stands in the table of `oomtray.risk.reasons`."""
KillerName = Literal["kernel", Program, "uresourced"]
IdleReason = Literal[
    "nothing-enrolled", "zram", "no-swap", "swap-unused", "not-permitted", "no-psi", "switched-off", "unknown"
]  # fmt: skip
"""Why a killer that runs can't act."""
Override = Literal["panic_on_oom", "oom_kill_allocating_task"]
"""A sysctl that voids the kernel's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One judged process."""

    process: Process
    badness: int | None
    """The kernel's own number in pages for the scope; None for what has no memory."""
    share: float | None
    """badness * 1000 / total pages: -1000..2000, normally 0..1000."""
    rank: int | None
    """1 dies first; None for what can't be chosen."""
    why_not: WhyNot | None
    warning: WarningMark = "none"
    reasons: tuple[Reason, ...] = ()
    app: str | None = None
    """Key of the app it belongs to."""
    unit: str | None = None
    """Innermost systemd unit (service or scope)."""
    change: float | None = None
    """Bytes per second of rss + swap; None until it was seen twice."""
    private: int | None = None
    """Resident and swapped bytes that nobody else has; None where they were not read, or can't be told."""

    @property
    def killable(self) -> bool:
        return self.why_not is None

    @property
    def memory(self) -> int | None:
        """rss + swap in bytes, as a person counts it."""
        return None if self.process.rss is None else self.process.rss + (self.process.swap or 0)

    @property
    def frees(self) -> int | None:
        """Bytes that its death gives back: private, swapped and of page tables.

        Where its private memory was not read: anonymous, swapped and of page tables, which is the most that it can be,
        as anonymous pages are shared after a fork. None where the kernel doesn't tell.
        """
        p = self.process
        if self.private is not None:
            return self.private + (p.page_tables or 0)
        return None if p.rss_anon is None else p.rss_anon + (p.swap or 0) + (p.page_tables or 0)

    @property
    def frees_exact(self) -> bool:
        """Whether `frees` is no upper bound."""
        return self.private is not None


@dataclass(frozen=True, slots=True)
class Also:
    """Who goes with the victim."""

    unit: str
    """Unit name, or cgroup path for memory.oom.group."""
    cause: Literal["oom-policy-stop", "memory-oom-group"]
    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Victim:
    """The next victim of one killer."""

    killer: KillerName
    risk: Risk
    near: tuple[Risk, ...] = ()
    """Candidates that the killer's own counting error can't tell from it: 'one of these'."""
    also: Also | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """More than one process that a killer ends at once."""

    unit: str
    """Unit name, or cgroup path where it is no unit's."""
    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Killer:
    """The kernel, or a program that ends processes before the kernel has to."""

    name: KillerName
    running: bool
    victim: Victim | None
    """Whom it would take next; None where there is nobody that it could take."""
    triggers_at: float | None = None
    """Per cent of memory used at which it acts; None where it has no such threshold."""
    overrides: tuple[Override, ...] = ()
    """What voids its order."""
    takes: Takes | None = None
    """What it ends at once, where that is more than one process."""
    distance: int | None = None
    """Bytes that may still be taken before it acts; None where that can't be told."""
    idle_because: IdleReason | None = None
    """Why it can't act although it runs."""
    swap_at: float | None = None
    """Per cent of swap used from which on it acts; None where swap is nothing that it waits for."""
    command: str | None = None
    """What it runs for its victim, at first instead of ending it."""

    @property
    def next(self) -> tuple[int, ...]:
        """The pid of its next victim, as the JSON has it."""
        return () if self.victim is None else (self.victim.risk.process.pid,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How long memory lasts at the rate at which it goes now: two clocks, each the earliest and the latest in seconds."""

    rate: float | None = None
    """Bytes per second by which what is left shrinks; negative while it grows, None until known."""
    stall: tuple[float, float] | None = None
    """Until programs wait for memory: RAM above the floor is gone. None where that is not foreseeable."""
    kill: tuple[float, float] | None = None
    """Until the killer that acts first kills. None where that is not foreseeable."""
    ram: int | None = None
    """Bytes of RAM that can really be had: above the floor, with what ZFS would give back."""
    swap: int | None = None
    """Bytes of free swap, by what they are worth."""

    @property
    def seconds(self) -> float | None:
        """The middle of the range until somebody kills."""
        return None if self.kill is None else sum(self.kill) / 2


@dataclass(frozen=True, slots=True)
class Level:
    """Where the memory stands, with hysteresis. Times are monotonic seconds."""

    name: LevelName = "normal"
    since: float = 0.0
    cause: Cause = "none"
    calmer_since: float | None = None
    """Since when readings have asked for a lower level; None while they don't."""
    calmer_to: LevelName | None = None
    """The highest level that they asked for since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Processes that a person knows by one name."""

    key: str
    """Stable identifier, e.g. `firefox` or `mysql.service`."""
    name: str
    kind: AppKind
    members: tuple[Risk, ...]
    """Best rank first; those that can't be chosen last."""
    memory: int | None
    memory_from: Literal["cgroup", "pss", "sum"]
    """cgroup: anonymous + shared + swap of its cgroup's memory.stat; pss: the proportional shares of the members; sum:
    anonymous + swap + page tables of the members, which counts what they share after a fork several times."""
    age: float | None
    """Seconds since the oldest number in the sum was read."""
    share: float | None
    """The highest share of a member: the kernel kills processes, not apps."""
    rank: int | None
    """1 for the app of the next victim."""
    unit: str | None = None
    change: float | None = None
    warning: WarningMark = "none"
    uid: int | None = None
    """Whose app it is: with the key it names one row; None for the system's services."""

    @property
    def memory_exact(self) -> bool:
        """False where `memory` is only an upper bound."""
        return self.memory_from != "sum" or len(self.members) <= 1

    @property
    def adj_range(self) -> tuple[int, int] | None:
        values = [m.process.oom_score_adj for m in self.members if m.process.oom_score_adj is not None]
        return (min(values), max(values)) if values else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One point of the trail that the sparkline draws."""

    at: float
    used_percent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What crosses from the worker to everybody else."""

    snapshot: Snapshot
    level: Level
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen by memory; only the first `Monitor` was asked for."""
    killers: tuple[Killer, ...]
    """Who acts first comes first."""
    apps: tuple[App, ...] = ()
    """By rank; empty where apps weren't asked for."""
    trail: tuple[Reading, ...] = ()
    """Memory used over the last ten minutes, oldest first."""
    forecast: Forecast = Forecast()
    process_count: int = 0
    conditions: tuple[Condition, ...] = ()
    """What else is to be known of the memory."""
    growing: tuple[GrowingApp, ...] = ()
    """What takes memory, fastest first; only while the level is raised."""
    limits: tuple[LimitedGroup, ...] = ()
    """The cgroups that are close to their own memory limit, or held back by it; the machine's level knows nothing of them."""

    @property
    def killer(self) -> Killer | None:
        """Who acts first, of those that run."""
        return next((killer for killer in self.killers if killer.running), None)

    @property
    def victim(self) -> Victim | None:
        """The next victim: that of the killer which acts first."""
        killer = self.killer
        return None if killer is None else killer.victim
