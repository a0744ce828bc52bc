"""Groups of event marks: marks that would overlap are merged into one with a count. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.history.period import RecordedEvent

_WEIGHT = {"change": 0, "told": 1, "step-in": 2, "kill": 3, "set-aside": 0}


@dataclass(frozen=True, slots=True)
class MarkGroup:
    """Events, oldest first, and the position of their mark."""

    x: float
    events: tuple[RecordedEvent, ...]

    @property
    def count(self) -> int:
        """How many things happened: one event may represent several kills."""
        return sum(event.kills for event in self.events)

    @property
    def leading(self) -> RecordedEvent:
        """The first of the most severe events, which determines the mark's icon."""
        return max(self.events, key=lambda event: (_WEIGHT[event.kind], -event.time))


def grouped(events: Iterable[RecordedEvent], x: Callable[[float], float], apart: float) -> tuple[MarkGroup, ...]:
    """Group events, given in order; `x` maps times to pixels.

    Marks nearer than `apart` to the first of a group belong to it.
    """
    groups: list[list[RecordedEvent]] = []
    for event in events:
        if groups and abs(x(event.time) - x(groups[-1][0].time)) < apart:
            groups[-1].append(event)
        else:
            groups.append([event])
    return tuple(MarkGroup(sum(x(event.time) for event in group) / len(group), tuple(group)) for group in groups)


def without_overlap(groups: Iterable[MarkGroup], span: Callable[[MarkGroup], tuple[float, float]]) -> tuple[MarkGroup, ...]:
    """Merge groups whose drawn marks would overlap, since a count widens a mark and the lane's end shifts it.

    `span` returns a mark's left and right edge.
    """
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
