"""Formats numbers that include a word or sign which other languages write differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.text import UNKNOWN, size

if TYPE_CHECKING:
    from oomtray.risk.judged import Risk

_QUIET = 512 * 1024
"""Bytes per minute below which memory counts as steady."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def percent(value: float | None, places: int = 0) -> str:
    """Format like 78 %, or – if unknown."""
    return UNKNOWN if value is None else tr("{number} %", number=f"{value:.{places}f}")


def share_percent(share: float | None) -> str:
    """Format a share in per mille as a percentage with one decimal."""
    return percent(None if share is None else share / 10, 1)


def about_size(count: float | None) -> str:
    return UNKNOWN if count is None else tr("about {size}", size=size(count))


def freed(risk: Risk) -> str:
    """Return what its death would free: an estimate if that was read, else an upper bound."""
    if risk.frees is None:
        return UNKNOWN
    return about_size(risk.frees) if risk.frees_exact else at_most(risk.frees)


def bounded(count: int | None, *, exact: bool) -> str:
    """Format a size in a column, with ≤ before an upper bound."""
    return size(count) if exact or count is None else tr("≤ {size}", size=size(count))


def at_most(count: int) -> str:
    return tr("at most {size}", size=size(count))


def one_of(count: int) -> str:
    """Format one process among several: 1 of 4 processes."""
    return tr_n("1 of {count} process", "1 of {count} processes", count)


def about(seconds: float | None) -> str:
    """Format an estimated time: about 40 s, about 4 min, about 2 h, more than a day."""
    if seconds is None:
        return UNKNOWN
    if seconds >= 86400:
        return tr("more than a day")
    if seconds >= 5400:
        return tr("about {count} h", count=f"{seconds / 3600:.0f}")
    if seconds >= 90:
        return tr("about {count} min", count=f"{seconds / 60:.0f}")
    step = 1 if seconds < 10 else 5  # as the popup's ranges
    return tr("about {count} s", count=max(round(seconds / step) * step, 1))


def duration(seconds: float) -> str:
    """Format a duration: `0.4 s`, `38 s`, `12 min 3 s`, `20 min`, `2 h 5 min`, `3 d 4 h`."""
    seconds = max(seconds, 0)  # a clock may have been set back
    whole = int(seconds)
    if seconds < 10 and seconds != whole:
        return tr("{seconds} s", seconds=f"{seconds:.1f}")
    if whole < _MINUTE:
        return tr("{seconds} s", seconds=whole)
    if whole < _HOUR and not whole % _MINUTE:
        return tr("{minutes} min", minutes=whole // _MINUTE)
    if whole < _HOUR:
        return tr("{minutes} min {seconds} s", minutes=whole // _MINUTE, seconds=whole % _MINUTE)
    if whole < _DAY and whole % _HOUR < _MINUTE:
        return tr("{hours} h", hours=whole // _HOUR)
    if whole < _DAY:
        return tr("{hours} h {minutes} min", hours=whole // _HOUR, minutes=whole % _HOUR // _MINUTE)
    if whole % _DAY < _HOUR:
        return tr("{days} d", days=whole // _DAY)
    return tr("{days} d {hours} h", days=whole // _DAY, hours=whole % _DAY // _HOUR)


def age(seconds: float) -> str:
    """Format an age: `38 s`, `12 min`, and like `duration` from one hour on."""
    if _MINUTE <= seconds < _HOUR:
        return tr("{minutes} min", minutes=int(seconds) // _MINUTE)
    return duration(int(seconds))


def to_minutes(seconds: float) -> str:
    """Format a duration, from a minute on to the minute: `0.4 s`, `38 s`, `7 min`, `2 h 5 min`."""
    return duration(round(seconds / _MINUTE) * _MINUTE if seconds >= _MINUTE else seconds)


def moves(bytes_per_second: float | None) -> bool:
    """Whether it grows or shrinks enough to be mentioned."""
    return bytes_per_second is not None and abs(bytes_per_second * 60) >= _QUIET


def change(bytes_per_second: float | None) -> str:
    """Format the change per minute: +120 MiB; – if unknown, 0 if negligible."""
    if bytes_per_second is None:
        return UNKNOWN
    if not moves(bytes_per_second):
        return "0"
    sign = "+" if bytes_per_second > 0 else ""
    return f"{sign}{size(bytes_per_second * 60)}"


def rate_per_minute(bytes_per_second: float | None) -> str:
    """Format a rate: +120 MiB/min; – if unknown, 0 if negligible."""
    amount = change(bytes_per_second)
    return tr("{amount}/min", amount=amount) if moves(bytes_per_second) else amount
