"""Normal, warning, critical: a state machine that rises at once and falls only when readings stay calm.

Memory used holds a level down to `hysteresis_percent` below its mark, a stall down to half of its mark (avg10 decays
by itself). All times are monotonic seconds, which stand still while the machine sleeps.
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

RETELL_SECONDS: dict[LevelName, float] = {"warning": 1800.0, "critical": 300.0}
"""How long the memory must have been below a level before the level is told anew."""


def advance(level: Level, memory: Memory, marks: Thresholds, now: float) -> Level:
    """The level after one more reading.

    A reading that is unknown neither raises a level nor ends one that it caused. A level ends when readings have
    asked for less throughout `dwell_seconds`; it ends at the highest level that they asked for in that time.
    """
    held = ORDER.index(level.name)
    by_used = _used_asks(level, memory, marks)
    by_stall = _stall_asks(level, memory, marks)
    asked = max(by_used, by_stall)
    cause: Cause = "none" if not asked else "used" if by_used == asked else "stall"
    if asked > held:
        return Level(ORDER[asked], now, cause)
    if asked == held:
        return replace(level, cause=cause, calmer_since=None, calmer_to=None)
    since = now if level.calmer_since is None else level.calmer_since
    floor = asked if level.calmer_to is None else max(asked, ORDER.index(level.calmer_to))
    if now - since < marks.dwell_seconds:
        return replace(level, calmer_since=since, calmer_to=ORDER[floor])
    fallen = Level(ORDER[floor], now, "none" if not floor else cause if floor == asked else level.cause)
    return fallen if asked == floor else replace(fallen, calmer_since=now, calmer_to=ORDER[asked])


def _used_asks(level: Level, memory: Memory, marks: Thresholds) -> int:
    used = memory.used_percent
    if used is None:
        return ORDER.index(level.name) if level.cause == "used" else 0
    slack = marks.hysteresis_percent
    return _asks(
        level,
        used,
        (marks.critical_percent, marks.critical_percent - slack),
        (marks.warning_percent, marks.warning_percent - slack),
    )


def _stall_asks(level: Level, memory: Memory, marks: Thresholds) -> int:
    stall = memory.psi_full_avg10
    if stall is None:
        return ORDER.index(level.name) if level.cause == "stall" else 0
    critical, warning = marks.critical_stall or math.inf, marks.warning_stall or math.inf
    return _asks(level, stall, (critical, critical * _STALL_HOLDS), (warning, warning * _STALL_HOLDS))


def _asks(level: Level, value: float, critical: tuple[float, float], warning: tuple[float, float]) -> int:
    """The highest level whose mark (first) is reached, or which stands and is still held (second)."""
    held = ORDER.index(level.name)
    for step, (reached, holds) in ((2, critical), (1, warning)):
        if value >= reached or (held >= step and value >= holds):
            return step
    return 0


@dataclass(frozen=True, slots=True)
class Announced:
    """What a person was told, and is still being shown."""

    standing: LevelName = "normal"
    """Level of the notification that stands now; normal: none does."""
    warning_left: float = -math.inf
    """When the memory fell below warning after that was told; inf while it lasts, -inf before it was ever told."""
    critical_left: float = -math.inf


def announce(announced: Announced, level: Level, now: float) -> tuple[Announced, LevelName | None, bool]:
    """Whether a level is to be told: (new state, the level to tell or None, whether to withdraw what stands).

    Each level is told once an episode. An episode lasts until the memory has been below the level for
    `RETELL_SECONDS`, so that a machine which lives around 80 % is told once and then only shows it.
    """
    here = ORDER.index(level.name)
    left = {"warning": announced.warning_left, "critical": announced.critical_left}
    tell: LevelName | None = None
    if here and now - left[level.name] >= RETELL_SECONDS[level.name]:
        tell = level.name
    withdraw = tell is None and ORDER.index(announced.standing) > here
    told = Announced(
        tell or ("normal" if withdraw else announced.standing),
        _left(announced.warning_left, now, lasts=here >= 1),
        _left(announced.critical_left, now, lasts=here >= 2),
    )
    return told, tell, withdraw


def _left(before: float, now: float, *, lasts: bool) -> float:
    if lasts:
        return math.inf
    return now if before == math.inf else before
