"""How long until the next tick and the next scan: short when memory could run out soon, long otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.thresholds import marks

if TYPE_CHECKING:
    from oomtray.config.settings import Pace, Thresholds
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.outlook import LevelName

_FASTEST = 512 * 1024 * 1024
"""Bytes per second at which a program may start to take memory between two readings: page faults of a few threads."""
_RATE_MAY_GROW = 4.0
"""Factor by which a rate may grow, so that the next reading comes after a quarter of the remaining time."""
_SHORTEST = 0.5
_FALLING, _SOON = 600.0, 60.0
"""If memory would be gone within this many seconds, the forecast is fed every second, and at the shortest pause."""
USUAL, LONGEST = 5.0, 10.0
"""Longest pauses in seconds: in general, and if so much is left that not even `_SUDDEN` reaches the next threshold.

They are so short that a sudden large file in memory or a growing guest is seen this soon.
"""
_SUDDEN = 2048 * 1024 * 1024
"""Bytes per second that many threads, or a file system in memory, may take at once."""


def next_tick(memory: Memory, rate: float | None, level: LevelName, thresholds: Thresholds, longest: float) -> float:
    """Seconds until the next tick, from 0.5 to `longest`; `rate` is bytes per second of shrinking.

    It is the time until the next threshold at the fastest plausible rate, as in earlyoom; at the critical
    level, which has no next threshold, all that is left counts.
    """
    shortest = min(_SHORTEST, longest)
    if memory.left is None or not memory.usable:
        return shortest
    warning, critical = marks(thresholds, memory)
    mark = min({"normal": warning.used, "warning": critical.used}.get(level, 100.0), 100.0)
    headroom = memory.left - memory.usable * (100.0 - mark) / 100.0
    seconds = headroom / max(_FASTEST, _RATE_MAY_GROW * (rate or 0.0))
    seconds = min(seconds, max(USUAL, headroom / _SUDDEN))
    if falls(memory, rate):
        seconds = min(seconds, shortest if falls(memory, rate, _SOON) else 2 * shortest)
    return min(max(seconds, shortest), longest)


def falls(memory: Memory, rate: float | None, within: float = _FALLING) -> bool:
    """Whether everything left would be gone within `within` seconds at this rate, in bytes per second."""
    return memory.left is not None and rate is not None and rate * within > memory.left


def scan_interval(pace: Pace, level: LevelName, *, is_open: bool) -> float:
    """Seconds from one scan to the next; `is_open` says whether the popup is shown."""
    return pace.open_seconds if is_open or level != "normal" else pace.calm_seconds


_PAUSE_FACTOR = 4.0
_LONGEST_PAUSE = 10.0


def give_way(began: float, ended: float) -> float:
    """Earliest start of the next scan, so that scans take at most a fifth of the time on a stalling machine.

    A normal scan takes milliseconds; this matters only if reading itself has to wait for memory.
    """
    return ended + min(_PAUSE_FACTOR * (ended - began), _LONGEST_PAUSE)


_SLOW = 0.2


def is_slow(began: float, ended: float) -> bool:
    """Whether a scan took so long, some twenty times the usual, that the next one should read fewer rows."""
    return ended - began > _SLOW


_NEGLIGIBLE = 64
"""Divisor: a smaller change of available memory than 1/64 of RAM can't change who is first."""
_CALM_SECONDS = 20.0
"""Seconds until something is seen that shows neither in available memory nor as a stall, such as a kill in a cgroup."""
LONGEST_CALM = 35.0
"""Longest time between two ticks, in seconds; a scan due by then is waited for, because it has a tick of its own."""


def differs(memory: Memory, left: int | None) -> bool:
    """Whether what is left changed so much that another process may be first now."""
    return memory.left is not None and left is not None and abs(memory.left - left) > memory.usable / _NEGLIGIBLE


_QUIET = 256
"""Divisor: while less than 1/256 of RAM and swap has changed, no large process has grown, unless another gave way."""
QUIET_SECONDS = 3.0
"""Longest time between two surveys of which each reads a part.

One process may give way to another, and an oom_score_adj may change without any memory; then no reading should be
older than some of these.
"""


def is_quiet(memory: Memory, level: LevelName, left: int | None) -> bool:
    """Whether hardly any memory has moved since all processes were read, when `left` bytes were left."""
    if memory.left is None or left is None or level != "normal":
        return False
    return abs(memory.left - left) < memory.usable / _QUIET


@dataclass(frozen=True, slots=True)
class Calm:
    """What a tick found at level normal; until it expires, MemAvailable alone is enough to watch."""

    pause: float
    """Seconds between two readings of MemAvailable."""
    until: float
    """Monotonic seconds at which the next tick is due in any case."""
    floor: float
    """Bytes of MemAvailable at or below which a tick is due at once."""
    thresholds: Thresholds
    """The thresholds by which the level was normal."""

    @classmethod
    def found(cls, memory: Memory, thresholds: Thresholds, pause: float, now: float, scan_at: float) -> Calm | None:
        """Return the result of a calm tick, or None if the kernel doesn't report what is available.

        `scan_at` is when the next scan is due, in monotonic seconds.
        """
        if memory.available is None or memory.left is None:
            return None
        warning = min(marks(thresholds, memory)[0].used, 100.0)
        spare = memory.left - memory.usable * (100.0 - warning) / 100.0
        until = scan_at if scan_at <= now + LONGEST_CALM else now + _CALM_SECONDS
        return cls(pause, until, memory.available - min(spare, memory.usable / _NEGLIGIBLE), thresholds)
