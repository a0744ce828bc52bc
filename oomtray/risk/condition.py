"""Conditions of memory beyond how much is left."""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

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


@dataclass(frozen=True, slots=True)
class Condition:
    id: ConditionId
    size: int | None = None
    """Bytes that the condition is about."""
    limit: int | None = None
    path: str | None = None
    """Of the cgroup that stalls."""
    serious: bool = False
