"""The state of memory and how long it lasts, for the window's header."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.memory import left_unknown, mark_of
from oomtray.messages.names import app_name, is_known_by_itself, own_name
from oomtray.messages.numbers import about, moves, percent
from oomtray.messages.ranges import about_range, under
from oomtray.records import dataclass
from oomtray.risk.forecast import spared
from oomtray.risk.outlook import Moved, known_seconds, moved, steady_seconds
from oomtray.text import size

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.growing_apps import GrowingApp
    from oomtray.risk.thresholds import Marks

_MINUTE, _HOUR = 60, 3600
_STALLED, _NO_STALL = 5.0, 0.05
"""Percent of the last 10 s from which stalls are mentioned first, and below which there are none."""
_CALM_AGAIN = 600.0
"""Seconds during which a past shortage is mentioned."""
_WATCHED = 60.0
"""Seconds of readings needed to say how memory changes."""
_LEVEL_SECONDS, _LEVEL = 15.0, 1.0
"""Seconds within so many percentage points from which a change is over."""
_RATE_SECONDS, _RATE_FACTOR = 62.0, 2.0
"""Seconds for which a rate must hold to be given per minute, and the factor by which another differs.

The seconds include the interval of one reading.
"""
_FORESEEN_AFTER = 15.0
"""Seconds of readings before there is a forecast."""


_BEGINS: dict[tuple[str, bool], str] = {
    ("warning", False): mark("Warning from {mark} used"),
    ("warning", True): mark("Warning from {mark} left"),
    ("critical", False): mark("Critical from {mark} used"),
    ("critical", True): mark("Critical from {mark} left"),
}
"""Keyed by level, and whether a size rather than a share of memory decides."""


def left_of(memory: Memory) -> tuple[str, str]:
    """Return the text below the amount left, the longest wording first."""
    return tr("left of {total}", total=whole_size(memory.usable)), tr("left")


def used_caption(memory: Memory) -> tuple[str, ...]:
    """Return the caption of the memory bar, the longest wording first."""
    share = percent(memory.used_percent)
    return tr("Memory {percent} used", percent=share), tr("Memory {percent}", percent=share)


def levels_begin(marks: Marks) -> tuple[str, ...]:
    """Explain the marks on the memory bar, one line each."""
    levels = ("warning", marks.warning), ("critical", marks.critical)
    return tuple(tr(_BEGINS[name, at.left is not None], mark=mark_of(at)) for name, at in levels if at.used <= 100)


def swap_caption(memory: Memory) -> tuple[str, ...]:
    """Return the caption of the swap bar, the longest wording first."""
    if memory.swap_total is None:
        return (tr("Swap unknown"),)
    if memory.swap_total == 0:
        return (tr("No swap"),)
    share = percent(memory.swap_percent)
    return (
        tr("Swap {percent} of {total}", percent=share, total=whole_size(memory.swap_total)),
        tr("Swap {percent}", percent=share),
        share,
    )


def last(seconds: float) -> str:
    """Say how much time the trail spans."""
    if seconds < _MINUTE:
        return tr("last {count} s", count=max(int(seconds), 1))  # rounded as by `in_words` beside it
    return tr("last {count} min", count=max(round(seconds / _MINUTE), 1))


def until(at: str) -> str:
    """Replaces that while paused; `at` is a time of day."""
    return tr("until {time}", time=at)


def no_readings() -> str:
    """Replaces the trail."""
    return tr("no readings yet")


def stall_now(memory: Memory) -> str:
    """Give the stall for screen readers, after how much is used."""
    return tr("stall {percent}", percent=percent(memory.psi_full_avg10, 1))


def whole_size(count: int) -> str:
    """Format a size, without a fraction if it is zero: 16 GiB, 15.5 GiB."""
    told = size(count)
    return told.replace(".0 ", " ")


def drives(assessment: Assessment) -> tuple[str, ...]:
    """Say below the headline what uses up memory, or how long it has lasted; the longest wording first."""
    memory, level, now = assessment.snapshot.memory, assessment.level, assessment.snapshot.at
    stalled = memory.psi_full_avg10 or 0.0
    if level.name != "normal" and stalled >= _STALLED:
        share = percent(stalled)
        stalls = tr("Stalled {percent}", percent=share)
        if level.cause == "stall":  # the headline already says that apps are slow, or wait
            return tr("Stalled {percent} of the last 10 s", percent=share), stalls
        return (
            tr("Already slow: stalled {percent} of the last 10 s", percent=share),
            tr("Already slow: stalled {percent}", percent=share),
            stalls,
        )
    if assessment.growing:
        fastest = assessment.growing[0]
        values = {"name": _grower(fastest), "size": size(fastest.rate * 60)}
        return tr("{name} grows by {size} a minute", **values), tr("{name}: +{size}/min", **values)
    rate = assessment.forecast.rate
    if rate is not None and moves(rate) and level.name != "normal":
        lately = moved(tuple(reading for reading in assessment.trail if now - reading.at <= _RATE_SECONDS), now)
        if lately is None or _lasts(rate, lately, memory):
            return _rate(rate)
        return (_since(lately, memory),)
    known = known_seconds(assessment.trail, now)
    if level.name == "normal" and level.since > 0 and now - level.since < _CALM_AGAIN and known > now - level.since:
        calm = in_words(now - level.since)
        return tr("Calm again for {time}", time=calm), tr("Calm for {time}", time=calm)
    if known < _WATCHED:
        return (tr("Watching for {time}", time=in_words(known)) if known >= 1 else tr("Watching begins"),)
    return _steady(assessment, stalled)


def _lasts(rate: float, lately: Moved, memory: Memory) -> bool:
    """Whether a rate over seconds is also that of the last minute: memory allocated in one step is no rate."""
    mean = lately.percent * memory.usable / 100 / lately.seconds if lately.seconds > 0 else 0.0
    return rate / mean < _RATE_FACTOR and mean / rate < _RATE_FACTOR if mean * rate > 0 else False


def _rate(rate: float) -> tuple[str, str]:
    """Format a rate, the longest wording first."""
    minute = size(abs(rate) * 60)
    if rate > 0:
        return tr("Losing {size} a minute", size=minute), tr("−{size}/min", size=minute)
    return tr("Gaining {size} a minute", size=minute), tr("+{size}/min", size=minute)


def _steady(assessment: Assessment, stalled: float) -> tuple[str, ...]:
    memory, now = assessment.snapshot.memory, assessment.snapshot.at
    steady = steady_seconds(assessment.trail, now)
    if steady >= _WATCHED:
        if memory.psi_full_avg10 is not None and stalled < _NO_STALL:
            return (tr("Steady for {time}, no stalls", time=in_words(steady)),)
        return (tr("Steady for {time}", time=in_words(steady)),)
    change = moved(assessment.trail, now)
    if change is None:
        return ("",)
    level = steady_seconds(assessment.trail, now, within=_LEVEL)
    if level < _LEVEL_SECONDS:
        return (_since(change, memory),)
    return _since(change, memory, over=True), tr("Steady for {time}", time=in_words(level))


def _since(change: Moved, memory: Memory, *, over: bool = False) -> str:
    more, time = size(abs(change.percent) * memory.usable / 100), in_words(change.seconds)
    if change.percent >= 0:
        if over:
            return tr("{size} more used than {time} ago, now steady", size=more, time=time)
        return tr("{size} more used than {time} ago", size=more, time=time)
    if over:
        return tr("{size} less used than {time} ago, now steady", size=more, time=time)
    return tr("{size} less used than {time} ago", size=more, time=time)


def _grower(app: GrowingApp) -> str:
    main = app.main
    return own_name(main) if main is not None and is_known_by_itself(app.app, main) else app_name(app.app)


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long memory lasts: two clocks, the second alone, or a sentence in their place."""

    slow: str = ""
    """The time until apps wait for memory; empty where something may be killed before they do."""
    kill: str = ""
    """The time until something is killed."""
    instead: str = ""
    """A sentence that replaces both."""
    why: str = ""
    """The line below that sentence."""


