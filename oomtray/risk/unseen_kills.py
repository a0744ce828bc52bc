"""Group kills whose victims nobody saw: consecutive ones become one event with their number.

After an unwatched time there is one for each kill that the kernel counted, and nothing tells them apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oomtray.risk.kill_event import KillEvent

    T = TypeVar("T")

_LONGEST_GAP = 600.0
"""Longest gap in seconds between two kills of a group."""
LOGS = frozenset({"log", "kernel-log"})
"""Sources with a report, by which kills can be told apart."""


class Span(NamedTuple):
    """When a kill may have happened, in seconds since 1970."""

    begin: float
    end: float


def span_of(event: KillEvent) -> Span | None:
    """Return when a kill may have happened; None if more is known of it than that it was counted."""
    if event.outcome != "unknown" or event.victims or event.time is None or LOGS & set(event.sources):
        return None
    return Span(event.time if event.not_before is None else event.not_before, event.time)


def gathered(items: Iterable[T], span: Callable[[T], Span | None]) -> list[tuple[T, ...]]:
    """Group the items in their order, oldest first; adjacent unseen kills are one group."""
    groups: list[list[T]] = []
    end: float | None = None
    """End of the last group, if that may go on."""
    for item in items:
        found = span(item)
        if found is not None and end is not None and found.begin - end <= _LONGEST_GAP:
            groups[-1].append(item)
        else:
            groups.append([item])
        end = None if found is None else found.end
    return [tuple(group) for group in groups]


def as_one(events: Sequence[KillEvent]) -> KillEvent:
    """Combine a group into its last kill, which may have happened at any time of the group."""
    spans = [found for found in map(span_of, events) if found is not None]
    if len(events) < 2 or not spans:
        return events[-1]
    begin, end = min(found.begin for found in spans), max(found.end for found in spans)
    kills = sum(event.kills for event in events)
    return replace(events[-1], time=end, not_before=begin if begin < end else None, kills=kills)
