"""How fast processes grow and memory runs out: rates between readings, over monotonic time."""

from __future__ import annotations

import math

from oomtray.kernel.snapshot import Process, Snapshot, changed_places

_SMOOTHING = 6.0
"""Seconds over which a rate settles, so that single bursts don't make the column flicker."""
_SHORTEST = 0.9
"""Least seconds between two readings: what a starting program allocates at once is no rate per minute."""


class ProcessTrends:
    """Bytes per second of rss + swap for processes that were read twice."""

    def __init__(self, *, plain: bool = False) -> None:
        """Start without readings; `plain` takes the last two readings, however close, without smoothing."""
        self._smoothing = 0.0 if plain else _SMOOTHING
        self._shortest = 0.0 if plain else _SHORTEST
        self._last: dict[tuple[int, int], tuple[float, int, float | None]] = {}
        """By (pid, start time): when it was read, its bytes then, and its rate."""
        self._processes: tuple[Process, ...] = ()

    def add(self, snapshot: Snapshot) -> dict[tuple[int, int], float]:
        """Return the rates of the processes that this snapshot reread; the others have no current rate."""
        rates: dict[tuple[int, int], float] = {}
        before, self._processes = self._processes, snapshot.processes
        for process in map(self._processes.__getitem__, changed_places(self._processes, before)):
            if process.rss is None:
                continue
            identity = process.identity
            known = self._last.get(identity)
            if known is not None and process.read_at - known[0] <= self._shortest:
                if known[2] is not None and process.read_at == snapshot.at:
                    rates[identity] = known[2]
                continue
            memory = process.rss + (process.swap or 0)
            rate = None
            if known is not None:
                rate = smoothed(known[2], memory - known[1], process.read_at - known[0], self._smoothing)
                if process.read_at == snapshot.at:
                    rates[identity] = rate
            self._last[identity] = (process.read_at, memory, rate)
        if len(self._last) > 2 * len(self._processes):
            living = {process.identity for process in self._processes}
            self._last = {identity: last for identity, last in self._last.items() if identity in living}
        return rates


class ShrinkRate:
    """Bytes per second by which available memory shrinks; negative while it grows."""

    def __init__(self, *, plain: bool = False) -> None:
        self.rate: float | None = None
        self._smoothing = 0.0 if plain else _SMOOTHING
        self._shortest = 0.0 if plain else _SHORTEST
        self._last: tuple[float, int] | None = None

    def add(self, available: int | None, now: float) -> None:
        if available is None:
            return
        if self._last is not None:
            at, before = self._last
            if now - at <= self._shortest:
                return
            self.rate = smoothed(self.rate, before - available, now - at, self._smoothing)
        self._last = (now, available)


def smoothed(rate: float | None, difference: float, seconds: float, smoothing: float) -> float:
    """Update an exponential moving average of a rate over `smoothing` seconds; the first reading counts in full."""
    now = difference / seconds
    if rate is None or smoothing <= 0:
        return now
    return rate + (now - rate) * (1 - math.exp(-seconds / smoothing))
