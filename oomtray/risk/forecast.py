"""Forecast how long memory lasts: until programs wait for it, and until a kill.

There are two pools, RAM alone and RAM with swap (`risk.headroom`); the clock of each says when it is empty at
the current rate (`risk.slope`). No forecast is given while plenty is left, for use that came and went before,
for a single step, or further ahead than the fall has lasted: an app that loads and a leak can't be told apart
until one of them stops.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from oomtray.risk.acceleration import Acceleration
from oomtray.risk.headroom import Headroom, headroom, steps_of
from oomtray.risk.lows import SurvivedLows
from oomtray.risk.outlook import Forecast
from oomtray.risk.slope import Slopes

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment

HORIZON = 300.0
"""Seconds: no forecast is given while both clocks show more."""
LITTLE = 0.27
"""Share of usable RAM left above which only accelerating use is forecast."""
_SHOWN_HORIZON_FACTOR = 1.25
"""Factor on the horizon while a forecast is already shown, so that a clock may go back this far."""
_AHEAD = 4.0
"""How far ahead a fall may be extrapolated, in multiples of the time it has lasted."""
_LONG_AGO = 3.0
"""Windows longer than this many times the remaining time are ignored."""
_ALIKE, _ANOTHER = 1.5, 1.6
"""Rates agree within the first factor; a rate that differs from them by the second is a different one."""
_AHEAD_WHEN_EMPTY = 8.0
"""The same as `_AHEAD` once RAM is empty and swap shrinks: few programs stop by themselves then."""
_RISES = 0.03
"""Share of usable RAM by which it must rise again to count as having survived a low; noise is smaller."""
_MORE_THAN_NOISE = 0.01
"""Share of usable RAM that must have gone to count as a fall."""
_EMPTY, _NO_LONGER_EMPTY = 0.01, 0.05
"""Shares of usable RAM below which RAM counts as empty, and above which no longer."""
_AGAIN_EMPTY = 120.0
"""Seconds until RAM that is empty again restarts the forecast of swap."""
_UNCERTAINTY = 1.1
"""Least uncertainty of a rate, as a factor."""
_DOUBLES_WITHIN, _DOUBLES_WITHIN_OF_PLENTY = 60.0, 10.0
"""Seconds within which accelerating use must take everything to be forecast: with little left, and with plenty."""
_NO_LONGER_DOUBLES = 2.5
"""How much later memory runs out if the rate stops growing, as when memory can't be handed out any faster."""
_HELD, _HELD_SHARE = 3.0, 0.25
"""How long an unconfirmed clock runs on: seconds, or this share of the time it showed."""
_LAST_SECONDS = 5.0
"""What is left beneath an empty pool can't be seen, so a clock that has run out shows "within this many seconds"."""
_LONGEST_END = 60.0


class _Clock(NamedTuple):
    """The last forecast of a pool, as monotonic times at which it is empty."""

    earliest: float
    latest: float
    confirmed: float
    """When it was last found."""

    def at(self, now: float) -> tuple[float, float]:
        return max(self.earliest - now, 0.0), max(self.latest - now, 0.0)


