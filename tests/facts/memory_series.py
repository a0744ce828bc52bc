"""Readings of the memory as machines give them that run out of it, or don't: (monotonic seconds, `Memory`) a row.

Each is made from a seed. `left` is a share of RAM throughout.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from oomtray.kernel.snapshot import Memory
from tests.facts import GIB

Reading = tuple[float, Memory]
TICK = 0.5


@dataclass
class Machine:
    """RAM and swap that programs take from and give back to."""

    ram: int = 16 * GIB
    swap: int = 0
    left: float = 0.9
    noise: float = 0.002
    """Standard deviation of a reading, as a share of RAM."""
    seed: int = 0
    now: float = 0.0
    kills: int = 0
    beneath: float = 0.0
    """Bytes that the kernel still hands out once nothing is available and swap is full."""
    swaps_below: float = 0.0
    """Share of RAM below which it swaps while some is available."""
    swaps: float = 0.0
    """Which share of what is taken goes to swap then."""
    stall: float = 0.0
    """PSI some, in percent."""
    available: float = field(init=False)
    swap_free: float = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.available, self.swap_free = self.left * self.ram, float(self.swap)
        self._over = 0.0

    def take(self, count: float) -> bool:
        """RAM first, then swap; False where there was not enough. A negative count gives back."""
        if self.available < self.swaps_below * self.ram and count > 0:
            swapped = min(self.swaps * count, self.swap_free)
            self.swap_free, count = self.swap_free - swapped, count - swapped
        self.available -= count
        if self.available < 0 and self.swap_free > 0:
            self.swap_free, self.available = self.swap_free + self.available, 0.0
        self._over += max(-self.available, 0.0) + max(-self.swap_free, 0.0)
        self.available, self.swap_free = max(self.available, 0.0), max(self.swap_free, 0.0)
        return self._over <= self.beneath

    def read(self) -> Reading:
        seen = self.available + self.random.gauss(0, self.noise * self.ram)
        memory = Memory(
            total=self.ram,
            available=round(min(max(seen, 0), self.ram)),
            swap_total=self.swap,
            swap_free=round(self.swap_free),
            psi_some_avg10=self.stall,
            psi_full_avg10=0.6 * self.stall,
            oom_kills=self.kills,
        )
        return self.now, memory

    def rest(self, seconds: float, tick: float = TICK) -> Iterator[Reading]:
        end = self.now + seconds
        while self.now < end:
            yield self.read()
            self.now += tick


def leak(machine: Machine, rate: float, tick: float = TICK) -> Iterator[Reading]:
    """Bytes per second that never stop; it ends at the kill."""
    while True:
        yield machine.read()
        machine.now += tick
        if not machine.take(rate * tick):
            return


def bursts(machine: Machine, rate: float, spread: float, tick: float = TICK) -> Iterator[Reading]:
    """A leak whose rate is another each second; `spread` is the standard deviation of its logarithm."""
    while True:
        yield machine.read()
        machine.now += tick
        if not machine.take(rate * tick * machine.random.lognormvariate(-spread * spread / 2, spread)):
            return


def beside_copies(machine: Machine, rate: float, depth: float, tick: float = TICK) -> Iterator[Reading]:
    """A leak while files are copied: what waits to be written is not available, for some seconds at a time.

    It is at most so large a share of what is available, as by `vm.dirty_ratio`.
    """
    dirty, until = 0.0, 0.0
    while True:
        if machine.now >= until:
            dirty, until = machine.random.uniform(0, depth) * machine.available, machine.now + machine.random.uniform(1, 8)
        at, memory = machine.read()
        yield at, memory._replace(available=max(round((memory.available or 0) - dirty), 0))
        machine.now += tick
        if not machine.take(rate * tick):
            return


def collected_ever_less(machine: Machine, rate: float, depth: float, period: float, tick: float = TICK) -> Iterator[Reading]:
    """A heap that leaks, and that a collector empties of the rest every so many seconds, a little sooner or later."""
    held, until = 0.0, 0.0
    while True:
        yield machine.read()
        machine.now += tick
        if machine.now >= until:
            machine.take(-held)
            held, until = 0.0, machine.now + period * machine.random.uniform(0.7, 1.3)
        short = depth * machine.ram / period * tick
        held += short
        if not machine.take(rate * tick + short):
            return


def slow_swap(machine: Machine, rate: float, disk: float, after: float) -> Iterator[Reading]:
    """RAM goes at a rate, then swap at that of its disk, while nearly all programs wait; the kill comes so long after that."""
    while machine.available > 0:
        yield machine.read()
        machine.now += TICK
        machine.take(min(rate * TICK, machine.available))
    while machine.swap_free > 0:
        machine.stall += (95 - machine.stall) * TICK / 10
        yield machine.read()
        machine.now += TICK
        machine.take(min(disk * TICK * machine.random.uniform(0.5, 1.5), machine.swap_free))
    end = machine.now + after
    while machine.now < end:
        yield machine.read()
        machine.now += TICK


def doubling(machine: Machine, first: float, doubles: float) -> Iterator[Reading]:
    """What is taken grows from `first` bytes, and doubles every so many seconds until the kill."""
    begun, taken = machine.now, 0.0
    while True:
        yield machine.read()
        machine.now += TICK
        whole = first * 2 ** ((machine.now - begun) / doubles)
        if not machine.take(whole - taken):
            return
        taken = whole


def following(machine: Machine, left: Callable[[float], float], seconds: float, tick: float = TICK) -> Iterator[Reading]:
    """What is left is given by the time since the start."""
    begun = machine.now
    while machine.now - begun < seconds:
        machine.available = min(max(left(machine.now - begun), 0.0), 1.0) * machine.ram
        yield machine.read()
        machine.now += tick


def sawtooth(machine: Machine, top: float, bottom: float, period: float, seconds: float) -> Iterator[Reading]:
    """A program that fills and frees, again and again; each bottom a little elsewhere."""
    depth = [machine.random.uniform(0, 0.06) for _ in range(int(seconds / period) + 1)]
    return following(
        machine, lambda t: top - (top - bottom - depth[int(t / period)]) * (t % period) / period, seconds
    )


def breathing(machine: Machine, top: float, bottom: float, period: float, seconds: float) -> Iterator[Reading]:
    return following(machine, lambda t: (top + bottom) / 2 + (top - bottom) / 2 * math.cos(2 * math.pi * t / period), seconds)


def build(machine: Machine, jobs: int, floor: float, seconds: float) -> Iterator[Reading]:
    """Compilers that grow for some seconds and are gone, so many at a time; never less than `floor` is left at the worst."""
    worst = 1.35 * (machine.left - floor) / (2 * jobs)

    def job(now: float) -> tuple[float, float, float]:
        return now, machine.random.uniform(2, 20), machine.random.uniform(0.2, 1) * worst

    running = [job(machine.now - machine.random.uniform(0, 10)) for _ in range(jobs)]
    rested, end = machine.left, machine.now + seconds
    while machine.now < end:
        used = 0.0
        for index, (begun, lasts, peak) in enumerate(running):
            used += peak * min((machine.now - begun) / lasts, 1.0)
            if machine.now - begun > lasts:
                running[index] = job(machine.now)
        machine.available = max(rested - used, floor) * machine.ram
        yield machine.read()
        machine.now += TICK


def start_of_an_app(machine: Machine, takes: float, seconds: float, *, smoothly: bool = False) -> Iterator[Reading]:
    """It loads at an even rate, or slowly, fast, slowly, and then stays as it is."""
    begun = machine.left

    def loaded(t: float) -> float:
        share = min(max(t - 20, 0) / seconds, 1.0)
        return share * share * (3 - 2 * share) if smoothly else share

    return following(machine, lambda t: begun - takes * loaded(t), seconds + 120)


def copies(machine: Machine, seconds: float) -> Iterator[Reading]:
    """Files copied through the page cache: what is available dips by what waits to be written, and comes back."""
    begun = machine.left
    dirty = [machine.random.uniform(0.05, 0.2) for _ in range(int(seconds / 7) + 1)]
    return following(machine, lambda t: begun - dirty[int(t / 7)] * min(t % 7 / 5, 1.0), seconds)


def file_in_memory(machine: Machine, size: float, seconds: float) -> Iterator[Reading]:
    """A tmpfs that is filled, used and emptied."""
    begun = machine.left
    return following(machine, lambda t: begun - size * min(t % 60 / 25, 1.0) * (t % 60 < 45), seconds)


def collected(machine: Machine, low: float, seconds: float) -> Iterator[Reading]:
    """A heap that a collector empties every time it is full, in one moment; what stays varies."""
    share, begun, rate = 0.0, machine.left, machine.random.uniform(0.002, 0.03)
    end = machine.now + seconds
    while machine.now < end:
        share += rate * TICK
        if begun - share < low:
            share, rate = machine.random.uniform(0, 0.15), machine.random.uniform(0.002, 0.03)
        machine.available = (begun - share) * machine.ram
        yield machine.read()
        machine.now += TICK


def steps(machine: Machine, size: float, every: float) -> Iterator[Reading]:
    """A share of RAM at once every so many seconds, until the kill."""
    while True:
        yield from machine.rest(every)
        if not machine.take(size * machine.ram):
            return
