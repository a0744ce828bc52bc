"""What kills when memory runs out, its next victim, and what ends together with that.

The words in `IdleReason` and `Override` are public identifiers: JSON has them unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.kernel.killer_names import KillerName
    from oomtray.risk.judged import Risk

IdleReason = Literal[
    "nothing-enrolled", "zram", "no-swap", "swap-unused", "not-permitted", "no-psi", "switched-off", "unknown"
]  # fmt: skip
"""Why a running killer can't act."""
GoesBy = Literal[
    "score",  # oom_score, which oom_score_adj moves
    "score-below-zero",  # the same, but an oom_score_adj above 0 is subtracted again
    "size",  # resident memory, whatever oom_score_adj says
    "kernel",  # it makes the kernel kill
    "group",  # the memory of a whole cgroup
]
"""What decides which process a killer takes."""
Override = Literal["panic_on_oom", "oom_kill_allocating_task"]
"""A sysctl that voids the kernel's order."""


@dataclass(frozen=True, slots=True)
class Also:
    """Processes that end together with the victim."""

    unit: str
    """Unit name, or cgroup path for memory.oom.group."""
    cause: Literal["oom-policy-stop", "memory-oom-group"]
    pids: tuple[int, ...]
    main: bool = False
    """Whether systemd would end the unit only because the victim is its main process; the cause in JSON is the same."""


@dataclass(frozen=True, slots=True)
class Victim:
    """The next victim of one killer."""

    killer: KillerName
    risk: Risk
    near: tuple[Risk, ...] = ()
    """Candidates that the killer can't tell from the victim because of its counting error: "one of these"."""
    also: Also | None = None


@dataclass(frozen=True, slots=True)
class Takes:
    """Several processes that a killer ends at once."""

    unit: str
    """Unit name, or the cgroup path if it isn't a unit's."""
    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Killer:
    """The kernel, or a running program that ends processes before the kernel has to."""

    name: KillerName
    victim: Victim | None
    """The process it would kill next; None if there is none."""
    triggers_at: float | None = None
    """Percentage of memory used at which it acts; None if it has no such threshold."""
    overrides: tuple[Override, ...] = ()
    """Sysctls that void its order."""
    takes: Takes | None = None
    """What it ends at once, if more than one process."""
    distance: int | None = None
    """Bytes that can still be taken before it acts; None if unknown."""
    idle_because: IdleReason | None = None
    """Why it can't act although it is running."""
    swap_at: float | None = None
    """Percentage of swap used from which it acts; None if it doesn't wait for swap."""
    goes_by: GoesBy | None = None
    """What decides whom it takes; None for the kernel itself, and if unknown."""
    command: str | None = None
    """Command that it runs for its victim at first, instead of ending it."""

    @property
    def next(self) -> tuple[int, ...]:
        """PID of its next victim, in the form of the JSON."""
        return () if self.victim is None else (self.victim.risk.process.pid,)
