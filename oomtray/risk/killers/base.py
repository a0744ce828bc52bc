"""What killers choose from, when they are held back, and how much memory can be taken before one acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.headroom import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.kernel.killer_facts import Earlyoom, Nohang
    from oomtray.kernel.snapshot import Consequences, Memory, Process, Snapshot
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import IdleReason, Victim


@dataclass(frozen=True, slots=True)
class Candidates:
    snapshot: Snapshot
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen; possibly only the first rows."""
    near: tuple[Risk, ...]
    """Within the kernel's counting error of the first, without the first."""
    consequences: Mapping[int, Consequences]
    """What else ends with a process, by PID; only for the kernel's likely victims."""
    risk: Callable[[Process], Risk]
    """Judges any process of the snapshot, as another killer's victim may not be among the first."""


def held_back(facts: Earlyoom | Nohang, victim: Victim | None) -> IdleReason | None:
    """Return why a daemon can't end its victim: by kill(2), CAP_KILL is needed for another user's process."""
    if facts.dry_run:
        return "switched-off"
    daemon = facts.daemon
    others = daemon.reach == "own" and victim is not None and victim.risk.process.uid != daemon.uid
    return "not-permitted" if daemon.reach == "none" or others else None


def until_exhausted(memory: Memory) -> int | None:
    """Bytes until the kernel kills: RAM left above the floor, and swap by its worth."""
    ram = until_stalled(memory)
    return None if ram is None else ram + round((memory.swap_free or 0) * worth(memory))


def until_stalled(memory: Memory) -> int | None:
    """Bytes until processes wait for memory: RAM left above the floor."""
    return None if memory.left is None else max(memory.left - (memory.floor or 0), 0)


def until_both(memory: Memory, ram: float, swap: float) -> int | None:
    """Bytes until at most `ram` bytes are available and at most `swap` bytes of swap are free.

    What is taken comes out of RAM, or pushes something else into swap: what is left above the two is added up.
    """
    if memory.available is None or memory.swap_free is None:
        return None
    return round(max(memory.available - ram, 0) + max(memory.swap_free - swap, 0) * worth(memory))


def stays_free(memory: Memory, swap: float) -> IdleReason | None:
    """Return why free swap never falls to `swap` bytes before the kernel kills; None if it may.

    zram is in RAM itself: it can't take more than all that is there, compressed. With vm.swappiness 0 the
    kernel kills rather than swap.
    """
    above = (memory.swap_free or 0) - swap
    if above <= 0 or memory.swap_worth is None or memory.swap_worth >= 1:
        return None
    if memory.swap_worth <= 0:
        return "swap-unused"
    anonymous = memory.total if memory.anonymous is None else memory.anonymous
    room = (memory.available or 0) + anonymous - (memory.floor or 0)
    return "zram" if above * (1 - memory.swap_worth) > room else None


def used_percent_at(memory: Memory, left: float) -> float | None:
    """Percentage of memory used when `left` bytes are left."""
    return max(100.0 * (memory.usable - left) / memory.usable, 0.0) if memory.usable else None
