"""What can really be had before memory runs out: RAM above the floor, and swap by what it is worth. Sizes are bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory

_FLOOR = 0.015
"""Share of usable RAM that nobody gets, where the kernel's own watermarks were not read."""
_RECLAIMED = 0.8
"""Share of ZFS's cache above its least size that comes back in time."""
_BENEATH = 0.05, 96 << 20
"""What the kernel still hands out after MemAvailable reads 0, as a share of RAM and at most in bytes: MemAvailable leaves
out the reserves above the lowest watermark and half of the page cache (mm/show_mem.c: si_mem_available), and
`min_free_kbytes` is 5 % of a small machine and some 66 MiB of a large one (mm/page_alloc.c, mm/khugepaged.c)."""


class Headroom(NamedTuple):
    """Two pools of memory, and what lies beneath them."""

    ram: float
    """Until programs wait for memory."""
    swap: float
    beneath: float
    """What may still be taken once both are empty, before the kernel kills."""
    whole: int
    """The usable RAM, by which the others are judged."""

    @property
    def both(self) -> float:
        return self.ram + self.swap


def headroom(memory: Memory) -> Headroom | None:
    """None where the kernel doesn't tell what is available."""
    whole = memory.usable
    if memory.available is None or not whole:
        return None
    floor = _FLOOR * whole if memory.floor is None else min(memory.floor, whole)
    left = min(memory.available + _RECLAIMED * memory.reclaimable, whole)
    share, most = _BENEATH
    beneath = min(left, floor) + min(share * whole, most)
    return Headroom(max(left - floor, 0.0), (memory.swap_free or 0) * _worth(memory), beneath, whole)


def steps_of(before: Memory, now: Memory) -> tuple[bool, float]:
    """What changed beside the use of memory: (whether RAM itself did, bytes of swap that came).

    A pool of huge pages, a balloon, swapon and swapoff, and a new estimate of what zram is worth move what is left
    without anybody having used or freed it.
    """
    resized = before.usable != now.usable
    if before.swap_total != now.swap_total:
        resized = True  # swapoff also brings pages back to RAM
        swap = (now.swap_free or 0) * _worth(now) - (before.swap_free or 0) * _worth(before)
    else:
        swap = (before.swap_free or 0) * (_worth(now) - _worth(before))
    return resized, swap


def _worth(memory: Memory) -> float:
    return 1.0 if memory.swap_worth is None else min(max(memory.swap_worth, 0.0), 1.0)
