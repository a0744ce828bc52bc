"""Formats moments and periods according to the user's region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt

from oomtray.messages.i18n import tr
from oomtray.ui.history.time_range import DAY, TimeRange
from oomtray.ui.qt.moments import clock, date, day, day_and_clock, qt_moment

__all__ = ["clock", "day", "day_and_clock", "first_weekday", "moment", "period", "tick"]

if TYPE_CHECKING:
    from oomtray.ui.history.time_axis import Tick

_SHORT = QLocale.FormatType.ShortFormat


def tick(mark: Tick) -> str:
    moment = qt_moment(mark.at)
    if mark.kind == "month":
        name = QLocale().standaloneMonthName(moment.date().month(), _SHORT)
        return name if moment.date().month() > 1 else str(moment.date().year())
    if mark.kind == "day":
        return day(mark.at)
    return clock(mark.at, seconds=mark.kind == "second")


def moment(at: float, shown: TimeRange) -> str:
    """Format a time with the precision that suits the visible range."""
    if shown.span <= DAY / 4:
        return clock(at, seconds=True)
    return day_and_clock(at)


def period(shown: TimeRange) -> str:
    begin, end = shown.since, shown.until
    if qt_moment(begin).date().year() != qt_moment(end).date().year():
        return tr("{begin} – {end}", begin=date(begin, end), end=date(end, begin))
    if shown.span > 2 * DAY:
        return tr("{begin} – {end}", begin=day(begin), end=day(end))
    if day(begin) == day(end):
        return tr("{begin} – {end}", begin=day_and_clock(begin), end=clock(end))
    return tr(
        "{begin} – {end}",
        begin=day_and_clock(begin),
        end=day_and_clock(end),
    )


def first_weekday() -> int:
    """Return the first day of the week; 0 is Monday."""
    return int(QLocale().firstDayOfWeek().value) - int(Qt.DayOfWeek.Monday.value)
