"""How low a quantity went and came back from: what was survived is no danger when it comes again."""

from __future__ import annotations

import math

_REMEMBERED = 1800.0
"""Seconds after which a low that was survived says nothing any more."""
_MERGED = 30.0
_RECENT = 300.0
"""Seconds in which what is given back twice counts as given back again and again."""
_FURTHER = 1.1
"""A fall that is so many times as deep as the usual one is not the usual one."""


class SurvivedLows:
    """A low was survived when the quantity has risen above it by a margin that is more than noise."""

    def __init__(self) -> None:
        self._lows: list[tuple[float, float]] = []
        """(time, value), the oldest first; those of half a minute are one."""
        self._turn = math.nan
        """The lowest since it began to fall, or the highest since it began to rise."""
        self._rises = False
        self._low = math.nan
        """The last that was survived."""
        self._high = math.nan
        """What it falls from; nan while it rises."""
        self._rebounds: list[tuple[float, float]] = []
        """(time, by how much it rose), the oldest first."""

    def add(self, at: float, value: float, margin: float) -> bool:
        """Whether this reading makes the last low one that was survived."""
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
        """The lowest that was survived before `at`; inf where there was none."""
        return min((low for when, low in self._lows if when < at), default=math.inf)

    def usual_dip(self, at: float, value: float) -> float:
        """How much is given back again and again, as by a collector of garbage; 0 where nothing is, or the fall to `value` is deeper."""
        usual = self._given_back(at)
        return 0.0 if self._high - value > _FURTHER * usual else usual

    def _given_back(self, at: float) -> float:
        """The second largest rise of the last minutes; 0 where there was but one."""
        rebounds = self._rebounds
        while rebounds and at - rebounds[0][0] > _RECENT:
            del rebounds[0]
        rises = [rise for _, rise in rebounds]
        if self._rises:
            rises.append(self._turn - self._low)
        return sorted(rises)[-2] if len(rises) > 1 else 0.0

    def next_low(self, now: float, since: float, rate: float) -> float | None:
        """Where the next is to be expected, if all since then fall at a rate; None where there was none."""
        lows = sorted(low - rate * (now - when) for when, low in self._lows if when >= since)
        return lows[len(lows) // 2] if lows else None

    def lowest(self, since: float, value: float) -> float:
        """The lowest since then, `value` of now included."""
        return min((low for when, low in self._lows if when >= since), default=value)

    def clear(self) -> None:
        """Forget them, as after a kill: what somebody had to die for was not survived."""
        self._lows.clear()
        self._rebounds.clear()
        self._turn = self._low = self._high = math.nan
        self._rises = False
