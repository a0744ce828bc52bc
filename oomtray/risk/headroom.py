"""How many bytes can really be had before memory runs out: RAM above the floor, and swap by its worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory, Snapshot

_FLOOR = 0.015
"""Share of usable RAM that no program gets, if the kernel's own watermarks were not read."""
_RECLAIMED = 0.8
"""Share of ZFS's cache above its minimum size that is released in time."""
_BENEATH = 0.05, 96 << 20
"""What the kernel still hands out after MemAvailable reads 0, as a share of RAM and at most in bytes.

MemAvailable leaves out the reserves above the lowest watermark and half of the page cache (mm/show_mem.c:
si_mem_available), and `min_free_kbytes` is 5 % of a small machine and some 66 MiB of a large one
(mm/page_alloc.c, mm/khugepaged.c).
"""


class Headroom(NamedTuple):
    """Two pools of memory, and what lies beneath them."""

    ram: float
    """Until programs wait for memory."""
    swap: float
    beneath: float
    """What can still be taken once both pools are empty, before the kernel kills."""
    whole: int
    """Usable RAM, the measure for the others."""

    @property
    def both(self) -> float:
        return self.ram + self.swap


def headroom(memory: Memory) -> Headroom | None:
    """Split what is left into pools; None if the kernel doesn't report what is available."""
    whole = memory.usable
    if memory.available is None or not whole:
        return None
    floor = _FLOOR * whole if memory.floor is None else memory.floor
    left = min(memory.available + _RECLAIMED * memory.reclaimable, whole)
    share, most = _BENEATH
    beneath = min(left, floor) + min(share * whole, most)
    return Headroom(max(left - floor, 0.0), (memory.swap_free or 0) * worth(memory), beneath, whole)


def steps_of(before: Memory, now: Memory) -> tuple[bool, float]:
    """Return what changed other than memory use: (whether RAM itself did, bytes of swap added).

    Huge page pools, balloons, swapon and swapoff, and new estimates of zram's worth move what is left
    although no program used or freed memory.
    """
    resized = before.usable != now.usable
    if before.swap_total != now.swap_total:
        resized = True  # swapoff also moves pages back to RAM
        swap = (now.swap_free or 0) * worth(now) - (before.swap_free or 0) * worth(before)
    else:
        swap = (before.swap_free or 0) * (worth(now) - worth(before))
    return resized, swap


def askable(snapshot: Snapshot) -> int | None:
    """Bytes that a new program may still ask for until it is refused memory; None unless vm.overcommit_memory is 2.

    Each of its requests leaves aside root's reserve, and the smaller one of the users' reserve and a 32nd of what
    the program has (mm/util.c, __vm_enough_memory). All in one request may be larger by the latter, and the kernel
    counts what is promised for each CPU at first, so this is no exact border.
    """
    memory, policy = snapshot.memory, snapshot.policy
    if policy.overcommit_memory != 2 or not memory.commit_limit or memory.committed is None:
        return None
    free = max(memory.commit_limit - memory.committed - policy.admin_reserve, 0)
    return max(free - policy.user_reserve, free * 32 // 33)


def worth(memory: Memory) -> float:
    """Share of the free swap that is worth something, 0..1; 1 if it was not read."""
    return 1.0 if memory.swap_worth is None else memory.swap_worth
