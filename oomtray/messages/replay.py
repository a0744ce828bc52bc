"""What recorded readings would have triggered, one line per event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.text import local_time

if TYPE_CHECKING:
    from oomtray.risk.outlook import Cause, LevelName
    from oomtray.risk.replay import Clock, ReplayEvent

_FIRST_DATE, _LAST_DATE = 1e8, 1e11
"""Range in which times count from 1970: no machine has run for three years, and nobody recorded before 1973."""

_LEVELS: dict[LevelName, str] = {
    "normal": mark("{at}  back to normal"),
    "warning": mark("{at}  warning: {cause}"),
    "critical": mark("{at}  critical: {cause}"),
}
_TOLD: dict[LevelName, str] = {
    "normal": mark("{at}  notification withdrawn"),
    "warning": mark("{at}  notification of the warning"),
    "critical": mark("{at}  notification of the critical level"),
}
_CAUSES: dict[Cause, str] = {
    "none": mark("it is about to end"),
    "used": mark("much memory is used"),
    "stall": mark("programs wait for memory"),
    "forecast": mark("memory runs out soon at this rate"),
}
_CLOCKS: dict[Clock, str] = {
    "stall": mark("{at}  apps get slow in {time}"),
    "kill": mark("{at}  a program is killed in {time}"),
}
_NOW: dict[Clock, str] = {
    "stall": mark("{at}  apps get slow now"),
    "kill": mark("{at}  a program may be killed at any moment"),
}
_ENDED: dict[Clock, str] = {
    "stall": mark("{at}  apps no longer about to get slow"),
    "kill": mark("{at}  no program about to be killed any more"),
}


def event(event: ReplayEvent) -> str:
    at = _moment(event.at)
    if event.event == "level":
        return tr(_LEVELS[event.level], at=at, cause=tr(_CAUSES[event.cause]))
    if event.event == "notify":
        return tr(_TOLD[event.level], at=at)
    if event.event == "withdraw":
        return tr(_TOLD["normal"], at=at)
    assert event.clock is not None
    if event.seconds is None:
        return tr(_ENDED[event.clock], at=at)
    earliest, latest = (f"{end:.0f}" for end in event.seconds)
    if latest == "0":
        return tr(_NOW[event.clock], at=at)
    if earliest == latest:
        return tr(_CLOCKS[event.clock], at=at, time=tr("{seconds} s", seconds=latest))
    return tr(_CLOCKS[event.clock], at=at, time=tr("{earliest} to {latest} s", earliest=earliest, latest=latest))


def _moment(at: float) -> str:
    """Format a time: monotonic seconds as such, otherwise date and time as in `history`."""
    return local_time(at) if _FIRST_DATE <= at < _LAST_DATE else tr("{seconds} s", seconds=f"{at:.1f}")


def nothing(readings: int) -> str:
    """Said if the readings triggered no event."""
    return tr_n("The {count} reading would not have warned.", "None of the {count} readings would have warned.", readings)


def broken(count: int, first: int) -> str:
    return tr_n(
        "line {first} is no reading and was left out",
        "{count} lines are no readings and were left out, the first is line {first}",
        count,
        first=first,
    )


def out_of_order(count: int) -> str:
    return tr_n(
        "{count} reading is no later than the one before and was left out",
        "{count} readings are no later than the ones before and were left out",
        count,
    )


def begun_anew(count: int) -> str:
    return tr_n(
        "the time goes back by more than a minute: what follows counts as another recording",
        "{count} times the time goes back by more than a minute: what follows counts as another recording each time",
        count,
    )
