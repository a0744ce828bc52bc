"""What recorded readings would have brought about, a line an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n

if TYPE_CHECKING:
    from oomtray.risk.outlook import Cause, LevelName
    from oomtray.risk.replay import Clock, ReplayEvent

_LEVELS: dict[LevelName, str] = {
    "normal": mark("{at} s  back to normal"),
    "warning": mark("{at} s  warning: {cause}"),
    "critical": mark("{at} s  critical: {cause}"),
}
_TOLD: dict[LevelName, str] = {
    "normal": mark("{at} s  notification withdrawn"),
    "warning": mark("{at} s  notification of the warning"),
    "critical": mark("{at} s  notification of the critical level"),
}
_CAUSES: dict[Cause, str] = {
    "none": mark("it is about to end"),
    "used": mark("much memory is used"),
    "stall": mark("programs wait for memory"),
    "forecast": mark("memory runs out soon at this rate"),
}
_CLOCKS: dict[Clock, str] = {
    "stall": mark("{at} s  programs wait for memory in {time}"),
    "kill": mark("{at} s  a program is killed in {time}"),
}
_ENDED: dict[Clock, str] = {
    "stall": mark("{at} s  programs no longer about to wait for memory"),
    "kill": mark("{at} s  no program about to be killed any more"),
}


def event(event: ReplayEvent) -> str:
    at = f"{event.at:.1f}"
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
    return tr(_CLOCKS[event.clock], at=at, time=tr("{earliest} to {latest} s", earliest=earliest, latest=latest))


def nothing(readings: int) -> str:
    """Where no event came of them."""
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
