"""Read what a process holds alone and what it shares, from /proc/PID/smaps_rollup (Linux 4.14).

The kernel walks all its page tables for that, up to 5 ms for a large process: only for a few processes, never
for all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from oomtray.kernel.process_handle import ProcessGone, open_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.snapshot import Process

_LINE = re.compile(rb"^(Pss|Pss_Anon|Pss_Shmem|Private_Clean|Private_Dirty|Swap|SwapPss): +(\d+) kB$", re.MULTILINE)
_FRESH_SECONDS, _STILL_SECONDS = 20.0, 60.0
"""How long numbers stand: of a process whose size changes a little, and of one whose size is the same to the byte.

Then they change only if another one stops sharing its memory.
"""
_SAME = 0.02
"""Within this relative change of size, a process isn't reread while its numbers are fresh."""


class Rollup(NamedTuple):
    """A process's private and shared memory, in bytes."""

    private: int
    """Resident pages that no other process maps, without shared memory and in-memory files, which may outlive it."""
    swap: int
    swap_shared: bool
    """Whether another process shares swapped pages, so that ending this one frees less than `swap`."""
    pss: int
    """Proportional set size: resident and swapped pages, each divided by the processes that share it."""
    anonymous_pss: int = 0
    """The resident anonymous part of it, shared only by forks; 0 before Linux 5.5."""
    swap_pss: int = 0
    """The swapped part of it."""


GONE = Rollup(0, 0, False, 0)
"""Rollup of a process that has ended."""


def read_rollup(process: Process, proc: str = "/proc") -> Rollup | None:
    """Read one process; None if it may not be read (another user's process), or the kernel has no such file."""
    try:
        with open_process(process.pid, process.start_time, proc) as handle:
            told = {key: int(value) * 1024 for key, value in _LINE.findall(handle.read_rollup())}
    except ProcessGone:
        return GONE
    except OSError:
        return None
    if b"Pss" not in told:
        return None
    private = told.get(b"Private_Clean", 0) + told.get(b"Private_Dirty", 0)
    swap, swap_pss = told.get(b"Swap", 0), told.get(b"SwapPss", 0)
    own = max(private - told.get(b"Pss_Shmem", 0), 0)
    anonymous = told.get(b"Pss_Anon", 0)
    return Rollup(own, swap, swap_pss < swap, told[b"Pss"] + swap_pss, anonymous, swap_pss)


def given_back(processes: Iterable[Process], proc: str = "/proc") -> int | None:
    """Bytes freed when all these processes end: private, swap and page tables, but not shared memory.

    What several of them share after a fork counts once. It takes up to 5 ms per process. None if one may not
    be read, if a single one shares its swapped pages, or if none is alive.
    """
    told = [(process.page_tables or 0, read_rollup(process, proc)) for process in processes]
    living = [(tables, rollup) for tables, rollup in told if rollup is not GONE]
    if not living:
        return None
    total = 0
    for tables, rollup in living:
        if rollup is None or (rollup.swap_shared and len(living) == 1):
            return None
        resident = rollup.private if len(living) == 1 else max(rollup.private, rollup.anonymous_pss)
        total += tables + resident + rollup.swap_pss
    return total


class Rollups:
    """Rollups of the few processes that matter in each scan, reread only if they may have changed."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._known: dict[tuple[int, int], tuple[float, int, Rollup | None]] = {}

    def of(self, processes: Iterable[Process], now: float, *, read: bool) -> Mapping[int, Rollup]:
        """Return rollups by PID, reading only with `read`; else known ones are returned while they still fit."""
        found: dict[int, Rollup] = {}
        known, self._known = self._known, {}
        for process in processes:
            size = (process.rss or 0) + (process.swap or 0)
            entry = known.get(process.identity)
            fits = entry is not None and abs(size - entry[1]) <= _SAME * max(size, 1)
            still = entry is not None and size == entry[1] and entry[2] is not None
            stands = _STILL_SECONDS if still else _FRESH_SECONDS
            if read and (entry is None or not fits or now - entry[0] > stands):
                entry, fits = (now, size, read_rollup(process, self._proc)), True
            if entry is None:
                continue
            self._known[process.identity] = entry
            if fits and entry[2] is not None and entry[2] is not GONE:
                found[process.pid] = entry[2]
        return found
