"""How low a quantity went and came back from: what was survived is no danger when it comes again."""

from __future__ import annotations

import math

_REMEMBERED = 1800.0
"""Seconds after which a low that was survived says nothing any more."""
_MERGED = 30.0


class SurvivedLows:
    """A low was survived when the quantity has risen above it by a margin that is more than noise."""

    def __init__(self) -> None:
        self._lows: list[tuple[float, float]] = []
        """(time, value), the oldest first; those of half a minute are one."""
        self._turn = math.nan
        """The lowest since it began to fall, or the highest since it began to rise."""
        self._rises = False

    def add(self, at: float, value: float, margin: float) -> bool:
        """Whether this reading makes the last low one that was survived."""
        lows = self._lows
        while lows and at - lows[0][0] > _REMEMBERED:
            del lows[0]
        turn = self._turn
        if math.isnan(turn):  # the first reading
            self._turn = value
        elif self._rises:
            if value > turn:
                self._turn = value
            elif value < turn - margin:
                self._rises, self._turn = False, value
        elif value < turn:
            self._turn = value
        elif value > turn + margin:
            if lows and at - lows[-1][0] < _MERGED:
                lows[-1] = lows[-1][0], min(lows[-1][1], turn)
            else:
                lows.append((at, turn))
            self._rises, self._turn = True, value
            return True
        return False

    def before(self, at: float) -> float:
        """The lowest that was survived before `at`; inf where there was none."""
        return min((low for when, low in self._lows if when < at), default=math.inf)

    def clear(self) -> None:
        """Forget them, as after a kill: what somebody had to die for was not survived."""
        self._lows.clear()
        self._turn, self._rises = math.nan, False
