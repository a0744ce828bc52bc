"""Machines that run out of memory, each drawn from a seed, and how well that was told of by the levels and the forecast."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from oomtray.config import Settings
from oomtray.risk.forecast import Forecaster
from oomtray.risk.levels import advance
from oomtray.risk.outlook import Level
from tests.facts import GIB, MIB
from tests.facts import memory_series as series
from tests.facts.memory_series import Machine, Reading

RATES = 10e6, 900e6
RAM = 16, 64, 256
SWAP = 0.0, 0.0, 0.25, 0.5, 1.0
_RESTS = 30.0
"""Seconds that a machine rests before its memory goes."""


@dataclass(frozen=True)
class Score:
    """What was told of one series that ends in a kill."""

    lasted: float
    """Seconds from the first byte until the kill."""
    before: float
    """Seconds from the first warning, by whatever cause, until the kill; 0 where there was none."""
    right: float
    """Share of the readings since that warning in which the middle of the range was within 0.5 and 2 of the truth. Where
    no time is shown it counts as wrong."""
    shown: float
    """Share of them in which a time was shown at all."""

    def in_time(self, least: float = 30.0) -> bool:
        return self.before >= min(least, self.lasted / 4)


def score(readings: Iterable[Reading], begun: float, killed: float) -> Score:
    """`begun` and `killed` are times of the readings; what comes after the kill is left out."""
    thresholds = Settings().levels
    forecaster, level = Forecaster(), Level()
    warned: float | None = None
    right = shown = count = 0
    for at, memory in readings:
        if at >= killed:
            break
        forecast = forecaster.add(at, memory)
        level = advance(level, memory, thresholds, at, forecast)
        if warned is None:
            if level.name == "normal":
                continue
            warned = at
        said = forecast.seconds
        count += 1
        if said is not None:
            shown += 1
            right += (killed - at) / 2 <= said <= 2 * (killed - at)
    if warned is None:
        return Score(killed - begun, 0.0, 0.0, 0.0)
    return Score(killed - begun, killed - warned, right / count, shown / count)


def run_out(kind: str, seed: int) -> Score:
    """One machine of a kind, from rest until its kill."""
    drawn = random.Random(f"{kind} {seed}")
    ram = drawn.choice(RAM)
    machine = Machine(
        ram=ram * GIB,
        swap=int(drawn.choice(SWAP) * ram * GIB),
        left=drawn.uniform(0.5, 0.9),
        beneath=drawn.uniform(30, 150) * MIB,
        seed=seed,
    )
    rate = math.exp(drawn.uniform(*map(math.log, RATES)))
    rests = list(machine.rest(_RESTS))
    begun = machine.now
    readings = rests + list(KINDS[kind](machine, rate, drawn))
    return score(readings, begun, machine.now)


def _tick(machine: Machine, rate: float) -> float:
    """Half a second, as the tray looks where memory goes fast, or longer where it lasts for hours."""
    return min(max(0.5, (machine.left * machine.ram + machine.swap) / rate / 1500), 5.0)


def _even(machine: Machine, rate: float, _drawn: random.Random) -> Iterator[Reading]:
    return series.leak(machine, rate, _tick(machine, rate))


def _bursts(machine: Machine, rate: float, drawn: random.Random) -> Iterator[Reading]:
    return series.bursts(machine, rate, drawn.uniform(0.3, 1.0), _tick(machine, rate))


def _swap_with_ram(machine: Machine, rate: float, drawn: random.Random) -> Iterator[Reading]:
    machine.swap = machine.swap or machine.ram // 4
    machine.swap_free = float(machine.swap)
    machine.swaps_below, machine.swaps = drawn.uniform(0.2, 0.6), drawn.uniform(0.3, 0.7)
    return series.leak(machine, rate, _tick(machine, rate))


def _beside_copies(machine: Machine, rate: float, drawn: random.Random) -> Iterator[Reading]:
    return series.beside_copies(machine, rate, drawn.uniform(0.05, 0.3), _tick(machine, rate))


def _collected_ever_less(machine: Machine, rate: float, drawn: random.Random) -> Iterator[Reading]:
    return series.collected_ever_less(machine, rate, drawn.uniform(0.02, 0.1), drawn.uniform(5, 30), _tick(machine, rate))


def _steps(machine: Machine, _rate: float, drawn: random.Random) -> Iterator[Reading]:
    return series.steps(machine, drawn.uniform(0.02, 0.08), drawn.uniform(2, 12))


def _doubling(machine: Machine, _rate: float, drawn: random.Random) -> Iterator[Reading]:
    return series.doubling(machine, 0.001 * machine.ram, drawn.uniform(4, 24))


def _slow_swap(machine: Machine, rate: float, drawn: random.Random) -> Iterator[Reading]:
    machine.swap = int(drawn.uniform(2, 16) * GIB)
    machine.swap_free = float(machine.swap)
    machine.left = min(machine.left, 0.9)
    return series.slow_swap(machine, max(rate, 200e6), drawn.uniform(30e6, 200e6), drawn.uniform(0, 60))


KINDS: dict[str, Callable[[Machine, float, random.Random], Iterator[Reading]]] = {
    "an even leak": _even,
    "a leak in bursts": _bursts,
    "swap fills together with RAM": _swap_with_ram,
    "a leak beside copies of files": _beside_copies,
    "a heap whose collector frees ever less": _collected_ever_less,
    "steps": _steps,
    "growth that doubles": _doubling,
    "swap as slow as its disk": _slow_swap,
}
