"""Marks on the time: those that would cover one another are one, with a number. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.history.period import RecordedEvent

_WEIGHT = {"change": 0, "told": 1, "step-in": 2, "kill": 3, "set-aside": 0}


@dataclass(frozen=True, slots=True)
class MarkGroup:
    """Events, oldest first, and where their mark is."""

    x: float
    events: tuple[RecordedEvent, ...]

    @property
    def count(self) -> int:
        """Of what happened: an event may stand for several kills."""
        return sum(event.kills for event in self.events)

    @property
    def leading(self) -> RecordedEvent:
        """The gravest, and of those the first: its look is the mark's."""
        return max(self.events, key=lambda event: (_WEIGHT[event.kind], -event.time))


def grouped(events: Iterable[RecordedEvent], x: Callable[[float], float], apart: float) -> tuple[MarkGroup, ...]:
    """`x` says where a time is; marks nearer than `apart` to the first of a group are in it."""
    groups: list[list[RecordedEvent]] = []
    for event in events:
        if groups and abs(x(event.time) - x(groups[-1][0].time)) < apart:
            groups[-1].append(event)
        else:
            groups.append([event])
    return tuple(MarkGroup(sum(x(event.time) for event in group) / len(group), tuple(group)) for group in groups)


def without_overlap(groups: Iterable[MarkGroup], span: Callable[[MarkGroup], tuple[float, float]]) -> tuple[MarkGroup, ...]:
    """Those that would be drawn over one another made one: a number widens a mark, and the lane's end moves it. `span` is from left to right."""
    kept: list[MarkGroup] = []
    for one in groups:
        group = one
        while kept and _overlap(span(kept[-1]), span(group)):
            group = _together(kept.pop(), group)
        kept.append(group)
    return tuple(kept)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _together(one: MarkGroup, other: MarkGroup) -> MarkGroup:
    events = (*one.events, *other.events)
    return MarkGroup((one.x * len(one.events) + other.x * len(other.events)) / len(events), events)
