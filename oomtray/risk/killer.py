"""Who kills when memory runs out, whom it would take next, and who goes with that.

The words in `KillerName`, `IdleReason`, `Override` are public identifiers: JSON carries them unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.killer_facts import Program
from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.risk.judged import Risk

KillerName = Literal["kernel", Program, "uresourced"]
IdleReason = Literal[
    "nothing-enrolled", "zram", "no-swap", "swap-unused", "not-permitted", "no-psi", "switched-off", "unknown"
]  # fmt: skip
"""Why a killer that runs can't act."""
Override = Literal["panic_on_oom", "oom_kill_allocating_task"]
"""A sysctl that voids the kernel's order."""


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
