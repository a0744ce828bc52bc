"""Moments and periods as the user's own region writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, Qt

from oomtray.messages.i18n import tr
from oomtray.ui.history.time_range import DAY

if TYPE_CHECKING:
    from oomtray.ui.history.time_axis import Tick
    from oomtray.ui.history.time_range import TimeRange

_SHORT = QLocale.FormatType.ShortFormat


def tick(mark: Tick) -> str:
    """Below a tick."""
    moment = _moment(mark.at)
    if mark.kind == "month":
        name = QLocale().standaloneMonthName(moment.date().month(), _SHORT)
        return name if moment.date().month() > 1 else str(moment.date().year())
    if mark.kind == "day":
        return day(mark.at)
    return clock(mark.at, seconds=mark.kind == "second")


def day(at: float) -> str:
    """Mon 23 Nov, in the order of the region."""
    locale = QLocale()
    date = _moment(at).date()
    order = locale.dateFormat(_SHORT)
    first_month = 0 <= order.find("M") < order.find("d")
    return locale.toString(date, "ddd, MMM d" if first_month else "ddd d MMM")


def clock(at: float, *, seconds: bool = False) -> str:
    """14:38 or 2:38 PM, and with seconds."""
    locale = QLocale()
    form = locale.timeFormat(_SHORT)
    if seconds and "s" not in form:
        form = form.replace("mm", "mm:ss", 1)
    return locale.toString(_moment(at).time(), form)


def moment(at: float, shown: TimeRange) -> str:
    """As exactly as a period of this length calls for."""
    if shown.span <= DAY / 4:
        return clock(at, seconds=True)
    return tr("{day}, {time}", day=day(at), time=clock(at))


def period(shown: TimeRange) -> str:
    """From when to when."""
    begin, end = shown.since, shown.until
    if shown.span > 2 * DAY:
        return tr("{begin} – {end}", begin=day(begin), end=day(end))
    if day(begin) == day(end):
        return tr("{begin} – {end}", begin=tr("{day}, {time}", day=day(begin), time=clock(begin)), end=clock(end))
    return tr(
        "{begin} – {end}",
        begin=tr("{day}, {time}", day=day(begin), time=clock(begin)),
        end=tr("{day}, {time}", day=day(end), time=clock(end)),
    )


def first_weekday() -> int:
    """0 is Monday."""
    return int(QLocale().firstDayOfWeek().value) - int(Qt.DayOfWeek.Monday.value)


def _moment(at: float) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(at * 1000))
