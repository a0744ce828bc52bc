"""Memory, swap, stall and the kill count of the whole system (meminfo, pressure/memory, vmstat of proc(5))."""

from __future__ import annotations

import errno
import os
import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.capabilities import SYS_ADMIN, may
from oomtray.kernel.files import RereadFile, number, read_or_empty
from oomtray.kernel.psi import averages
from oomtray.kernel.snapshot import PAGE_SIZE, Memory, OomPolicy
from oomtray.kernel.swap import SwapReader

if TYPE_CHECKING:
    from collections.abc import Callable

_HUGE_COUNT = re.compile(rb"\nHugePages_Total:\s*(\d+)\n(?:Huge.*\n)*?Hugepagesize:\s*(\d+) kB\n")
_ARC = re.compile(rb"^(size|c_min)\s+\d+\s+(\d+)$", re.MULTILINE)
_OOM_KILL = b"oom_kill"
_HIGH = re.compile(rb"^ +high +(\d+)$", re.MULTILINE)
_STRICT = 2
"""Value of vm.overcommit_memory with which what is promised is limited (mm/util.c: OVERCOMMIT_NEVER)."""
_LOOK_FOR_ZFS = 60.0
"""Seconds between two checks whether the ZFS module was loaded."""
_FLOOR, _HIGHEST_FLOOR = 0.015, 0.03
"""Shares of the usable RAM between which the floor lies.

The upper one is for small machines, and for containers whose zones are the host's: MemAvailable leaves out
most of what lies below the high watermarks already.
"""


