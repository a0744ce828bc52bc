"""Find the cause of a kill in the readings recorded before it: which apps grew, and how steadily."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from oomtray.records import dataclass
from oomtray.risk.postmortem import Cause, Confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.kill_event import KillEvent

SECONDS = 4 * 3600.0
"""How long before a kill readings count."""
_RECENT = 1800.0
"""How long memory must have been full throughout to call the machine too small."""
_LOOKED = 1800.0
"""How old the last reading of the largest apps may be to be told of a kill, in seconds."""
LATE = 120.0
"""How old the last reading may be at the kill, in seconds."""
_LEAST_SHARE = 0.1
"""Least share of the machine's memory that an app must have taken in that time."""
_MOST_OF_IT = 0.6
"""Share of all growth from which one app is the cause."""
_STEADY = 0.75
"""Share of an app's steps that must not fall for its growth to count as steady."""
_LEAK_SECONDS, _LONG_LEAK_SECONDS = 180.0, 900.0
_SURGE_SECONDS = 90.0
_SURGE_SHARE = 0.2
"""Share of the machine's memory used up in that time."""
_TINY_SWAP = 0.1
"""Share of RAM below which swap is tiny."""
_COMPRESSED = 0.9
"""Swap worth less than this per byte is zram; a byte of swap on a disk is worth 1."""
_EXACT = 60.0
"""How precisely the time of a kill must be known, in seconds."""
_FULL = 0.15
"""Memory counts as full while no more than this share of it is left."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A recorded reading: bytes, and seconds since 1970."""

    time: float
    total: int
    available: int | None
    swap_total: int | None = None
    swap_free: int | None = None
    swap_worth: float | None = None
    """Worth of one byte of swap, 0..1."""
    apps: tuple[tuple[str, int], ...] = ()
    """The largest apps, by name; empty if they were not recorded."""


@dataclass(frozen=True, slots=True)
class Grown:
    """An app that held more memory at the kill than before."""

    name: str
    points: tuple[tuple[float, int], ...]
    """(time, memory), from its lowest reading on."""
    steady: bool
    """Whether the app hardly ever gave any memory back."""

    @property
    def low(self) -> int:
        return self.points[0][1]

    @property
    def high(self) -> int:
        return self.points[-1][1]

    @property
    def amount(self) -> int:
        return self.high - self.low

    @property
    def seconds(self) -> float:
        return self.points[-1][0] - self.points[0][0]


def last_apps(moments: Sequence[Moment], at: float) -> Moment | None:
    """Return the last reading before `at` that has the largest apps; None if that was too long before."""
    return next((one for one in reversed(moments) if one.apps and 0 <= at - one.time <= _LOOKED), None)


def grown(moments: Sequence[Moment], at: float) -> tuple[Grown, ...]:
    """Find apps that took at least a tenth of memory before the kill at `at`, largest growth first.

    One that took less than was left at the last reading hasn't used memory up.
    """
    series: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    left = 0
    for moment in moments:
        if at - SECONDS <= moment.time <= at:
            left = moment.available or 0
            for name, memory in moment.apps:
                series[name].append((moment.time, memory))
    least = max(_LEAST_SHARE * max((moment.total for moment in moments), default=0), left)
    found = [_rise(name, points) for name, points in series.items() if at - points[-1][0] <= LATE]
    return tuple(sorted((one for one in found if one.amount >= max(least, 1)), key=lambda one: -one.amount))


def _rise(name: str, points: list[tuple[float, int]]) -> Grown:
    lowest = min(range(len(points)), key=lambda place: (points[place][1], -place))
    rise = points[lowest:]
    steps = [after >= before for (_, before), (_, after) in pairwise(rise)]
    return Grown(name, tuple(rise), bool(steps) and sum(steps) >= _STEADY * len(steps))


def best_cause(event: KillEvent, moments: Sequence[Moment]) -> Cause | None:
    """Return the cause that the readings show, unless the report is sure of another or the machine wasn't short."""
    known = event.cause
    if event.not_before is not None and event.time is not None and event.time - event.not_before > _EXACT:
        return known  # it isn't known which readings come before it
    if (known is not None and known.confidence == "high") or event.time is None or event.manual or event.confined:
        return known
    return cause_before(moments, event.time) or known


def cause_before(moments: Sequence[Moment], at: float) -> Cause | None:
    """Return the cause of a kill for lack of the whole machine's memory, or None without evidence."""
    near = [moment for moment in moments if at - SECONDS <= moment.time <= at]
    if not near or not any(at - moment.time <= LATE for moment in near):
        return None
    return _leak(grown(near, at)) or _surge(near, at) or _full([one for one in near if at - one.time <= _RECENT])


def _leak(apps: Sequence[Grown]) -> Cause | None:
    if not apps:
        return None
    first, everything = apps[0], sum(one.amount for one in apps)
    if not first.steady or first.seconds < _LEAK_SECONDS or first.amount < _MOST_OF_IT * everything:
        return None
    confidence: Confidence = "high" if first.seconds >= _LONG_LEAK_SECONDS and len(apps) == 1 else "medium"
    evidence = {"from": first.low, "to": first.high, "seconds": round(first.seconds)}
    return Cause("leak", confidence, evidence, "expendable", first.name)


def _surge(near: Sequence[Moment], at: float) -> Cause | None:
    """Detect a surge: much memory, and more than is left, used up within a minute and a half, by any app."""
    last = near[-1]
    lately = [moment for moment in near if last.time - moment.time <= _SURGE_SECONDS and moment.available is not None]
    if len(lately) < 2 or last.available is None:
        return None
    before = max(lately, key=lambda moment: moment.available or 0)
    used = (before.available or 0) - last.available
    if used < max(_SURGE_SHARE * last.total, last.available):
        return None
    evidence = {"used": used, "seconds": round(last.time - before.time)}
    quick = [one for one in grown(lately, at) if one.amount >= _MOST_OF_IT * used]
    if quick:
        return Cause("surge", "high", evidence, "expendable", quick[0].name)
    return Cause("surge", "medium", evidence, "start-fewer")


def _full(near: Sequence[Moment]) -> Cause | None:
    """Detect memory that was full throughout without anything growing."""
    known = [moment for moment in near if moment.available is not None]
    last = near[-1]
    if len(known) < 3 or known[-1].time - known[0].time < _LEAK_SECONDS:
        return None
    if any((moment.available or 0) > _FULL * moment.total for moment in known):
        return None
    evidence = {"ram": last.total, "most_left": max(moment.available or 0 for moment in known)}
    evidence["seconds"] = round(known[-1].time - known[0].time)
    swap = last.swap_total
    if swap is not None and swap < _TINY_SWAP * last.total:
        return Cause("misconfiguration", "medium", evidence | {"swap": swap}, "add-swap" if not swap else "enlarge-swap")
    if last.swap_worth is not None and swap and last.swap_worth < _COMPRESSED:
        return Cause("misconfiguration", "medium", evidence | {"swap": swap}, "add-disk-swap")
    return Cause("too-small", "medium", evidence, "add-memory")
