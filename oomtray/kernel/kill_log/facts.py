"""What a log says of a kill, as frozen facts; what it doesn't say is None."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.chosen import Chosen
    from oomtray.kernel.killer_names import Constraint, Killer, Outcome


class Invoker(NamedTuple):
    """The process whose allocation failed."""

    pid: int | None
    name: str


class Killed(NamedTuple):
    """A process that was killed, or with `pid` None a whole cgroup whose processes aren't named."""

    pid: int | None
    name: str
    freed: int | None = None
    """Resident bytes: anonymous, file and shared."""
    adj: int | None = None
    uid: int | None = None
    cgroup: str | None = None
    command: str | None = None


class Task(NamedTuple):
    """A row of the task table; sizes in pages."""

    pid: int
    uid: int
    name: str
    rss: int
    swap: int
    page_tables: int
    adj: int
    held: int
    """Pages in memory and swap."""
    pages: int
    """Badness before the adjustment."""


class Zone(NamedTuple):
    """A memory zone; bytes."""

    node: int | None
    name: str
    free: int
    minimum: int
    free_cma: int


class Machine(NamedTuple):
    """Memory of the whole machine as shown in a report; bytes."""

    page_size: int | None = None
    ram: int | None = None
    swap_total: int | None = None
    slab_unreclaimable: int | None = None
    huge_pages: int | None = None
    files: int | None = None
    """In files that live in memory (tmpfs), as far as no process has mapped them."""
    free: int | None = None
    zones: tuple[Zone, ...] = ()
    """Since Linux 3.0 only from nodes that could be used."""
    free_pieces: tuple[tuple[int, int], ...] = ()
    """(size of a free piece, bytes free in pieces of that size), only if more than one contiguous page was requested."""


class Limit(NamedTuple):
    """A memory cgroup that reached its limit; bytes."""

    path: str | None = None
    usage: int | None = None
    limit: int | None = None
    hits: int | None = None
    """How often the limit was reached (failcnt)."""
    swap_limit: int | None = None
    """Limit of swap alone; None if unlimited or unknown."""


class KillReport(NamedTuple):
    """One event of the log."""

    killer: Killer
    outcome: Outcome
    time: float | None
    """Seconds since 1970; None if the log has no date."""
    uptime: float | None = None
    host: str | None = None
    """Name of the machine that logged it."""
    victims: tuple[Killed, ...] = ()
    invoker: Invoker | None = None
    constraint: Constraint | None = None
    manual: bool = False
    """Whether it was requested with the magic SysRq key."""
    allocating: bool = False
    """Whether the kernel took the process that asked for memory, as vm.oom_kill_allocating_task tells it to."""
    lowered: bool = False
    """Whether the invoker set the limit below what was in use, rather than asking for memory."""
    order: int | None = None
    """2 to this power contiguous pages were requested."""
    mask: int | None = None
    """The kind of memory requested (gfp_mask)."""
    nodes_allowed: frozenset[int] | None = None
    """Nodes allowed by the cpuset of the invoker; only if that is why."""
    release: tuple[int, int] | None = None
    """Linux release."""
    chosen: Chosen | None = None
    machine: Machine = Machine()
    limit: Limit | None = None
    tasks: tuple[Task, ...] = ()
    """Empty without a table from which badness can be computed; only the leading tasks if `read` was asked for those."""
    whole_table: bool = True
    asked_by: Killer | None = None
    """Which killer had asked the victim to end before the kernel killed it."""
    from_unit: bool = False
    """Whether it is known only from a unit's result."""
    not_before: float | None = None
    """Earliest time of an event of which `time` is the latest; None if `time` is exact."""
