"""Normal, warning, critical: a state machine that rises at once and falls only when readings stay calm.

Memory used holds a level down to `hysteresis_percent` below its threshold, a stall down to half of its threshold (avg10
decays by itself). All times are monotonic seconds, which stand still while the machine sleeps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from oomtray.risk.assessment import Level

if TYPE_CHECKING:
    from oomtray.config.settings import Thresholds
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Cause, LevelName

ORDER: tuple[LevelName, ...] = ("normal", "warning", "critical")
_STALL_HOLDS = 0.5

REPEAT_SECONDS: dict[LevelName, float] = {"warning": 1800.0, "critical": 300.0}
"""How long memory must have been below a level before the level is announced again."""


def advance(level: Level, memory: Memory, thresholds: Thresholds, now: float) -> Level:
    """The level after one more reading.

    A reading that is unknown neither raises a level nor ends one that it caused. A level ends when readings have
    asked for less throughout `dwell_seconds`; it ends at the highest level that they asked for in that time.
    """
    held = ORDER.index(level.name)
    by_used = _by_used(level, memory, thresholds)
    by_stall = _by_stall(level, memory, thresholds)
    asked = max(by_used, by_stall)
    cause: Cause = "none" if not asked else "used" if by_used == asked else "stall"
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
    slack = thresholds.hysteresis_percent
    return _level_of(
        level,
        used,
        (thresholds.critical_percent, thresholds.critical_percent - slack),
        (thresholds.warning_percent, thresholds.warning_percent - slack),
    )


def _by_stall(level: Level, memory: Memory, thresholds: Thresholds) -> int:
    stall = memory.psi_full_avg10
    if stall is None:
        return ORDER.index(level.name) if level.cause == "stall" else 0
    critical, warning = thresholds.critical_stall or math.inf, thresholds.warning_stall or math.inf
    return _level_of(level, stall, (critical, critical * _STALL_HOLDS), (warning, warning * _STALL_HOLDS))


def _level_of(level: Level, value: float, critical: tuple[float, float], warning: tuple[float, float]) -> int:
    """The highest level whose threshold (first of each pair) is reached, or which is held already (second)."""
    held = ORDER.index(level.name)
    for step, (reached, holds) in ((2, critical), (1, warning)):
        if value >= reached or (held >= step and value >= holds):
            return step
    return 0


@dataclass(frozen=True, slots=True)
class Announced:
    """Which levels were announced, and which notification is still shown."""

    shown: LevelName = "normal"
    """Level of the notification that is shown now; normal: none is."""
    warning_left: float = -math.inf
    """When memory fell below warning after that was announced; inf while it lasts, -inf before it ever was."""
    critical_left: float = -math.inf


def announce(announced: Announced, level: Level, now: float) -> tuple[Announced, LevelName | None, bool]:
    """Whether to announce a level: (new state, the level to announce or None, whether to withdraw what is shown).

    Each level is announced once an episode. An episode lasts until memory has been below the level for `REPEAT_SECONDS`,
    so that on a machine that lives around 80 % it is announced once and then only shown.
    """
    here = ORDER.index(level.name)
    left = {"warning": announced.warning_left, "critical": announced.critical_left}
    new: LevelName | None = None
    if here and now - left[level.name] >= REPEAT_SECONDS[level.name]:
        new = level.name
    withdraw = new is None and ORDER.index(announced.shown) > here
    after = Announced(
        new or ("normal" if withdraw else announced.shown),
        _left(announced.warning_left, now, lasts=here >= 1),
        _left(announced.critical_left, now, lasts=here >= 2),
    )
    return after, new, withdraw


def _left(before: float, now: float, *, lasts: bool) -> float:
    if lasts:
        return math.inf
    return now if before == math.inf else before