def clocks_of(assessment: Assessment, *, slow_at: float = math.inf) -> Clocks:
    """Return the clocks; `slow_at` is the percentage of the last 10 s from which stalls are felt."""
    forecast, memory = assessment.forecast, assessment.snapshot.memory
    stalls = assessment.level.name != "normal" and (memory.psi_full_avg10 or 0.0) >= slow_at
    rate = forecast.rate if forecast.rate is not None and moves(forecast.rate) else 0.0
    losing = rate > 0 or bool(assessment.growing)
    if forecast.stall is None and forecast.kill is None and not stalls:
        if memory.left is None:
            return Clocks(instead=tr("No estimate"), why=left_unknown())
        known = known_seconds(assessment.trail, assessment.snapshot.at)
        if known < _FORESEEN_AFTER:
            wait = about(max(_FORESEEN_AFTER - known, 1.0))
            return Clocks(instead=tr("No estimate yet"), why=tr("The first in {time}", time=wait))
        if assessment.level.name == "normal":
            return Clocks(instead=tr("No end in sight"), why=tr("At this rate nothing runs out soon"))
        if losing:
            return Clocks(instead=tr("No estimate"), why=tr("Memory use changes too unevenly"))
        if rate < 0:
            return Clocks(instead=tr("Recovering"), why=tr("More is becoming free"))
        return Clocks(instead=tr("Holding steady"), why=tr("No longer shrinking"))
    kill = tr("not in sight") if forecast.kill is None else about_range(*forecast.kill)
    if stalls:
        # such an uneven loss may use up memory even without a forecast
        return Clocks(tr("now"), tr("no estimate") if losing and forecast.stall is None and forecast.kill is None else kill)
    if forecast.stall is not None:
        return Clocks(about_range(*forecast.stall), kill)
    assert forecast.kill is not None
    # the kernel kills once nothing is left, and so only after apps have waited
    return Clocks("" if spared(assessment) else under(forecast.kill[1]), kill)


def numbers_from(at: str) -> tuple[str, ...]:
    """Return the line below the headline while paused, the longest first; `at` is a time of day."""
    return tr("Numbers are from {time}", time=at), tr("As of {time}", time=at)


def not_watching() -> Clocks:
    """Return what replaces the clocks while paused."""
    return Clocks(instead=tr("Not watching"), why=tr("Warnings and rules rest too"))


def in_words(seconds: float) -> str:
    """Format a time within a sentence: 20 seconds, 10 minutes, 2 hours."""
    if seconds < _MINUTE:
        return tr_n("{count} second", "{count} seconds", int(seconds))
    if seconds < _HOUR:
        return tr_n("{count} minute", "{count} minutes", int(seconds) // _MINUTE)
    return tr_n("{count} hour", "{count} hours", int(seconds) // _HOUR)
