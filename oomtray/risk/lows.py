"""Track how low a quantity fell and recovered from: a low that was survived is no danger when it comes again."""

from __future__ import annotations

import math

_REMEMBERED = 1800.0
"""Seconds after which a survived low no longer counts."""
_MERGED = 30.0
_RECENT = 300.0
"""Seconds in which memory must be released twice to count as released again and again."""
_FURTHER = 1.1
"""Factor from which a fall is deeper than the usual dip."""


class SurvivedLows:
    """The lows that a quantity has risen from again by a margin, which must be more than noise."""

    def __init__(self) -> None:
        self._lows: list[tuple[float, float]] = []
        """(time, value), oldest first; lows less than half a minute apart are merged."""
        self._turn = math.nan
        """The lowest value since it began to fall, or the highest since it began to rise."""
        self._rises = False
        self._low = math.nan
        """The last survived low."""
        self._high = math.nan
        """The value that it is falling from; nan while it rises."""
        self._rebounds: list[tuple[float, float]] = []
        """(time, rise after a low), oldest first."""

    def add(self, at: float, value: float, margin: float) -> bool:
        """Add a reading; return whether it makes the last low a survived one."""
        lows = self._lows
        while lows and at - lows[0][0] > _REMEMBERED:
            del lows[0]
        turn = self._turn
        if math.isnan(turn):  # the first reading
            self._turn = self._high = value
        elif self._rises:
            if value > turn:
                self._turn = value
            elif value < turn - margin:
                self._rebounds.append((at, turn - self._low))
                self._rises, self._turn, self._high = False, value, turn
        elif value < turn:
            self._turn = value
        elif value > turn + margin:
            if lows and at - lows[-1][0] < _MERGED:
                lows[-1] = lows[-1][0], min(lows[-1][1], turn)
            else:
                lows.append((at, turn))
            self._rises, self._turn, self._low, self._high = True, value, turn, math.nan
            return True
        return False

    def before(self, at: float) -> float:
        """Lowest low survived before `at`; inf if there was none."""
        return min((low for when, low in self._lows if when < at), default=math.inf)

    def usual_dip(self, at: float, value: float) -> float:
        """How much is regularly released again, as by a garbage collector; 0 if nothing is, or this fall is deeper."""
        usual = self._given_back(at)
        return 0.0 if self._high - value > _FURTHER * usual else usual

    def _given_back(self, at: float) -> float:
        """The second largest rise of the last minutes; 0 if there was only one."""
        rebounds = self._rebounds
        while rebounds and at - rebounds[0][0] > _RECENT:
            del rebounds[0]
        rises = [rise for _, rise in rebounds]
        if self._rises:
            rises.append(self._turn - self._low)
        return sorted(rises)[-2] if len(rises) > 1 else 0.0

    def next_low(self, now: float, since: float, rate: float) -> float | None:
        """Predict the next low from those since `since`, assuming that they fall at `rate`; None without any."""
        lows = sorted(low - rate * (now - when) for when, low in self._lows if when >= since)
        return lows[len(lows) // 2] if lows else None

    def lowest(self, since: float, value: float) -> float:
        """The lowest low since `since`; `value`, the current one, if there was none."""
        return min((low for when, low in self._lows if when >= since), default=value)

    def clear(self) -> None:
        """Forget all lows, as after a kill: what took a death to recover from was not survived."""
        self._lows.clear()
        self._rebounds.clear()
        self._turn = self._low = self._high = math.nan
        self._rises = False
