"""The part of the time that is looked at: zoomed, moved, and held to what there can be. Seconds since 1970; no Qt."""

from __future__ import annotations

from oomtray.records import dataclass

HOUR, DAY = 3600.0, 86_400.0
SHORTEST, LONGEST = 60.0, 366 * DAY
_AIR = 0.5
"""How far beside the range is read, as a share of it, so that something is there when it is moved."""


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
        """0 at its beginning, 1 at its end."""
        return (at - self.since) / self.span

    def at(self, share: float) -> float:
        return self.since + share * self.span

    def holds(self, at: float) -> bool:
        return self.since <= at <= self.until

    def zoomed(self, factor: float, at: float) -> TimeRange:
        """`factor` times as long, with `at` staying where it is."""
        span = min(max(self.span * factor, SHORTEST), LONGEST)
        since = at - self.share(at) * span
        return TimeRange(since, since + span)

    def moved(self, seconds: float) -> TimeRange:
        return TimeRange(self.since + seconds, self.until + seconds)

    def held(self, first: float | None, now: float) -> TimeRange:
        """Moved so that it ends by now, and begins with the record where that is longer."""
        oldest = min(now if first is None else first, now - self.span)
        since = min(max(self.since, oldest), now - self.span)
        return TimeRange(since, since + self.span)

    def with_air(self) -> TimeRange:
        """With what lies beside it."""
        return TimeRange(self.since - _AIR * self.span, self.until + _AIR * self.span)

    def lies_in(self, other: TimeRange) -> bool:
        return other.since <= self.since and self.until <= other.until
