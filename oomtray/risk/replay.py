"""Replay recorded readings through levels, forecast and notifications, to see what was shown and when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass
from oomtray.risk.forecast import HORIZON, Forecaster
from oomtray.risk.levels import Announced, advance, announce
from oomtray.risk.outlook import Cause, Forecast, Level, LevelName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oomtray.config import Settings
    from oomtray.kernel.snapshot import Memory

Clock = Literal["stall", "kill"]
_CLOCKS: tuple[Clock, ...] = ("stall", "kill")
_CHANGED = 0.2
"""Share by which the middle of a clock's range must change for the clock to be reported again."""
_SHOWN = 0.1
"""Seconds by which it must change, too: less isn't shown."""


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """Something that would have been shown or notified."""

    at: float
    """Time of the reading, as passed to `Replay.add`."""
    event: Literal["level", "forecast", "notify", "withdraw"]
    level: LevelName
    """Level after the event; for `notify`, the announced level."""
    cause: Cause
    """What holds that level."""
    clock: Clock | None = None
    """The clock of a `forecast` event; otherwise the one that runs out first."""
    seconds: tuple[float, float] | None = None
    """The clock's range; None if it has ended or none runs."""


class Replay:
    """Replays one reading after the other. Times are monotonic seconds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._forecaster = Forecaster()
        self._level = Level()
        self._announced = Announced()
        self._kills: int | None = None
        self._killed = -math.inf
        self._told: dict[Clock, tuple[float, float]] = {}

    def add(self, at: float, memory: Memory) -> Iterator[ReplayEvent]:
        """Yield the events of a reading; consume them all before adding the next."""
        thresholds, wanted = self._settings.levels, self._settings.notifications
        horizon = max(HORIZON, thresholds.warning_forecast_seconds)
        forecast = self._forecaster.add(at, memory, horizon=horizon)
        before, self._level = self._level, advance(self._level, memory, thresholds, at, forecast)
        level = self._level
        clock, seconds = _first(forecast)
        if level.name != before.name:
            yield ReplayEvent(at, "level", level.name, level.cause, clock, seconds)
        yield from self._forecasts(at, forecast)
        muted: list[LevelName] = []
        if not wanted.warning:
            muted.append("warning")
        if not wanted.critical:
            muted.append("critical")
        if memory.oom_kills is not None:
            if self._kills is not None and memory.oom_kills > self._kills:
                self._killed = at
            self._kills = memory.oom_kills
        self._announced, tell, withdraw = announce(self._announced, level, at, muted, self._killed)
        if tell is not None:
            yield ReplayEvent(at, "notify", tell, level.cause, clock, seconds)
        elif withdraw:
            yield ReplayEvent(at, "withdraw", level.name, level.cause, clock, seconds)

    def _forecasts(self, at: float, forecast: Forecast) -> Iterator[ReplayEvent]:
        """Yield a `forecast` event for each clock that begins, ends or has changed much since its last one."""
        for clock in _CLOCKS:
            now = forecast.kill if clock == "kill" else forecast.stall
            if not _has_changed(self._told.get(clock), now):
                continue
            if now is None:
                del self._told[clock]
            else:
                self._told[clock] = now
            yield ReplayEvent(at, "forecast", self._level.name, self._level.cause, clock, now)


def _has_changed(told: tuple[float, float] | None, now: tuple[float, float] | None) -> bool:
    if told is None or now is None:
        return told is not now
    before = sum(told) / 2
    return abs(sum(now) / 2 - before) >= max(_CHANGED * before, _SHOWN)


def _first(forecast: Forecast) -> tuple[Clock | None, tuple[float, float] | None]:
    if forecast.stall is not None and (forecast.kill is None or sum(forecast.stall) <= sum(forecast.kill)):
        return "stall", forecast.stall
    return ("kill", forecast.kill) if forecast.kill is not None else (None, None)
