"""Moments as people write them: with today and yesterday by name, else with the day, and of another year with that too.

All times are seconds since 1970, shown in this place's time.
"""

from __future__ import annotations

from typing import Protocol

from oomtray.messages.i18n import mark, tr
from oomtray.text import clock, day_of, days_ago

_DAYS = (
    *(mark("{day} Jan"), mark("{day} Feb"), mark("{day} Mar"), mark("{day} Apr"), mark("{day} May"), mark("{day} Jun")),
    *(mark("{day} Jul"), mark("{day} Aug"), mark("{day} Sep"), mark("{day} Oct"), mark("{day} Nov"), mark("{day} Dec")),
)


class Moments(Protocol):
    """Writes days and times of the day: in the language of the messages here, as the user's region does in a window."""

    def date(self, at: float, now: float) -> str: ...
    def clock(self, at: float) -> str: ...


class _InWords:
    def date(self, at: float, now: float) -> str:
        """2 Nov, of another year 2 Nov 2025."""
        year, month, day = day_of(at)
        date = tr(_DAYS[month - 1], day=day)
        return date if year == day_of(now)[0] else tr("{date} {year}", date=date, year=year)

    def clock(self, at: float) -> str:
        """14:38."""
        return clock(at)


IN_WORDS: Moments = _InWords()


def when(seconds: float | None, now: float, moments: Moments = IN_WORDS) -> str:
    """Today 14:38, Yesterday 14:38, 2 Nov, 14:02: for the beginning of a line."""
    if seconds is None:
        return tr("At an unknown time")
    time, days = moments.clock(seconds), days_ago(seconds, now)
    if days == 0:
        return tr("Today {clock}", clock=time)
    if days == 1:
        return tr("Yesterday {clock}", clock=time)
    return _dated(seconds, now, moments)


def within(seconds: float, now: float, moments: Moments = IN_WORDS) -> str:
    """today 14:38, yesterday 14:38, 2 Nov, 14:02: for within a sentence."""
    time, days = moments.clock(seconds), days_ago(seconds, now)
    if days == 0:
        return tr("today {clock}", clock=time)
    if days == 1:
        return tr("yesterday {clock}", clock=time)
    return _dated(seconds, now, moments)


def between(begin: float, end: float, now: float, moments: Moments = IN_WORDS) -> str:
    """From when to when, for the beginning of a line. The day is named once, where it is one."""
    since, until = moments.clock(begin), moments.clock(end)
    if days_ago(begin, end):
        return tr("Between {begin} and {end}", begin=within(begin, now, moments), end=within(end, now, moments))
    if since == until:
        return when(end, now, moments)
    days = days_ago(end, now)
    if days == 0:
        return tr("Today between {begin} and {end}", begin=since, end=until)
    if days == 1:
        return tr("Yesterday between {begin} and {end}", begin=since, end=until)
    return tr("Between {begin} and {end}", begin=_dated(begin, now, moments), end=until)


def _dated(seconds: float, now: float, moments: Moments) -> str:
    return tr("{day}, {time}", day=moments.date(seconds, now), time=moments.clock(seconds))
