"""The ticks of a time axis, at round local times. No Qt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_STEPS = (
    *(5, 10, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY),
)
"""Seconds between two ticks; beyond these, the steps are months."""
_MONTHS = (1, 2, 3, 6, 12)
_MONDAY = 345_600
"""1970-01-05, a Monday."""

TickKind = Literal["second", "minute", "day", "month"]


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    """Seconds since 1970."""
    kind: TickKind
    """What its label shows: a midnight is a "day", the first of a month a "month"."""


def ticks(since: float, until: float, most: int, *, first_weekday: int = 0) -> list[Tick]:
    """Return about `most` ticks at most, in order; `first_weekday` is where weeks begin, 0 for Monday."""
    room = max(most, 1)
    span = until - since
    step = next((step for step in _STEPS if span / step <= room), None)
    if step is None:
        months = next((count for count in _MONTHS if span / (count * 30 * _DAY) <= room), _MONTHS[-1])
        found: Iterator[float] = _months(since, until, months)
    elif step >= _DAY:
        found = _days(since, until, step // _DAY, first_weekday)
    elif step >= _HOUR:
        found = _hours(since, until, step // _HOUR)
    else:
        found = _seconds(since, until, step)
    marked: list[Tick] = []
    for at in found:
        if since <= at <= until and (not marked or at > marked[-1].at):  # an hour may occur twice, or never
            marked.append(Tick(at, _kind(at, step)))
    return marked


def _kind(at: float, step: int | None) -> TickKind:
    if step is None:
        return "month"
    local = time.localtime(at)
    if local.tm_hour == local.tm_min == local.tm_sec == 0:
        return "day"
    return "second" if step < _MINUTE else "minute"


def _seconds(since: float, until: float, step: int) -> Iterator[float]:
    """Yield ticks in steps below an hour: no time zone's offset changes by less."""
    offset = time.localtime(since).tm_gmtoff
    at = -(-(since + offset) // step) * step - offset
    while at <= until:
        yield at
        at += step


def _hours(since: float, until: float, step: int) -> Iterator[float]:
    day = time.localtime(since)
    hour = 0
    while (at := time.mktime((day.tm_year, day.tm_mon, day.tm_mday, hour, 0, 0, 0, 0, -1))) <= until:
        yield at
        hour += step


def _days(since: float, until: float, step: int, first_weekday: int) -> Iterator[float]:
    day = time.localtime(since)
    begin = 0
    if step > 1:  # counted from a fixed day, so that ticks stay in place while the axis moves
        local = int(since) + day.tm_gmtoff
        begin = -(((local - _MONDAY) // _DAY - (first_weekday if step % 7 == 0 else 0)) % step)
    while (at := time.mktime((day.tm_year, day.tm_mon, day.tm_mday + begin, 0, 0, 0, 0, 0, -1))) <= until:
        yield at
        begin += step


def _months(since: float, until: float, step: int) -> Iterator[float]:
    day = time.localtime(since)
    month = (day.tm_mon - 1) // step * step + 1
    while (at := time.mktime((day.tm_year, month, 1, 0, 0, 0, 0, 0, -1))) <= until:
        yield at
        month += step
