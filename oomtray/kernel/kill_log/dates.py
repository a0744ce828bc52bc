"""Parse dates as logs write them; what isn't understood is None."""

from __future__ import annotations

import re
from calendar import timegm
from functools import lru_cache
from time import gmtime, mktime

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
_NUMBERED_MONTH = re.compile(r"(\d{1,2})\s?[월月]|\bth(?:g|áng)?[. ]?(\d{1,2})\b", re.IGNORECASE)
_NUMBERED_WEEKDAY = re.compile(r"\bth(?:ứ|u)\s?\d\b", re.IGNORECASE)
_MONTHS = {
    1: "jan ene gen янв janv led sty oca ιαν sij", 2: "feb fév fev févr фев úno lut şub φεβ vel",
    3: "mar mär mrz mars maa мар bře mrt márc μαρ", 4: "apr avr abr avril апр dub kwi nis απρ tra",
    5: "may mai mag maj май мая mei kvě μαϊ svi", 6: "jun juin giu июн čvn cze haz ιουν",
    7: "jul juil lug июл čvc tem ιουλ", 8: "aug août aoû ago авг sie ağu αυγ kol",
    9: "sep sept set сен zář wrz eyl σεπ ruj", 10: "oct okt ott out окт říj paź eki οκτ",
    11: "nov ноя kas νοε stu", 12: "dec dez déc dic дек pro gru ara δεκ des pros",
}  # fmt: skip
_LONG_PREFIXES = {
    1: "tammi saus jaan ינו ينا січ", 2: "helmi vas veebr פבר فبر лют", 3: "maalis kov märts מרץ مار бер", 4: "huhti bal אפר أبر кві",
    5: "touko geg מאי ماي тра", 6: "kesä birž juuni יונ يون чер", 7: "heinä liep juuli יול يول лип", 8: "elo rugp אוג أغس сер",
    9: "syys rugs ספט سبت вер", 10: "loka spal אוק أكت жов", 11: "marras lapkr נוב نوف лис", 12: "joulu gruod dets דצמ ديس гру",
}  # fmt: skip
"""Months by more than three letters, as three would be ambiguous or meaningless."""
_BY_NAME = {name: number for names in (_MONTHS, _LONG_PREFIXES) for number, words in names.items() for name in words.split()}
_THAI_AND_HINDI = (
    "ม.ค.|जन", "ก.พ.|फ़र|फर", "มี.ค.|मार्च", "เม.ย.|अप्रै", "พ.ค.|मई", "มิ.ย.|जून",
    "ก.ค.|जुल", "ส.ค.|अग", "ก.ย.|सित", "ต.ค.|अक्", "พ.ย.|नव", "ธ.ค.|दिस",
)  # fmt: skip
"""Months in Thai and Hindi, whose vowel signs end a word for a pattern."""


_AMBIGUOUS: dict[str, dict[str, int]] = {
    "lip": {"hr": 6, "pl": 7},
    "srp": {"hr": 7, "cs": 8},
    "lis": {"hr": 10, "pl": 11, "cs": 11},
}
"""Month names that mean another month in a neighboring language."""
_TONGUES = {
    tongue: frozenset(words.split())
    for tongue, words in {
        "hr": "sij velj ožu tra svi kol ruj stu uto sri čet pet sub ned",
        "pl": "sty lut kwi maj cze sie wrz paź gru wto wt śro śr czw pią pt sob nie niedz ndz",
        "cs": "led úno bře dub kvě čvn čen čvc čec zář říj po út st čt pá so ne",
    }.items()
}
"""Month and weekday names that the other languages lack."""
_DAYS = {
    "hr": ("pon", "uto", "sri", "čet", "pet", "sub", "ned"),
    "pl": ("pon", "wto", "śro", "czw", "pią", "sob", "nie"),
    "cs": ("po", "út", "st", "čt", "pá", "so", "ne"),
}
"""Weekdays, from Monday on."""


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
                self.tongue = _tongue(text) or self.tongue
            self._last = text, date_of(text, self._now, self.tongue)
        return self._last[1]


@lru_cache(maxsize=256)
def _tongue(text: str) -> str | None:
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}
    found = [tongue for tongue, own in _TONGUES.items() if words & own]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=256)
def date_of(text: str, now: float, tongue: str | None = None) -> float | None:
    """Parse a date into seconds since 1970: in local time without a zone, the last such day without a year.

    `tongue` is the language of the log's other lines (hr, pl, cs), for ambiguous months.
    """
    try:
        plain = _C_LOCALE.fullmatch(text)
        if plain is not None:
            day, hour, minute, second = (int(plain[i]) for i in range(2, 6))
            month = _BY_NAME[plain[1].casefold()]
            return _local(int(plain[6]), month, day, hour, minute, second) if plain[6] else _last(now, month, day, hour, minute, second)
        if _ISO.search(text):
            return _iso(text)
        return _by_numbers(text, now) if _DOTTED.search(text) or _ANDROID.fullmatch(text) else _unix(text) or _written(text, now, tongue)
    except (ValueError, OverflowError):
        return None


