"""When to report an app that is killed repeatedly: the second time at once, then with growing pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillEvent

SPAN = 3600.0
"""Seconds after a kill within which another one of the same app is a repetition."""
_PAUSE, _GROWS, _LONGEST_PAUSE = 300.0, 2, 4 * 3600.0
"""Seconds between the second report and the third; factor from each pause to the next; longest pause in seconds."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Kills of the same app that are at most `SPAN` apart."""

    since: float
    """Time of the first kill, in seconds since 1970."""
    last: float
    """Time of the latest kill, on a clock that never jumps, as `told`."""
    told: float
    """Time of the last report."""
    count: int = 1
    tellings: int = 1


def followed(before: Repeats | None, now: float, wall: float) -> tuple[Repeats, bool]:
    """Count one more kill; return the new state and whether to report it.

    `now` is in seconds of a clock that never jumps; `wall` is the time of the kill in seconds since 1970.
    """
    if before is None or now - before.last > SPAN:
        return Repeats(wall, now, now), True
    after = replace(before, last=now, count=before.count + 1)
    pause = 0.0 if before.tellings == 1 else min(_PAUSE * _GROWS ** min(before.tellings - 2, 16), _LONGEST_PAUSE)
    if now - before.told < pause:
        return after, False
    return replace(after, told=now, tellings=before.tellings + 1), True


def what_of(event: KillEvent) -> tuple[str, ...]:
    """Key that repeated kills share: app or unit with comm, or outcome and killer if there is no victim."""
    if event.outcome not in ("killed", "likely") or not event.victims:
        return event.outcome, event.killer
    first = event.victims[0]
    whole = first.app or first.unit
    if len(event.victims) > 1 and whole:
        return (whole,)
    return whole or "", first.name
