"""What a log says of a kill: facts as they stand there; what it does not say is None."""

from __future__ import annotations

from typing import Literal, NamedTuple

from oomtray.records import dataclass

Killer = Literal["kernel", "systemd-oomd", "earlyoom", "nohang", "unknown"]
Constraint = Literal["none", "memcg", "cpuset", "mempolicy"]
Outcome = Literal["killed", "likely", "one-of", "nobody", "panic", "unknown"]
"""`killed`: the log says so. `likely`: a signal was sent, and what came of it isn't told. `one-of`: a process of the
cgroup. `nobody`: there was none to kill. `panic`: the kernel stopped the machine. `unknown`: the report lacks its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoker:
    """Who asked for memory when there was none."""

    pid: int | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A process that was killed, or a whole cgroup whose processes aren't named (`pid` None)."""

    pid: int | None
    name: str
    freed: int | None = None
    """Bytes that were resident: anonymous, file and shared."""
    adj: int | None = None
    uid: int | None = None
    cgroup: str | None = None
    command: str | None = None


class Task(NamedTuple):
    """A row of the table of tasks; sizes in pages."""

    pid: int
    uid: int
    name: str
    rss: int
    swap: int
    page_tables: int
    adj: int
    held: int
    """In memory and in swap."""
    pages: int
    """What badness counts before it is adjusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone of memory; bytes."""

    node: int | None
    name: str
    free: int
    minimum: int
    free_cma: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Memory of the whole machine as a report shows it; bytes."""

    page_size: int | None = None
    ram: int | None = None
    swap_total: int | None = None
    swap_free: int | None = None
    slab_unreclaimable: int | None = None
    huge_pages: int | None = None
    free: int | None = None
    zones: tuple[Zone, ...] = ()
    """Since Linux 3.0 of those nodes alone that could be used."""
    free_pieces: tuple[tuple[int, int], ...] = ()
    """Sizes of pieces, and how much is free in those of each; only where more than a page was wanted in one piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A memory cgroup that has reached its limit; bytes."""

    path: str | None = None
    usage: int | None = None
    limit: int | None = None
    hits: int | None = None
    """How often the limit was reached (failcnt)."""
    swap_limit: int | None = None
    """Of swap alone; None where it is unlimited or not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillReport:
    """One event of the log, in its order."""

    killer: Killer
    outcome: Outcome
    time: float | None
    """Seconds since 1970; None where the log has no date."""
    uptime: float | None = None
    victims: tuple[Killed, ...] = ()
    invoker: Invoker | None = None
    constraint: Constraint | None = None
    manual: bool = False
    """By hand: the magic SysRq key."""
    order: int | None = None
    """So many pages were wanted in one piece: 2 to the power of it."""
    mask: int | None = None
    """What kind of memory was wanted (gfp_mask)."""
    nodes_allowed: frozenset[int] | None = None
    """By the cpuset of who asked; only where that is why."""
    release: tuple[int, int] | None = None
    """Linux."""
    chosen: int | None = None
    """Pid of the highest badness where a child was killed in its place."""
    machine: Machine = Machine()
    limit: Limit | None = None
    tasks: tuple[Task, ...] = ()
    """Empty where there is no table, or none that badness can be computed from; those that come first where `read` was asked for no more."""
    whole_table: bool = True
    asked_by: Killer | None = None
    """Who had asked the victim to end before the kernel killed it."""
    from_unit: bool = False
    """Known from the result of a unit alone."""