def _by_numbers(text: str, now: float) -> float | None:
    """Parse 28.11.2026, as in parts of Europe, or 11-28, as in Android's logs."""
    dotted = _DOTTED.search(text)
    found = dotted or _ANDROID.fullmatch(text)
    assert found is not None
    parts = [int(part) for part in found.groups()[: 6 if dotted else 5]]
    day, month = parts[:2] if dotted else parts[1::-1]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    fraction = float(f"0.{found[len(parts) + 1] or 0}")
    return (_local(parts[2], month, day, *parts[3:]) if dotted else _last(now, month, day, *parts[2:])) + fraction


def _unix(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{9,11}\.\d{3,6}", text) else None


def _iso(text: str) -> float | None:
    found = _ISO.search(text)
    assert found is not None
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    fraction = float(f"0.{found[7] or 0}")
    hour, zone = _of_day(hour, found[8]), found[9]
    if zone is None:
        return _local(year, month, day, hour, minute, second) + fraction
    return _zoned(zone, year, month, day, hour, minute, second) + fraction


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
    day = _DAY.search(_NUMBERED_MONTH.sub(" ", rest))
    if day is None or not 1 <= int(day[1]) <= 31:
        return None
    year = _YEAR.search(rest)
    month = _month(rest, int(day[1]), int(year[1]) if year else None, tongue)
    if month is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3])
    hour = _of_day(hour, None if half is None else half[1])
    fraction = float(f"0.{clock[4] or 0}")
    if year:
        date = int(year[1]), month, int(day[1]), hour, minute, second
        return (_local(*date) if zone is None else _zoned(zone[1], *date)) + fraction
    return _last(now, month, int(day[1]), hour, minute, second) + fraction


def _last(now: float, *date: int) -> float:
    """Return the last time with this month, day, hour, minute, second."""
    this_year = gmtime(now).tm_year
    for candidate in (this_year + 1, this_year):
        at = _local(candidate, *date)
        if at <= now + 86400:
            return at
    return _local(this_year - 1, *date)


def _month(text: str, day: int, year: int | None, tongue: str | None) -> int | None:
    numbered = _NUMBERED_MONTH.search(text)
    if numbered:
        number = int(numbered[1] or numbered[2])
        return number if 1 <= number <= 12 else None
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    shared = next((word[:3] for word in reversed(words) if word[:3] in _AMBIGUOUS), None)
    if shared is not None:
        return _ambiguous_month(_AMBIGUOUS[shared], words, day, year, tongue)
    months = [_BY_NAME.get(word) or _BY_NAME.get(word[:3]) for word in words]
    known = [month for month in months if month]
    if known:
        return known[-1]  # a weekday precedes it, and may look like a month (mar. in French)
    return next((number for number, names in enumerate(_THAI_AND_HINDI, 1) if any(name in text for name in names.split("|"))), None)


def _ambiguous_month(
    meant: dict[str, int], words: list[str], day: int, year: int | None, tongue: str | None
) -> int | None:
    """Resolve the month by the weekday's language, else by its date, else by the language of other lines."""
    week = {
        one: _DAYS[one].index(word) if word in _DAYS[one] else None
        for one in meant
        for word in words
        if word in _DAYS[one] or word in _TONGUES[one]
    }
    months = {meant[one] for one in week or meant}
    if len(months) > 1 and year is not None:
        right = {meant[one] for one, at in week.items() if at is not None and _weekday(year, meant[one], day) == at}
        months = right or months
    if len(months) == 1:
        return months.pop()
    return meant.get(tongue) if tongue is not None else None


def _weekday(year: int, month: int, day: int) -> int:
    """Return the weekday; 0 is Monday."""
    return gmtime(timegm((year, month, day, 12, 0, 0))).tm_wday


def _local(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:  # noqa: PLR0917
    """Raises ValueError."""
    _check_clock(hour, minute, second)
    return mktime((year, month, day, hour, minute, second, 0, 0, -1))


def _zoned(zone: str, *date: int) -> float:
    """Convert a date in a zone such as Z, UTC or +01:00. Raises ValueError."""
    _check_clock(*date[3:])
    offset = 0
    if zone not in {"Z", "UTC", "GMT"}:
        digits = zone[1:].replace(":", "")
        offset = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
    return timegm(date) - offset


def _check_clock(hour: int, minute: int, second: int) -> None:
    """Raise ValueError if it isn't a time of day, which would count as one of another day; 60 is a leap second."""
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError
