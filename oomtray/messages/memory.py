"""How much memory is left and the state of the machine, for the window, the icon and the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.numbers import age, percent
from oomtray.messages.ranges import in_a_sentence
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.kernel.snapshot import Memory
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.outlook import Forecast, LevelName
    from oomtray.risk.thresholds import Mark

_AT_ONCE, _WELL_BEFORE = 2.0, 1.5
"""Seconds below which a stall has begun already.

And how many times longer a kill must take for both to be given.
"""

_HEADLINES: dict[LevelName, str] = {
    "normal": mark("Memory is fine"),
    "warning": mark("Memory is getting tight"),
    "critical": mark("Memory is nearly gone"),
}
_STALLING: dict[LevelName, str] = {
    "normal": _HEADLINES["normal"],
    "warning": mark("Apps are waiting for memory"),
    "critical": mark("Apps are slow because memory is short"),
}
"""If the level comes from stalls (PSI) rather than from memory used."""
_FORESEEN: dict[LevelName, str] = {
    "normal": _HEADLINES["normal"],
    "warning": mark("Memory is running out"),
    "critical": mark("Memory is about to run out"),
}
"""If it comes from the forecast."""


def headline(assessment: Assessment) -> str:
    level, judged = assessment.level, assessment.snapshot.scope.memory or assessment.snapshot.memory
    if judged.left is None and level.name == "normal":
        return left_unknown()
    said = {"stall": _STALLING, "forecast": _FORESEEN}.get(level.cause, _HEADLINES)
    return tr(said[level.name])


def left_unknown() -> str:
    """Said about the machine, or about what is watched."""
    return tr("How much memory is left is unknown")


def paused() -> str:
    return tr("Paused: memory is not being watched")


def waiting() -> str:
    """Said before the first reading."""
    return tr("Reading the system…")


def unreadable() -> str:
    return tr("The system can't be read")


def no_new_readings() -> str:
    """Said if the part of this program that reads memory has stopped responding."""
    return tr("No new readings")


def stale(seconds: float | None) -> str:
    """Say how old the numbers are; None if there was no reading at all."""
    return tr("Nothing has been read yet") if seconds is None else tr("Numbers are {age} old", age=age(seconds))


def stale_sentence(seconds: float | None) -> str:
    """Say, for the icon, that there are no newer readings, and how old the last ones are."""
    if seconds is None:
        return tr("No readings so far, so nothing is known right now.")
    return tr("No new readings: the numbers are {age} old.", age=age(seconds))


def used(memory: Memory) -> str:
    return tr("{percent} used", percent=percent(memory.used_percent))


def left(memory: Memory) -> str:
    return tr("{size} left", size=size(memory.left))


def mark_of(mark: Mark) -> str:
    """Return what a level begins at: 80 % used, or the size left at that point."""
    if mark.left is not None:
        return size(mark.left)
    return percent(mark.used, 0 if mark.used == int(mark.used) else 1)


def lasts_sentence(assessment: Assessment) -> str:
    """Say how long memory lasts, in a whole sentence."""
    stall, kill = clocks(assessment.forecast)
    if stall is not None and kill is not None:
        return tr(
            "At this rate apps get slow in {stall}, and something is killed in {kill}.",
            stall=in_a_sentence(stall),
            kill=in_a_sentence(kill),
        )
    if stall is not None:
        return tr("At this rate apps get slow in {time}.", time=in_a_sentence(stall))
    return "" if kill is None else tr("It lasts {time} at this rate.", time=in_a_sentence(kill))


def clocks(forecast: Forecast) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    """Return the range of seconds until a stall, if well before the kill, and until the kill."""
    stall, kill = forecast.stall, forecast.kill
    if stall is None or (kill is not None and (sum(stall) / 2 < _AT_ONCE or sum(kill) < _WELL_BEFORE * sum(stall))):
        return None, kill
    return stall, kill


def in_short(assessment: Assessment) -> str:
    """Summarize the state in one clause, for the icon, which keeps it for a while if all is well."""
    memory = assessment.snapshot.memory
    if assessment.level.name == "normal":
        return tr("{state}: about {used}, {left}", state=headline(assessment), used=used(memory), left=left(memory))
    return tr("{state}: {used}, {left}", state=headline(assessment), used=used(memory), left=left(memory))


def sentences(assessment: Assessment) -> list[str]:
    """Describe the state for the terminal; the first sentence names the level."""
    memory, scope, said = assessment.snapshot.memory, assessment.snapshot.scope, []
    state = headline(assessment)
    if (scope.memory or memory).left is None:
        said.append(tr("{state}.", state=state))
    elif scope.kind == "system":
        said.append(tr("{state}: {numbers}.", state=state, numbers=amounts(memory)))
    elif scope.memory is None:  # what follows is about the cgroup only
        said.append(tr("{state} (whole machine): {numbers}.", state=state, numbers=amounts(memory)))
    else:
        cgroup = printable(scope.path or "/")
        said.append(
            tr("{state} in {cgroup}: {numbers}.", state=state, cgroup=cgroup, numbers=amounts(scope.memory))
        )
    lasting = "" if scope.memory is not None else lasts_sentence(assessment)  # the forecast is the whole machine's
    return [*said, lasting] if lasting else said


def amounts(memory: Memory) -> str:
    return _amounts(memory.used_percent, memory.left, memory.usable)


def swap_amounts(memory: Memory) -> str:
    if memory.swap_total is None:
        return _unknown()
    if memory.swap_total == 0:
        return tr("none")
    return _amounts(memory.swap_percent, memory.swap_free, memory.swap_total)


def stall(memory: Memory) -> str:
    """Give PSI's two averages."""
    some, full = memory.psi_some_avg10, memory.psi_full_avg10
    if some is None and full is None:
        return _unknown()
    return tr("{some} of the last 10 s for some process, {full} for all", some=percent(some, 1), full=percent(full, 1))


def kills(count: int) -> str:
    return tr_n("{count} by the kernel since boot", "{count} by the kernel since boot", count)


def _amounts(used: float | None, left: int | None, total: int | None) -> str:
    return tr("{used} used, {left} of {total} left", used=percent(used), left=size(left), total=size(total))


def _unknown() -> str:
    return tr("unknown: this kernel doesn't tell")
