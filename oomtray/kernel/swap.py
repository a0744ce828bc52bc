"""How much free swap is worth: a disk holds what it says, zram takes its room from RAM (/proc/swaps, /sys/block)."""

from __future__ import annotations

import re
from typing import NamedTuple

from oomtray.kernel.files import read_int, read_or_empty

FRESH_SECONDS = 5.0
"""Seconds for which a reading stands although pages go in and out."""
OLD_SECONDS = 60.0
"""Seconds after which it is reread in any case, because nothing announces a changed sysctl."""
_DEVICE = re.compile(rb"^(\S+)\s+(partition|file)\s+(\d+)\s+(\d+)\s", re.MULTILINE)
_ZRAM = re.compile(rb"^/dev/(zram\d+)$")
_LEAST_RATIO, _USUAL_RATIO, _MOST_RATIO = 1.2, 2.0, 4.0
_LITTLE = 32 << 20
"""Bytes stored in a zram device below which its compression ratio says nothing."""


class ZramDevice(NamedTuple):
    """/sys/block/zramN/mm_stat (Documentation/admin-guide/blockdev/zram.rst), in bytes."""

    stored: int
    """Before compression."""
    takes: int
    """RAM that it uses now."""
    limit: int
    """RAM that it may use; 0 without a limit."""

    @property
    def ratio(self) -> float:
        """Bytes stored per byte of RAM, 1.2 to 4; 2 while too little is stored to tell."""
        if self.stored < _LITTLE or not self.takes:
            return _USUAL_RATIO
        return min(max(self.stored / self.takes, _LEAST_RATIO), _MOST_RATIO)


class Device(NamedTuple):
    """One line of /proc/swaps, in bytes."""

    size: int
    used: int
    zram: ZramDevice | None

    def worth(self, total: int) -> float:
        """Share of its free space that can really be used on a machine with `total` bytes of RAM, 0..1.

        Each byte that goes into zram frees one and takes 1 / ratio, and all RAM together holds no more than
        its ratio.
        """
        if self.zram is None:
            return 1.0
        ratio = self.zram.ratio
        room = (self.zram.limit or total) * ratio - self.zram.stored
        free = self.size - self.used
        held = 1.0 if free <= 0 else min(max(room, 0.0) / free, 1.0)
        return held * (1 - 1 / ratio)


class Swap(NamedTuple):
    worth: float | None = None
    """Share of the free swap that can really be used, 0..1; None if unknown."""
    zram: int | None = None
    """Bytes of swap that are zram; None if unknown."""
    swappiness: int | None = None
    """vm.swappiness, 0..200: at 0 the kernel kills before it swaps programs out."""


class SwapReader:
    """Rereads only what may have changed, so that an ordinary tick reads nothing."""

    def __init__(self, proc: str, sysfs: str) -> None:
        self._proc = proc
        self._sysfs = sysfs
        self._known = Swap()
        self._fits: tuple[int | None, int | None, int] | None = None
        self._read_at = 0.0

    def read(self, swap_total: int | None, swap_free: int | None, total: int, now: float) -> Swap:
        """Return facts about the swap whose sizes come from meminfo; `total` is RAM, `now` monotonic seconds."""
        fits, age = (swap_total, swap_free, total), now - self._read_at
        if self._fits is not None:
            same = fits == self._fits
            if age < OLD_SECONDS and (same or (age < FRESH_SECONDS and swap_total == self._fits[0])):
                return self._known
        self._fits, self._read_at = fits, now
        self._known = self._now(swap_total, total)
        return self._known

    def _now(self, swap_total: int | None, total: int) -> Swap:
        swappiness = read_int(f"{self._proc}/sys/vm/swappiness")
        if swap_total == 0:
            return Swap(0.0, 0, swappiness)
        devices = self._devices()
        if not devices:  # no such file, or that of a container, which lists no device
            return Swap(0.0 if swappiness == 0 else None, None, swappiness)
        zram = sum(device.size for device in devices if device.zram is not None)
        return Swap(0.0 if swappiness == 0 else worth(devices, total), zram, swappiness)

    def _devices(self) -> list[Device]:
        found = _DEVICE.findall(read_or_empty(f"{self._proc}/swaps"))
        return [Device(int(size) * 1024, int(used) * 1024, self._zram(name)) for name, _type, size, used in found]

    def _zram(self, name: bytes) -> ZramDevice | None:
        match = _ZRAM.match(name)
        if match is None:
            return None
        fields = read_or_empty(f"{self._sysfs}/block/{match[1].decode()}/mm_stat").split()
        numbers = [int(field) for field in fields[:4] if field.isdigit()]
        return ZramDevice(numbers[0], numbers[2], numbers[3]) if len(numbers) == 4 else ZramDevice(0, 0, 0)


def worth(devices: list[Device], total: int) -> float:
    """Weigh several devices by their free space, or by size if none is free."""
    free = [max(device.size - device.used, 0) for device in devices]
    weights = free if any(free) else [device.size for device in devices]
    whole = sum(weights)
    return sum(device.worth(total) * weight for device, weight in zip(devices, weights, strict=True)) / whole if whole else 0.0
