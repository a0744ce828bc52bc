"""How long memory lasts: until programs wait for it, and until somebody kills.

Two pools stand for what is left, RAM and RAM with swap (`risk.headroom`), and each clock says when its pool is empty at the
rate at which it goes now (`risk.slope`). Nothing is told while plenty is left, of what came and went before, of a single step, nor further
ahead than the fall has lasted: an app that loads and a leak can't be told apart until one of them stops.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from oomtray.risk.growth import Growth
from oomtray.risk.headroom import headroom, steps_of
from oomtray.risk.lows import SurvivedLows
from oomtray.risk.outlook import Forecast
from oomtray.risk.slope import Slopes

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.headroom import Headroom

HORIZON = 300.0
"""Seconds: nothing is told while both clocks are longer."""
LITTLE = 0.27
"""Share of usable RAM that is left, above which only a rate that doubles and doubles is told."""
_TOLD_FURTHER = 1.25
"""What is told already is told on, though a clock goes back by so much."""
_AHEAD = 4.0
"""A fall that has lasted for so long is taken to last so many times longer."""
_LONG_AGO = 3.0
"""So many times the time that is left."""
_ALIKE, _ANOTHER = 1.5, 1.6
"""Rates agree within the first factor; one that differs from them by the second is another."""
_AHEAD_WHEN_EMPTY = 8.0
"""So many times the time that is left, once RAM is empty and swap goes: few programs stop by themselves then."""
_RISES = 0.03
"""Share of usable RAM by which what is left must rise for a low to have been survived: noise is less."""
_MORE_THAN_NOISE = 0.01
"""Share of usable RAM that must have gone before it is a fall."""
_EMPTY, _NO_LONGER_EMPTY = 0.01, 0.05
"""Shares of usable RAM at which RAM counts as empty, and no longer."""
_AGAIN_EMPTY = 120.0
"""Seconds after which RAM that is empty again is news."""
_UNSURE = 1.1
"""A rate is known no better than by this factor."""
_DOUBLES_WITHIN, _DOUBLES_WITHIN_OF_PLENTY = 60.0, 10.0
"""Seconds within which a growing rate must use up all to be told, while little is left and while plenty is."""
_NO_LONGER_DOUBLES = 2.5
"""By how much later all is used up where the rate stops to grow, as it does when memory is handed out no faster."""
_HELD, _HELD_SHARE = 3.0, 0.25
"""For so many seconds, or this share of the time that was told, a clock runs on though no window confirms it."""
_LAST_SECONDS = 5.0
"""What is left beneath an empty pool can't be seen: a clock that has run out says 'within so many seconds'."""
_LONGEST_END = 60.0


class _Clock(NamedTuple):
    """What was last told: monotonic times at which the pool is empty."""

    earliest: float
    latest: float
    confirmed: float
    """When it was last found."""

    def at(self, now: float) -> tuple[float, float]:
        return max(self.earliest - now, 0.0), max(self.latest - now, 0.0)


