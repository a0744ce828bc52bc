"""Find conditions of memory, beyond how much is left, that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.kernel.cgroup_paths import is_below
from oomtray.records import dataclass
from oomtray.risk.headroom import askable
from oomtray.risk.thresholds import has_plenty, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.config.settings import Thresholds
    from oomtray.kernel.cgroup_state import StalledCgroup
    from oomtray.kernel.snapshot import Memory, Snapshot
    from oomtray.risk.limited_group import LimitedGroup

ConditionId = Literal[
    "left-unknown",  # the kernel doesn't report how much is available, or contradicts itself
    "files-in-memory",  # tmpfs and shared memory hold much, which ending a process doesn't free
    "commit-limit",  # vm.overcommit_memory is 2 and nearly all is committed: allocations fail next
    "cgroup-stalls",  # a cgroup is throttled by its own limit; the machine has plenty
    "stall-without-shortage",  # the same, but the cgroup is unknown
    "no-swap",  # memory is short, and there is no swap
    "swap-unused",  # memory is short, and the kernel kills before it swaps programs out (vm.swappiness is 0)
    "zram-large",  # memory is short, and the swap is zram larger than the RAM that backs it
]
OF_THE_SETUP: frozenset[ConditionId] = frozenset({"no-swap", "swap-unused", "zram-large"})
"""Conditions of the setup, to fix at leisure and not while memory runs out."""
_MUCH = 0.25
"""Share of usable memory from which files in memory are worth mentioning."""
_NEARLY_ALL = 0.98
"""Share of CommitLimit that is committed; on most machines an allocation of a few hundred MiB fails next."""


@dataclass(frozen=True, slots=True)
class Condition:
    id: ConditionId
    size: int | None = None
    """Bytes that the condition is about."""
    limit: int | None = None
    path: str | None = None
    """Of the cgroup that stalls."""
    serious: bool = False


def conditions(
    snapshot: Snapshot,
    thresholds: Thresholds,
    elsewhere: StalledCgroup | None = None,
    limits: Sequence[LimitedGroup] = (),
) -> tuple[Condition, ...]:
    """Return the conditions in the order of urgency; `elsewhere` is the stalled cgroup, if one was found.

    A stall that `limits` already covers is no condition of its own.
    """
    memory, found = snapshot.memory, []
    if memory.left is None:
        found.append(Condition("left-unknown", serious=True))
    left = askable(snapshot)
    if left is not None and memory.commit_limit and left <= (1 - _NEARLY_ALL) * memory.commit_limit:
        found.append(Condition("commit-limit", left, memory.commit_limit, serious=True))
    if stalls_elsewhere(memory, thresholds) and not _is_covered(elsewhere, limits):
        if elsewhere is None:
            found.append(Condition("stall-without-shortage"))
        else:
            found.append(Condition("cgroup-stalls", elsewhere.used, elsewhere.limit, elsewhere.path, serious=True))
    lack = lack_of_swap(memory)
    if lack is not None and snapshot.scope.kind == "system" and _is_short(memory, thresholds):
        found.append(lack)
    if memory.shmem is not None and memory.usable and memory.shmem >= _MUCH * memory.usable:
        found.append(Condition("files-in-memory", memory.shmem))
    return tuple(found)


def lack_of_swap(memory: Memory) -> Condition | None:
    """Return why swap can't hold off a kill, or None if it can or that is unknown."""
    if memory.swap_total == 0:
        return Condition("no-swap")
    if memory.swappiness == 0 and memory.swap_total:
        return Condition("swap-unused", memory.swap_free, memory.swap_total)
    if memory.zram is not None and memory.zram > memory.total:
        return Condition("zram-large", memory.zram, memory.total)
    return None


def _is_short(memory: Memory, thresholds: Thresholds) -> bool:
    used = memory.used_percent
    return used is not None and used >= marks(thresholds, memory).warning.used


def stalls_elsewhere(memory: Memory, thresholds: Thresholds) -> bool:
    """Whether processes stall for memory although the machine has plenty of it."""
    stall, least = memory.psi_full_avg10, thresholds.warning_stall
    return bool(least) and stall is not None and stall >= least and has_plenty(memory, thresholds)


def _is_covered(elsewhere: StalledCgroup | None, limits: Sequence[LimitedGroup]) -> bool:
    """Whether `limits` has the stalled cgroup, one above or below it, or any throttled one if it is unknown."""
    held = [group.path for group in limits if group.held_since is not None]
    if elsewhere is None:
        return bool(held)
    path = elsewhere.path
    return any(is_below(path, one) or is_below(one, path) for one in held)
