"""What else can be said of the memory, beside how much is left."""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

ConditionId = Literal[
    "left-unknown",  # the kernel does not tell how much is available, or contradicts itself
    "files-in-memory",  # tmpfs and shared memory hold much, which no process's end frees
    "commit-limit",  # vm.overcommit_memory is 2 and nearly all is promised: allocations fail next
    "cgroup-stalls",  # a cgroup is held back by its own limit; the machine has plenty
    "stall-without-shortage",  # the same, but which cgroup it is can't be told
    "no-swap",  # memory is short, and there is no swap
    "swap-unused",  # memory is short, and the kernel kills before it swaps programs out (vm.swappiness is 0)
    "zram-large",  # memory is short, and the swap is zram that is larger than the RAM from which it takes its room
]
OF_THE_SETUP: frozenset[ConditionId] = frozenset({"no-swap", "swap-unused", "zram-large"})
"""Those that are mended at leisure and not while memory runs out."""


@dataclass(frozen=True, slots=True)
class Condition:
    id: ConditionId
    size: int | None = None
    """Bytes that it is about."""
    limit: int | None = None
    path: str | None = None
    """Of the cgroup."""
    serious: bool = False
