"""How long something lasts, as the range of an estimate: the same numbers in the popup, the notifications and the terminal."""

from __future__ import annotations

from oomtray.messages.i18n import tr
from oomtray.messages.numbers import about

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_AT_ONCE = 2.0
"""Seconds below which an estimate is "now"."""
_FEW_SECONDS, _COUNTED_SECONDS, _COUNTED_MINUTES = 45, 90, 5400
"""Seconds from which a range's start, and from which any estimate, is given in minutes; and in hours."""


def in_a_sentence(ends: tuple[float, float]) -> str:
    """Format a range for a sentence that says when or how long, in which "now" has no place: about 1–2 s."""
    return about_range(ends[0], max(ends[1], _AT_ONCE))


def about_range(earliest: float, latest: float) -> str:
    """Format an estimated range: now, about 40 s, about 2–4 min, about 20 s–2 min, more than a day."""
    if latest < _AT_ONCE:
        return tr("now")
    low, high = _rounded(earliest), _rounded(latest)
    if low >= _DAY or low == high:
        return about(low)
    if high < _COUNTED_SECONDS:
        return tr("about {low}–{high} s", low=f"{low:.0f}", high=f"{high:.0f}")
    if high >= _COUNTED_MINUTES:
        if low < _COUNTED_MINUTES:
            return tr("about {low} min–{high} h", low=f"{max(low / _MINUTE, 1):.0f}", high=f"{high / _HOUR:.0f}")
        return tr("about {low}–{high} h", low=f"{low / _HOUR:.0f}", high=f"{high / _HOUR:.0f}")
    if low < _FEW_SECONDS:
        return tr("about {low} s–{high} min", low=f"{low:.0f}", high=f"{high / _MINUTE:.0f}")
    return tr("about {low}–{high} min", low=f"{max(low / _MINUTE, 1):.0f}", high=f"{high / _MINUTE:.0f}")


def under(latest: float) -> str:
    """Format the end of an estimated range as an upper bound: now, under 40 s, under 4 min."""
    if latest < _AT_ONCE:
        return tr("now")
    high = _rounded(latest)
    if high < _COUNTED_SECONDS:
        return tr("under {count} s", count=f"{high:.0f}")
    if high < _COUNTED_MINUTES:
        return tr("under {count} min", count=f"{high / _MINUTE:.0f}")
    return tr("under {count} h", count=f"{high / _HOUR:.0f}")


def longest_clock() -> str:
    """Return the widest value of a clock, for reserving its space."""
    return tr("about {low} s–{high} min", low="40", high="10")


def _rounded(seconds: float) -> float:
    """Round seconds to the precision of an estimate: 5 s, a minute, an hour."""
    if seconds >= _DAY:
        return seconds
    for bound, step in ((10.0, 1.0), (_COUNTED_SECONDS, 5.0), (_COUNTED_MINUTES, _MINUTE)):
        if seconds < bound:
            return max(round(seconds / step) * step, 1.0)
    return round(seconds / _HOUR) * _HOUR
