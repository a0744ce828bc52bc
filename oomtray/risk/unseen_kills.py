"""Kills of which nobody saw whose they were: those that follow one another are told as one, with how many they are.

A machine that was not watched for a while has one for each that the kernel counted meanwhile, and nothing tells them apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from oomtray.risk.kill_event import KillEvent

    T = TypeVar("T")

_APART = 600.0
"""Seconds between two of one group, at most."""
LOGS = frozenset({"log", "kernel-log"})
"""Sources that have a report, and can be told apart by that."""


class Span(NamedTuple):
    """When a kill may have been, in seconds since 1970."""

    begin: float
    end: float


def span_of(event: KillEvent) -> Span | None:
    """When it may have been; None where somebody or a log has seen more of it than its number."""
    if event.outcome != "unknown" or event.victims or event.time is None or LOGS & set(event.sources):
        return None
    return Span(event.time if event.not_before is None else event.not_before, event.time)


def gathered(items: Iterable[T], span: Callable[[T], Span | None]) -> list[tuple[T, ...]]:
    """The items in their order, oldest first; those that nobody saw and nothing stands between are one group."""
    groups: list[list[T]] = []
    end: float | None = None
    """Of the last group, where that may go on."""
    for item in items:
        found = span(item)
        if found is not None and end is not None and found.begin - end <= _APART:
            groups[-1].append(item)
        else:
            groups.append([item])
        end = None if found is None else found.end
    return [tuple(group) for group in groups]


def as_one(events: Sequence[KillEvent]) -> KillEvent:
    """A group as the last of its kills, which may have been at any time of the group."""
    spans = [found for found in map(span_of, events) if found is not None]
    if len(events) < 2 or not spans:
        return events[-1]
    begin, end = min(found.begin for found in spans), max(found.end for found in spans)
    kills = sum(event.kills for event in events)
    return replace(events[-1], time=end, not_before=begin if begin < end else None, kills=kills)