class _Pool:
    """One quantity with its windows, the lows that it survived, and its clock."""

    def __init__(self) -> None:
        self.slopes = Slopes()
        self.acceleration = Acceleration()
        self.lows = SurvivedLows()
        self.clock: _Clock | None = None
        self._doubles = False
        """Whether accelerating use set the clock, so that it counts however much is left."""
        self.shift = 0.0
        """Sum of changes other than memory use; subtracted, so that the series has no jumps."""
        self._last = 0.0

    def add(self, now: float, value: float, margin: float) -> None:
        self._last = value
        value -= self.shift
        if self.lows.add(now, value, margin):
            self.clock = None
        self.slopes.add(now, value)
        self.acceleration.add(now, value)

    def resized(self, to: float) -> None:
        """Treat the whole difference to the last reading as a change of size."""
        self.shift += to - self._last

    def forget(self) -> None:
        self.restart()
        self.lows.clear()
        self.clock = None

    def restart(self) -> None:
        self.slopes.clear()
        self.acceleration.clear()

    def look(self, now: float, empty_after: tuple[float, float], whole: float, ahead: float, *, little: bool) -> None:
        """Update the clock; `empty_after` are the least and the most bytes until the pool is empty."""
        least, most = empty_after
        value = self._last - self.shift
        doubled = self.acceleration.seconds(whole, most, now)
        soon = _DOUBLES_WITHIN if little else _DOUBLES_WITHIN_OF_PLENTY
        if doubled is not None and (doubled > soon or value >= self.lows.before(now)):
            doubled = None
        self._doubles = doubled is not None or (self._doubles and self.clock is not None)
        rates = self._rates(now, value, least, whole, ahead) if little or self._doubles else []
        if rates:
            # it may run out in a dip (a heap that grows between two collections) or not (files waiting to be
            # written)
            earliest = min(max(least - dip, 0.0) / rate for rate, dip in rates) / _UNCERTAINTY
            latest = max(most / rate for rate, _ in rates) * _UNCERTAINTY
            if doubled is not None:  # sooner than the rates say, or later if it can't keep doubling
                earliest = min(doubled, earliest)
                latest = min(latest, _NO_LONGER_DOUBLES * earliest)
        elif doubled is not None:
            earliest, latest = doubled / _UNCERTAINTY, doubled * _UNCERTAINTY
        else:
            self._run_on(now, ends=least <= _EMPTY * whole, little=little)
            return
        self.clock = _Clock(now + earliest, now + latest, now)

    def _rates(self, now: float, value: float, least: float, whole: float, ahead: float) -> list[tuple[float, float]]:
        """Return (rate, how far it dips at times below what is left now) of the windows that count.

        Those fall steadily, to a new low, and for long enough to be extrapolated until the pool is empty.
        Once two shorter windows agree, a longer one is ignored if it spans much more than the time left, or
        if its rate differs from theirs. Memory that is released again and again is no fall: then only the
        windows of peaks count.
        """
        found: list[tuple[float, float]] = []
        rates: list[float] = []
        lows = self.lows
        usual = lows.usual_dip(now, value)
        for slope in self.slopes.accepted:
            if len(rates) > 1 and (
                slope.span > _LONG_AGO * least / max(rates)
                or (max(rates) < _ALIKE * min(rates) and not 1 / _ANOTHER < slope.rate / rates[-1] < _ANOTHER)
            ):
                break
            fallen = slope.rate * slope.span
            low, dip = value, 0.0
            if slope.peaks:
                low = lows.lowest(slope.since, value)
                expected = lows.next_low(now, slope.since, slope.rate)
                dip = 0.0 if expected is None else max(value - expected, 0.0)
            elif fallen < usual:
                continue
            if fallen > _MORE_THAN_NOISE * whole and least - dip <= fallen * ahead and low < lows.before(slope.since):
                rates.append(slope.rate)
                found.append((slope.rate, dip))
        return found

    def _run_on(self, now: float, *, ends: bool, little: bool) -> None:
        """Let an unconfirmed clock run on for a while; at the very end nothing can confirm it."""
        if self.clock is None:
            return
        told = self.clock.latest - self.clock.confirmed
        held = max(_HELD, _HELD_SHARE * told)
        if not (little or self._doubles):
            held = 0.0
        elif ends:
            held = told + _LONGEST_END
            self.clock = self.clock._replace(latest=max(self.clock.latest, now + _LAST_SECONDS))
        if now - self.clock.confirmed > held:
            self.clock = None


