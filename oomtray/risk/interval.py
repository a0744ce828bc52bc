"""How long until the next tick and the next scan: soon where memory can run out soon, seldom where it can't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.thresholds import marks

if TYPE_CHECKING:
    from oomtray.config.settings import Pace, Thresholds
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.outlook import LevelName

_FASTEST = 512 * 1024 * 1024
"""Bytes per second at which a program may start to eat memory between two looks: page faults of a few threads."""
_RATE_MAY_GROW = 4.0
"""A rate may grow so many times: look again when a quarter of the remaining time has passed."""
_SHORTEST = 0.5
_FALLING, _SOON = 600.0, 60.0
"""Where all would be gone within so many seconds the forecast is fed every second, and at the shortest pause."""
LONGEST = 5.0
"""However much is left: what comes at once, such as a large file in memory or a guest that takes its share, is seen so soon."""


def next_tick(memory: Memory, rate: float | None, level: LevelName, thresholds: Thresholds, longest: float) -> float:
    """Seconds until the next tick, from 0.5 to `longest`; `rate` is bytes per second of shrinking.

    It is the time until the next threshold is reached at the fastest plausible rate, as in earlyoom; at the critical
    level there is no further threshold, and all that is left counts.
    """
    shortest = min(_SHORTEST, longest)
    if memory.left is None or not memory.usable:
        return shortest
    warning, critical = marks(thresholds, memory)
    mark = min({"normal": warning.used, "warning": critical.used}.get(level, 100.0), 100.0)
    headroom = memory.left - memory.usable * (100.0 - mark) / 100.0
    seconds = headroom / max(_FASTEST, _RATE_MAY_GROW * (rate or 0.0))
    if falls(memory, rate):
        seconds = min(seconds, shortest if falls(memory, rate, _SOON) else 2 * shortest)
    return min(max(seconds, shortest), longest)


def falls(memory: Memory, rate: float | None, within: float = _FALLING) -> bool:
    """Whether at this rate, in bytes per second, all that is left would be gone within so many seconds."""
    return memory.left is not None and rate is not None and rate * within > memory.left


def scan_interval(pace: Pace, level: LevelName, *, is_open: bool) -> float:
    """Seconds from one scan to the next; `is_open`: the popup is shown."""
    return pace.open_seconds if is_open or level != "normal" else pace.calm_seconds


_GIVES_WAY = 4.0
_GIVES_WAY_AT_MOST = 10.0


def give_way(began: float, ended: float) -> float:
    """When the next scan may begin at the earliest: on a machine that stalls, scans take no more than a fifth of the time.

    An ordinary scan takes milliseconds, so that this is felt only where reading itself must wait for memory.
    """
    return ended + min(_GIVES_WAY * (ended - began), _GIVES_WAY_AT_MOST)


_SLOW = 0.2


def is_slow(began: float, ended: float) -> bool:
    """Whether a scan took so long that the next one should read fewer rows: some twenty times what it takes otherwise."""
    return ended - began > _SLOW


_HARDLY_ANY = 64
"""A change of the available memory by less than this part of all says nothing of who is first."""
_CALM_SECONDS = 20.0
"""What shows neither in the available memory nor as a stall, such as a kill within a cgroup, is seen so soon."""


def differs(memory: Memory, left: int | None) -> bool:
    """Whether more or less memory is left than was, by so much that another process may be first now."""
    return memory.left is not None and left is not None and abs(memory.left - left) > memory.usable / _HARDLY_ANY


@dataclass(frozen=True, slots=True)
class Calm:
    """What a tick found while the level was normal: for a while MemAvailable alone says enough."""

    pause: float
    """Seconds between two glances."""
    until: float
    """Monotonic seconds at which the next tick is due in any case."""
    floor: float
    """Bytes of MemAvailable; at this or below it a tick is due at once."""
    thresholds: Thresholds
    """By which the level was found to be normal."""

    @classmethod
    def found(cls, memory: Memory, thresholds: Thresholds, pause: float, now: float) -> Calm | None:
        """None where the kernel doesn't tell what is available."""
        if memory.available is None or memory.left is None:
            return None
        warning = min(marks(thresholds, memory)[0].used, 100.0)
        spare = memory.left - memory.usable * (100.0 - warning) / 100.0
        return cls(pause, now + _CALM_SECONDS, memory.available - min(spare, memory.usable / _HARDLY_ANY), thresholds)
