"""Formats dates and times of day according to the user's region."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from oomtray.messages.i18n import tr

_SHORT = QLocale.FormatType.ShortFormat
_COUNTED = {"월": ("년", "일"), "月": ("年", "日")}
"""Words after the year and day in languages whose month is a number followed by such a word."""


def day(at: float) -> str:
    """Format a day like Mon 23 Nov, in the order of the region."""
    return _date(at, "ddd {}", "ddd, {}", "{month}(ddd)")


def date(at: float, now: float) -> str:
    """Format a date like 23 Nov, or 23 Nov 2025 in another year, in the order of the region."""
    if qt_moment(at).date().year() == qt_moment(now).date().year():
        return _date(at, "{}", "{}", "{month}")
    return _date(at, "{} yyyy", "{}, yyyy", "yyyy'{year}' {month}")


def clock(at: float, *, seconds: bool = False) -> str:
    """Format a time like 14:38 or 2:38 PM, optionally with seconds."""
    locale = QLocale()
    form = locale.timeFormat(_SHORT)
    if seconds and "s" not in form:
        form = form.replace("mm", "mm:ss", 1)
    return locale.toString(qt_moment(at).time(), form)


def day_and_clock(at: float) -> str:
    """Format a day and time like Mon 23 Nov, 14:38."""
    return tr("{day}, {time}", day=day(at), time=clock(at))


def qt_moment(at: float) -> QDateTime:
    """Convert seconds since 1970 to a local time."""
    return QDateTime.fromMSecsSinceEpoch(round(at * 1000))


def _date(at: float, day_first: str, month_first: str, counted: str) -> str:
    """Format a date in one of three forms, in which {} or {month} is the month and day."""
    locale = QLocale()
    moment = qt_moment(at).date()
    signs = _COUNTED.get(locale.standaloneMonthName(1, _SHORT)[-1:])
    if signs is not None:
        return locale.toString(moment, counted.format(year=signs[0], month=f"MMM d'{signs[1]}'"))
    order = locale.dateFormat(_SHORT)
    if 0 <= order.find("M") < order.find("d"):
        return locale.toString(moment, month_first.format("MMM d"))
    dotted = "d. M" in locale.dateFormat(QLocale.FormatType.LongFormat)
    return locale.toString(moment, day_first.format("d. MMM" if dotted else "d MMM"))
