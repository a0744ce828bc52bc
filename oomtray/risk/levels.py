"""Levels normal, warning and critical: a state machine that rises at once and falls only after calm readings.

A level is held by memory used down to some points below its threshold (`risk.thresholds.slack`), by a stall
down to half of its threshold (avg10 decays by itself), by a forecast until half as much time again is left.
All times are monotonic seconds, which stand still while the machine sleeps.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.outlook import Cause, Forecast, Level, LevelName
from oomtray.risk.thresholds import has_plenty, marks, slack

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.config.settings import Thresholds
    from oomtray.kernel.snapshot import Memory

ORDER: tuple[LevelName, ...] = ("normal", "warning", "critical")
_STALL_HOLDS = 0.5
_FORECAST_HOLDS = 1.5
_NOT_FORESEEN = Forecast()

REPEAT_SECONDS: dict[LevelName, float] = {"warning": 1800.0, "critical": 300.0}
"""How long memory must have been below a level before the level is announced again."""
_PAUSE_GROWS = 2.0
_LONGEST_PAUSE = 6 * 3600.0
"""The least pause until a level is announced again doubles with each announcement, up to this many seconds."""
_AFTER_KILL_SECONDS = 60.0
"""The first of these pauses after a kill; what was warned of has happened, so a new danger is news."""
_FORGOTTEN = 3 * 3600.0
"""After this long below a level it is announced as if for the first time."""


def advance(
    level: Level, memory: Memory, thresholds: Thresholds, now: float, forecast: Forecast = _NOT_FORESEEN
) -> Level:
    """Return the level after one more reading.

    An unknown reading neither raises a level nor ends one that it caused. A level ends once readings have
    asked for less throughout `dwell_seconds`, and falls to the highest level that they asked for in that
    time.
    """
    held = ORDER.index(level.name)
    by_used = _by_used(level, memory, thresholds)
    by_stall = _by_stall(level, memory, thresholds)
    by_forecast = _by_forecast(level, forecast, thresholds)
    asked = max(by_used, by_stall, by_forecast)
    cause: Cause = "none"
    if asked:
        cause = "used" if by_used == asked else "stall" if by_stall == asked else "forecast"
    if asked > held:
        return Level(ORDER[asked], now, cause)
    if asked == held:
        return replace(level, cause=cause, calmer_since=None, calmer_to=None)
    since = now if level.calmer_since is None else level.calmer_since
    floor = asked if level.calmer_to is None else max(asked, ORDER.index(level.calmer_to))
    if now - since < thresholds.dwell_seconds:
        return replace(level, calmer_since=since, calmer_to=ORDER[floor])
    fallen = Level(ORDER[floor], now, "none" if not floor else cause if floor == asked else level.cause)
    return fallen if asked == floor else replace(fallen, calmer_since=now, calmer_to=ORDER[asked])


def _by_used(level: Level, memory: Memory, thresholds: Thresholds) -> int:
    used = memory.used_percent
    if used is None:
        return ORDER.index(level.name) if level.cause == "used" else 0
    warning, critical = marks(thresholds, memory)
    return _level_of(
        level,
        used,
        (critical.used, critical.used - slack(critical, thresholds)),
        (warning.used, warning.used - slack(warning, thresholds)),
    )


def _by_stall(level: Level, memory: Memory, thresholds: Thresholds) -> int:
    stall = memory.psi_full_avg10
    if stall is None:
        return ORDER.index(level.name) if level.cause == "stall" else 0
    critical, warning = thresholds.critical_stall or math.inf, thresholds.warning_stall or math.inf
    asked = _level_of(level, stall, (critical, critical * _STALL_HOLDS), (warning, warning * _STALL_HOLDS))
    # a cgroup throttled by its own limit stalls; the machine is in no danger
    return 0 if has_plenty(memory, thresholds) else asked


def _by_forecast(level: Level, forecast: Forecast, thresholds: Thresholds) -> int:
    """Return the level by forecast: warning by the clock that runs out first, critical by the kill's alone."""
    kill = math.inf if forecast.seconds is None else forecast.seconds
    first = kill if forecast.stall is None else min(kill, sum(forecast.stall) / 2)
    for step, seconds, least in (
        (2, kill, thresholds.critical_forecast_seconds),
        (1, first, thresholds.warning_forecast_seconds),
    ):
        if least and seconds < least * (_FORECAST_HOLDS if ORDER.index(level.name) >= step else 1.0):
            return step
    return 0


def _level_of(level: Level, value: float, critical: tuple[float, float], warning: tuple[float, float]) -> int:
    """Return the highest level whose threshold is reached (first of each pair) or that is still held (second)."""
    held = ORDER.index(level.name)
    for step, (reached, holds) in ((2, critical), (1, warning)):
        if value >= reached or (held >= step and value >= holds):
            return step
    return 0


@dataclass(frozen=True, slots=True)
class Announcement:
    """How often one level was announced, and when memory left the level."""

    times: int = 0
    """Announcements since memory was last below the level for hours."""
    at: float = -math.inf
    """When it was last announced."""
    left: float = -math.inf
    """When memory fell below the level after that; inf while it lasts."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Which levels were announced, and which notification is still shown."""

    shown: LevelName = "normal"
    """Level of the notification shown now; normal if none is."""
    warning: Announcement = Announcement()
    critical: Announcement = Announcement()


def announce(
    announced: Announced, level: Level, now: float, muted: Collection[LevelName] = (), killed: float = -math.inf
) -> tuple[Announced, LevelName | None, bool]:
    """Decide whether to announce a level.

    Return the new state, the level to announce or None, and whether to withdraw the notification.

    Each level is announced once per episode. An episode lasts until memory has been below the level for
    `REPEAT_SECONDS`, and each announcement doubles the pause until the next: a machine that stays around a
    threshold, or crosses it every few minutes, gets a few notifications a day and otherwise only shows it.

    `killed` is when something was last killed because memory ran out. A level that was announced before, and left since, is
    announced again without waiting for `REPEAT_SECONDS`, but with growing pauses: a service may leak, be killed and
    restart all day.

    Levels in `muted` aren't announced. An episode that began while muted is announced if it still lasts when
    its level is unmuted; one already announced isn't repeated.
    """
    here = ORDER.index(level.name)
    before: dict[str, Announcement] = {"warning": announced.warning, "critical": announced.critical}
    news = here > 0 and _is_news(before[level.name], REPEAT_SECONDS[level.name], now, killed)
    tell = level.name if news and level.name not in muted else None
    withdraw = tell is None and ORDER.index(announced.shown) > here
    shown = tell or ("normal" if withdraw else announced.shown)
    warning, critical = (
        before[name]
        if news and not tell and name == level.name
        else _updated(before[name], now, lasts=here >= step, told_now=tell == name)
        for step, name in ((1, "warning"), (2, "critical"))
    )
    return Announced(shown, warning, critical), tell, withdraw


def _is_news(told: Announcement, pause: float, now: float, killed: float) -> bool:
    if told.left == math.inf:
        return False
    if killed > told.at:
        pause = _AFTER_KILL_SECONDS
    elif now - told.left < pause:
        return False
    if now - told.left >= _FORGOTTEN or not told.times:
        return True
    return now - told.at >= min(pause * _PAUSE_GROWS ** (told.times - 1), _LONGEST_PAUSE)


def _updated(told: Announcement, now: float, *, lasts: bool, told_now: bool) -> Announcement:
    if told_now:
        times = 1 if now - told.left >= _FORGOTTEN else told.times + 1
        return Announcement(times, now, math.inf)
    if lasts:
        return replace(told, left=math.inf)
    return replace(told, left=now) if told.left == math.inf else told