class _Pool:
    """One quantity: its windows, the lows that it came back from, and the clock that it had."""

    def __init__(self) -> None:
        self.slopes = Slopes()
        self.growth = Growth()
        self.lows = SurvivedLows()
        self.clock: _Clock | None = None
        self._doubles = False
        """Whether the clock was found by a rate that doubles, so that it counts however much is left."""
        self.shift = 0.0
        """What came or went beside the use of memory: taken off, so that the series has no jump."""
        self._last = 0.0

    def add(self, now: float, value: float, margin: float) -> None:
        self._last = value
        value -= self.shift
        if self.lows.add(now, value, margin):
            self.clock = None
        self.slopes.add(now, value)
        self.growth.add(now, value)

    def resized(self, to: float) -> None:
        """Take the whole difference to the last reading for a change of size."""
        self.shift += to - self._last

    def forget(self) -> None:
        self.restart()
        self.lows.clear()
        self.clock = None

    def restart(self) -> None:
        self.slopes.clear()
        self.growth.clear()

    def look(self, now: float, empty_after: tuple[float, float], whole: float, ahead: float, *, little: bool) -> None:
        """Set the clock anew. The pool is empty after so many bytes at least, and at most."""
        least, most = empty_after
        value = self._last - self.shift
        doubled = self.growth.seconds(whole, most, now)
        soon = _DOUBLES_WITHIN if little else _DOUBLES_WITHIN_OF_PLENTY
        if doubled is not None and (doubled > soon or value >= self.lows.before(now)):
            doubled = None
        self._doubles = doubled is not None or (self._doubles and self.clock is not None)
        rates = self._rates(now, value, least, whole, ahead) if little or self._doubles else []
        if rates:
            # it may end in a dip, where a heap grows between two collections, or not, where files wait to be written
            earliest = min(max(least - dip, 0.0) / rate for rate, dip in rates) / _UNSURE
            latest = max(most / rate for rate, _ in rates) * _UNSURE
            if doubled is not None:  # sooner than the rates say, and later where it can't go on to double
                earliest = min(doubled, earliest)
                latest = min(latest, _NO_LONGER_DOUBLES * earliest)
        elif doubled is not None:
            earliest, latest = doubled / _UNSURE, doubled * _UNSURE
        else:
            self._run_on(now, ends=least <= _EMPTY * whole, little=little)
            return
        self.clock = _Clock(now + earliest, now + latest, now)

    def _rates(self, now: float, value: float, least: float, whole: float, ahead: float) -> list[tuple[float, float]]:
        """(rate, how far it dips at times beneath what is left now) of the windows that may speak.

        They fall steadily, to a new low, and for long enough to be drawn on until the pool is empty. What is long
        ago beside the time that is left says nothing more, where two shorter windows agree that it is little; nor where
        they agree that it goes at another rate now. What is given back again and again is no fall: only the peaks tell then.
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
        """Keep the clock for a while where nothing confirms it; at the very end nothing can."""
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
    """Takes each reading of the memory and says how long it lasts. Some 30 microseconds a reading."""

    def __init__(self) -> None:
        self._ram = _Pool()
        self._both = _Pool()
        self._before: Memory | None = None
        self._at = -1.0
        self._suspended = 0.0
        self._was_empty = False
        self._emptied = -math.inf
        """When it last was."""
        self._waited = 0.0
        """Seconds that programs have waited since RAM was empty."""
        self._told = Forecast()

    def add(
        self, now: float, memory: Memory, *, suspended: float = 0.0, spared: float = 0.0, horizon: float = HORIZON
    ) -> Forecast:
        """The forecast after one more reading.

        `now` is monotonic; a reading that is not later than the last is left out. `suspended` is how long the machine
        has slept since boot. `spared` are the bytes of both pools that are left when the killer that acts first acts.
        `horizon` is in seconds: nothing is told while both clocks are longer.
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
            self._both.restart()  # swap goes at the pace of its disk, not at that of the programs
        if empty:
            self._emptied = now
        self._was_empty = empty
        margin = _RISES * room.whole
        self._ram.add(now, room.ram, margin)
        self._both.add(now, room.both, margin)

    def _judge(self, now: float, memory: Memory, room: Headroom, spared: float, horizon: float) -> Forecast:
        plain = Forecast(ram=round(room.ram), swap=round(room.swap))
        little = (memory.left or 0) <= LITTLE * room.whole
        ahead = _AHEAD_WHEN_EMPTY if self._was_empty else _AHEAD
        self._ram.look(now, (room.ram, room.ram), room.whole, ahead, little=little)
        until = max(room.both - spared, 0.0)
        self._both.look(
            now, (until, until + (0.0 if spared else 2 * room.beneath)), room.whole, ahead, little=little
        )
        stall, kill = (None if pool.clock is None else pool.clock.at(now) for pool in (self._ram, self._both))
        if kill:  # while what is read back from disk can be dropped again, the kernel doesn't kill: for seconds or minutes
            kill = kill[0], kill[1] + min(self._waited, _LONGEST_END)
        if kill and stall:
            stall = min(stall[0], kill[0]), min(stall[1], kill[1])
        if self._told.stall or self._told.kill:
            horizon *= _TOLD_FURTHER
        if all(clock is None or sum(clock) / 2 > horizon for clock in (stall, kill)):
            return plain
        return replace(plain, stall=stall, kill=kill)


def _with_known(memory: Memory, before: Memory | None) -> Memory:
    """The reading with what the one before knew and it doesn't: what is unknown for a moment is neither gone nor new."""
    if before is None or (memory.swap_free is not None and memory.floor is not None):
        return memory
    if memory.swap_free is None and before.swap_free is not None:
        memory = replace(memory, swap_total=before.swap_total, swap_free=before.swap_free)
    if memory.floor is None and before.floor is not None:
        memory = replace(memory, floor=before.floor)
    return memory


def spared(assessment: Assessment) -> float:
    """Bytes of both pools that are left when the killer that acts first acts; 0 where that is the kernel."""
    killer, room = assessment.killer, headroom(assessment.snapshot.memory)
    if killer is None or killer.name == "kernel" or killer.distance is None or killer.idle_because or room is None:
        return 0.0
    return max(room.both - killer.distance, 0.0)