class MemoryReader:
    """Reads a `Memory` in some 40 microseconds: cheap enough for every tick."""

    def __init__(
        self, proc: str = "/proc", sysfs: str = "/sys", *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._proc = proc
        self._clock = clock
        self._swap = SwapReader(proc, sysfs)
        self._watermarks = 0
        self._zones_of: int | None = None
        self._meminfo = RereadFile(f"{proc}/meminfo")
        self._pressure = RereadFile(f"{proc}/pressure/memory")
        self._vmstat = RereadFile(f"{proc}/vmstat")
        self._allocating = RereadFile(f"{proc}/sys/vm/oom_kill_allocating_task")
        self._panic = RereadFile(f"{proc}/sys/vm/panic_on_oom")
        self._overcommit = RereadFile(f"{proc}/sys/vm/overcommit_memory")
        self._stall: tuple[bytes, tuple[float | None, float | None]] = b"", (None, None)
        """The pressure as last read, and its averages."""
        self._policy: tuple[tuple[bytes, ...], OomPolicy] | None = None
        """The sysctls as last read, and parsed."""
        self._arc: RereadFile | None = None
        self._looked_for_zfs = 0.0
        self._look_for_zfs()

    def read(self) -> Memory:
        """Read memory. Raises OSError if even the total is unknown (no procfs)."""
        text = b"\n" + self._meminfo.read()
        total = _bytes(text, b"\nMemTotal:")
        if not total:
            raise OSError(errno.ENODATA, os.strerror(errno.ENODATA), f"{self._proc}/meminfo")
        pressure = self._pressure.read()
        if pressure != self._stall[0]:  # while nothing stalls, the text stays the same
            self._stall = pressure, averages(pressure)
        some, full = self._stall[1]
        kills = self._vmstat.count(_OOM_KILL)
        swap_total = _bytes(text, b"\nSwapTotal:")
        swap_free = 0 if swap_total == 0 else _at_most(_bytes(text, b"\nSwapFree:"), swap_total)
        swap = self._swap.read(swap_total, swap_free, total, self._clock())
        huge_pages = _huge_pages(text)
        usable = max(total - huge_pages, 0)
        return Memory(  # by place, which takes half as long after seconds of sleep as by name
            total,
            _at_most(_bytes(text, b"\nMemAvailable:"), total),  # available
            swap_total,
            swap_free,
            some,  # psi_some_avg10
            full,  # psi_full_avg10
            kills,
            huge_pages,
            self._reclaimable(),
            _bytes(text, b"\nShmem:"),  # shmem
            _bytes(text, b"\nCommitLimit:"),  # commit_limit
            _bytes(text, b"\nCommitted_AS:"),  # committed
            _bytes(text, b"\nAnonPages:"),  # anonymous
            self._floor(total, usable),
            *swap,
        )

    def available(self) -> int | None:
        """Read only MemAvailable in bytes, at a tenth of the cost of `read`; None if the kernel doesn't report it."""
        return _bytes(self._meminfo.read(), b"\nMemAvailable:")

    def oom_kills(self) -> int | None:
        """Read only the kernel's kill count; None if the kernel doesn't report it."""
        return self._vmstat.count(_OOM_KILL)

    def policy(self) -> OomPolicy:
        """Read the sysctls that void a ranking (Documentation/admin-guide/sysctl/vm.rst)."""
        if self._clock() - self._looked_for_zfs >= _LOOK_FOR_ZFS:
            self._look_for_zfs()
        told = self._allocating.read(), self._panic.read(), self._overcommit.read()
        if self._policy is None or told != self._policy[0]:
            allocating, panic, overcommit = map(number, told)
            self._policy = told, OomPolicy(allocating, panic, overcommit)
        if self._policy[1].overcommit_memory == _STRICT:
            return replace(self._policy[1], admin_reserve=self._admin_reserve(), user_reserve=self._reserve("user"))
        return self._policy[1]

    def _admin_reserve(self) -> int:
        return 0 if may(SYS_ADMIN, self._proc) else self._reserve("admin")

    def _reserve(self, whose: str) -> int:
        return (number(read_or_empty(f"{self._proc}/sys/vm/{whose}_reserve_kbytes")) or 0) << 10

    def close(self) -> None:
        for file in (
            *(self._meminfo, self._pressure, self._vmstat, self._allocating, self._panic, self._overcommit),
            *(() if self._arc is None else (self._arc,)),
        ):
            file.close()

    def _floor(self, total: int, usable: int) -> int:
        if total != self._zones_of:
            self._zones_of, self._watermarks = total, self._high_watermarks()
        return int(min(max(_FLOOR * usable, self._watermarks), _HIGHEST_FLOOR * usable))

    def _high_watermarks(self) -> int:
        """Bytes below which the kernel reclaims, summed over all zones (mm/page_alloc.c); 0 if unknown."""
        zones = read_or_empty(f"{self._proc}/zoneinfo")
        return sum(int(pages) for pages in _HIGH.findall(zones)) * PAGE_SIZE

    def _look_for_zfs(self) -> None:
        self._looked_for_zfs = self._clock()
        path = f"{self._proc}/spl/kstat/zfs/arcstats"
        if self._arc is None and os.path.exists(path):
            self._arc = RereadFile(path)

    def _reclaimable(self) -> int:
        """Bytes in the ZFS cache above its minimum (OpenZFS, module/zfs/arc.c: arc_c_min)."""
        if self._arc is None:
            return 0
        sizes = {key: int(value) for key, value in _ARC.findall(self._arc.read())}
        return max(sizes.get(b"size", 0) - sizes.get(b"c_min", 0), 0)


def _huge_pages(meminfo: bytes) -> int:
    """Bytes in the huge page pools of all sizes; before Linux 4.15 only of the default size."""
    every = _bytes(meminfo, b"\nHugetlb:")  # Linux 4.15
    if every is not None:
        return every
    default = _HUGE_COUNT.search(meminfo)
    return 0 if default is None else int(default[1]) * int(default[2]) * 1024


def _at_most(count: int | None, whole: int | None) -> int | None:
    """Return None for a part larger than its whole, as lxcfs reports at times."""
    return None if count is None or whole is None or count > whole else count


def _bytes(meminfo: bytes, begin: bytes) -> int | None:
    """Return the size after the beginning of a line; None if there is no such line, or it says something else.

    Nine regular expressions are as fast in a loop, but slower after seconds of sleep, as it always is here.
    """
    at = meminfo.find(begin)
    if at < 0:
        return None
    end = meminfo.find(b" kB\n", at)
    number = meminfo[at + len(begin) : end].strip()
    return int(number) * 1024 if end > 0 and number.isdigit() else None
