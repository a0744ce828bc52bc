"""Parse dates as logs write them; what isn't understood is None."""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from functools import lru_cache
from time import gmtime, mktime

from oomtray.kernel.kill_log.months import MONTHS, month_in, tongue_of, without_number

_ISO = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s?([AaPp])[Mm]\b)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_ANDROID = re.compile(r"(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?")
_ZONE = re.compile(r"\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b")
"""A zone after a clock."""
_AM_OR_PM = re.compile(r"\s?([AP])\.?M\b\.?", re.IGNORECASE)
"""After a twelve-hour clock."""
_C_LOCALE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ( [1-9]|[12]\d|3[01]) (\d\d):(\d\d):(\d\d)(?: ((?:19|20)\d\d))?"
)
"""The format of the kernel's tools and syslog; other formats take a dozen patterns."""
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_DAY = re.compile(r"(?<![\w:.])(\d{1,2})(?![\d:월月])")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d),?\s+(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d),?\s+(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s?([AaPp])\.?[Mm]\b\.?)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?")
_NUMBERED_WEEKDAY = re.compile(r"\bth(?:ứ|u)\s?\d\b", re.IGNORECASE)
_BETWEEN_LEAP_YEARS = 8
"""Most years from one to the next."""
_tongue_of = lru_cache(maxsize=256)(tongue_of)


class Dates:
    """The dates of one log, whose lines are all in one language."""

    def __init__(self, now: float) -> None:
        """Start a log; `now` (seconds since 1970) gives the year to dates that lack one."""
        self._now = now
        self._last: tuple[str, float | None] = ("", None)
        """The last date and its time, as most lines are of the same second as the one before."""
        self.tongue: str | None = None
        """Language of an earlier line, if that matters."""

    def of(self, text: str) -> float | None:
        """Parse a date as `date_of` does."""
        if text != self._last[0]:
            if not text.isascii() or self.tongue is None:
                self.tongue = _tongue_of(text) or self.tongue
            self._last = text, date_of(text, self._now, self.tongue)
        return self._last[1]


@lru_cache(maxsize=256)
def date_of(text: str, now: float, tongue: str | None = None) -> float | None:
    """Parse a date into seconds since 1970: in local time without a zone, the last such day without a year.

    `tongue` is the language of the log's other lines (hr, pl, cs), for ambiguous months.
    """
    try:
        plain = _C_LOCALE.fullmatch(text)
        if plain is not None:
            day, hour, minute, second = (int(plain[i]) for i in range(2, 6))
            month = MONTHS[plain[1].casefold()]
            return _local(int(plain[6]), month, day, hour, minute, second) if plain[6] else _last(now, month, day, hour, minute, second)
        for pattern, moment in ((_ISO, _iso), (_SLASHED, _slashed), (_DOTTED, _dotted)):
            if found := pattern.search(text):
                return moment(found)
        android = _ANDROID.fullmatch(text)
        return _of_android(android, now) if android else _unix(text) or _written(text, now, tongue)
    except (ValueError, OverflowError):
        return None


def _dotted(found: re.Match[str]) -> float:
    """28.11.2026, as in parts of Europe."""
    day, month, year, *clock = (int(found[i]) for i in range(1, 7))
    return _local(year, month, day, *clock) + _fraction(found[7])


def _of_android(found: re.Match[str], now: float) -> float:
    """11-28, as in Android's logs."""
    return _last(now, *(int(found[i]) for i in range(1, 6))) + _fraction(found[6])


def _slashed(found: re.Match[str]) -> float | None:
    """11/28/2026, as in America, or 28/11/2026, as in other places; None if it may be either."""
    first, second, year, hour, *rest = (int(found[i]) for i in range(1, 7))
    days = {day for day, month in ((first, second), (second, first)) if 1 <= month <= 12 and 1 <= day <= 31}
    if len(days) != 1:
        return None
    day = days.pop()
    return _zoned(found[9], year, first + second - day, day, _of_day(hour, found[8]), *rest) + _fraction(found[7])


def _unix(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{9,11}\.\d{3,6}", text) else None


def _iso(found: re.Match[str]) -> float:
    year, month, day, hour, *rest = (int(found[i]) for i in range(1, 7))
    return _zoned(found[9], year, month, day, _of_day(hour, found[8]), *rest) + _fraction(found[7])


def _fraction(digits: str | None) -> float:
    return float(f"0.{digits or 0}")


def _of_day(hour: int, half: str | None) -> int:
    """Convert an hour of a twelve-hour clock; `half` is A or P, None for 24 hours."""
    return hour if half is None else hour % 12 + (12 if half in "pP" else 0)


def _written(text: str, now: float, tongue: str | None) -> float | None:
    clock = _CLOCK.search(text)
    if clock is None:
        return None
    half = _AM_OR_PM.match(text, clock.end())
    end = clock.end() if half is None else half.end()
    zone = _ZONE.match(text, end)
    rest = _NUMBERED_WEEKDAY.sub(" ", text[: clock.start()] + " " + text[end if zone is None else zone.end() :])
    day = _DAY.search(without_number(rest))
    if day is None or not 1 <= int(day[1]) <= 31:
        return None
    year = _YEAR.search(rest)
    month = month_in(rest, int(day[1]), int(year[1]) if year else None, tongue)
    if month is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3])
    hour = _of_day(hour, None if half is None else half[1])
    date = month, int(day[1]), hour, minute, second
    told = _zoned(None if zone is None else zone[1], int(year[1]), *date) if year else _last(now, *date)
    return told + _fraction(clock[4])


def _last(now: float, *date: int) -> float:
    """Return the last time with this month, day, hour, minute, second. Raises ValueError."""
    this_year = gmtime(now).tm_year
    for year in range(this_year + 1, this_year - _BETWEEN_LEAP_YEARS - 1, -1):
        if date[1] <= monthrange(year, date[0])[1] and (at := _local(year, *date)) <= now + 86400:
            return at
    raise ValueError


def _local(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:  # noqa: PLR0917
    """Raises ValueError."""
    _check(year, month, day, hour, minute, second)
    return mktime((year, month, day, hour, minute, second, 0, 0, -1))


def _zoned(zone: str | None, *date: int) -> float:
    """Convert a date in a zone such as Z, UTC or +01:00, else in local time. Raises ValueError."""
    if zone is None:
        return _local(*date)
    _check(*date)
    offset = 0
    if zone not in {"Z", "UTC", "GMT"}:
        digits = zone[1:].replace(":", "")
        offset = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
    return timegm(date) - offset


def _check(year: int, month: int, day: int, hour: int, minute: int, second: int) -> None:  # noqa: PLR0917
    """Raise ValueError if there is no such day or time of day, which would count as one of another day; 60 is a leap second."""
    if not 1 <= day <= monthrange(year, month)[1] or hour > 23 or minute > 59 or second > 60:
        raise ValueError
