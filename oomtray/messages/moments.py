"""Times as people write them: today and yesterday by name, otherwise the date, with the year if it isn't this one.

All times are in seconds since 1970, shown in the local time zone.
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
    """Formats dates and times: in the messages' language here, by the user's region in a window."""

    def date(self, at: float, now: float) -> str: ...
    def clock(self, at: float) -> str: ...


class _InWords:
    def date(self, at: float, now: float) -> str:
        """Format a date like 2 Nov, or 2 Nov 2025 in another year."""
        year, month, day = day_of(at)
        date = tr(_DAYS[month - 1], day=day)
        return date if year == day_of(now)[0] else tr("{date} {year}", date=date, year=year)

    def clock(self, at: float) -> str:
        """Format a time like 14:38."""
        return clock(at)


IN_WORDS: Moments = _InWords()


def when(seconds: float | None, now: float, moments: Moments = IN_WORDS) -> str:
    """Format a time at the beginning of a line: Today 14:38, Yesterday 14:38, 2 Nov, 14:02."""
    if seconds is None:
        return tr("At an unknown time")
    time, days = moments.clock(seconds), days_ago(seconds, now)
    if days == 0:
        return tr("Today {clock}", clock=time)
    if days == 1:
        return tr("Yesterday {clock}", clock=time)
    return _dated(seconds, now, moments)


def within(seconds: float, now: float, moments: Moments = IN_WORDS) -> str:
    """Format a time within a sentence: today 14:38, yesterday 14:38, 2 Nov, 14:02."""
    time, days = moments.clock(seconds), days_ago(seconds, now)
    if days == 0:
        return tr("today {clock}", clock=time)
    if days == 1:
        return tr("yesterday {clock}", clock=time)
    return _dated(seconds, now, moments)


def between(begin: float, end: float, now: float, moments: Moments = IN_WORDS) -> str:
    """Format a period at the beginning of a line; if it is within one day, that is named once."""
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