class Forecaster:
    """Turns readings of memory into forecasts, at some 30 microseconds per reading."""

    def __init__(self) -> None:
        self._ram = _Pool()
        self._both = _Pool()
        self._before: Memory | None = None
        self._at = -1.0
        self._suspended = 0.0
        self._was_empty = False
        self._emptied = -math.inf
        """When it last was empty."""
        self._waited = 0.0
        """Seconds that programs have waited since RAM was empty."""
        self._told = Forecast()

    def add(
        self, now: float, memory: Memory, *, suspended: float = 0.0, spared: float = 0.0, horizon: float = HORIZON
    ) -> Forecast:
        """Return the forecast after one more reading.

        `now` is monotonic; a reading that isn't later than the last is ignored. `suspended` is how long the
        machine has slept since boot. `spared` are the bytes of both pools still left when the first killer
        acts. `horizon` is in seconds: no forecast is given while both clocks show more.
        """
        memory = _with_known(memory, self._before)
        room = headroom(memory)
        if room is None:
            return Forecast()
        if now <= self._at:
            return self._told
        since, self._at = now - self._at, now
        waited = since * (memory.psi_some_avg10 or 0.0) / 100
        self._take(now, memory, room, slept=suspended - self._suspended > 1.0)
        self._suspended = suspended
        self._waited = self._waited + waited if self._was_empty else 0.0
        self._told = self._judge(now, memory, room, spared, horizon)
        return self._told

    def _take(self, now: float, memory: Memory, room: Headroom, *, slept: bool) -> None:
        before, self._before = self._before, memory
        if before is not None:
            if (memory.oom_kills or 0) > (before.oom_kills or 0) and before.oom_kills is not None:
                self._ram.forget()
                self._both.forget()
            resized, swap = steps_of(before, memory)
            if resized or slept:
                self._ram.resized(room.ram)
                self._both.resized(room.both)
            elif swap:
                self._both.shift += swap
        empty = room.ram <= (_NO_LONGER_EMPTY if self._was_empty else _EMPTY) * room.whole
        if empty and not self._was_empty and room.swap and now - self._emptied > _AGAIN_EMPTY:
            self._both.restart()  # swap shrinks at the pace of its disk, not of the programs
        if empty:
            self._emptied = now
        self._was_empty = empty
        margin = _RISES * room.whole
        self._ram.add(now, room.ram, margin)
        self._both.add(now, room.both, margin)

    def _judge(self, now: float, memory: Memory, room: Headroom, spared: float, horizon: float) -> Forecast:
        plain = Forecast(ram=round(room.ram), swap=None if memory.swap_free is None and memory.swap_total != 0 else round(room.swap))
        little = (memory.left or 0) <= LITTLE * room.whole
        ahead = _AHEAD_WHEN_EMPTY if self._was_empty else _AHEAD
        self._ram.look(now, (room.ram, room.ram), room.whole, ahead, little=little)
        until = max(room.both - spared, 0.0)
        self._both.look(
            now, (until, until + (0.0 if spared else 2 * room.beneath)), room.whole, ahead, little=little
        )
        stall, kill = (None if pool.clock is None else pool.clock.at(now) for pool in (self._ram, self._both))
        if kill:  # while pages read back from disk can be dropped again, the kernel doesn't kill, for seconds or minutes
            kill = kill[0], kill[1] + min(self._waited, _LONGEST_END)
        if kill and stall:
            stall = min(stall[0], kill[0]), min(stall[1], kill[1])
        if self._told.stall or self._told.kill:
            horizon *= _SHOWN_HORIZON_FACTOR
        if all(clock is None or sum(clock) / 2 > horizon for clock in (stall, kill)):
            return plain
        return replace(plain, stall=stall, kill=kill)


def _with_known(memory: Memory, before: Memory | None) -> Memory:
    """Fill in what this reading lacks from the one before: a value unknown for a moment hasn't changed."""
    if before is None or (memory.swap_free is not None and memory.floor is not None):
        return memory
    if memory.swap_free is None and before.swap_free is not None:
        memory = memory._replace(swap_total=before.swap_total, swap_free=before.swap_free)
    if memory.floor is None and before.floor is not None:
        memory = memory._replace(floor=before.floor)
    return memory


def spared(assessment: Assessment) -> float:
    """Bytes of both pools still left when the killer that acts first acts; 0 for the kernel."""
    killer, room = assessment.killer, headroom(assessment.snapshot.memory)
    if killer is None or killer.name == "kernel" or killer.distance is None or killer.idle_because or room is None:
        return 0.0
    return max(room.both - killer.distance, 0.0)
