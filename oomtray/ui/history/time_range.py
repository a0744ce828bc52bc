"""The visible time range: zoomed, moved, and limited to what there can be. Seconds since 1970; no Qt."""

from __future__ import annotations

from oomtray.records import dataclass

HOUR, DAY = 3600.0, 86_400.0
SHORTEST, LONGEST = 60.0, 366 * DAY
_READ_BEYOND = 0.5
"""How far beyond the range is read on either side, as a share of it, so that moving finds data."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    since: float
    until: float

    @property
    def span(self) -> float:
        return self.until - self.since

    @classmethod
    def ending(cls, until: float, span: float) -> TimeRange:
        return cls(until - span, until)

    def share(self, at: float) -> float:
        """Return the position of a moment: 0 at the beginning of the range, 1 at its end."""
        return (at - self.since) / self.span

    def at(self, share: float) -> float:
        return self.since + share * self.span

    def holds(self, at: float) -> bool:
        return self.since <= at <= self.until

    def zoomed(self, factor: float, at: float) -> TimeRange:
        """Return a range `factor` times as long in which `at` keeps its position."""
        span = min(max(self.span * factor, SHORTEST), LONGEST)
        since = at - self.share(at) * span
        return TimeRange(since, since + span)

    def moved(self, seconds: float) -> TimeRange:
        return TimeRange(self.since + seconds, self.until + seconds)

    def held(self, first: float | None, now: float) -> TimeRange:
        """Return the range moved to end by `now`, and to begin no earlier than a record that is longer."""
        oldest = min(now if first is None else first, now - self.span)
        since = min(max(self.since, oldest), now - self.span)
        return TimeRange(since, since + self.span)

    def with_air(self) -> TimeRange:
        """Return the range extended on both sides."""
        return TimeRange(self.since - _READ_BEYOND * self.span, self.until + _READ_BEYOND * self.span)

    def lies_in(self, other: TimeRange) -> bool:
        return other.since <= self.since and self.until <= other.until
