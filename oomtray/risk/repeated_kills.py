"""When an app that is killed again and again is told of: the second time at once, and then with pauses that grow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillEvent

SPAN = 3600.0
"""Seconds after a kill in which another one of the same is a repetition."""
_PAUSE, _GROWS, _LONGEST_PAUSE = 300.0, 2, 4 * 3600.0
"""Seconds between the second and the third time that it is told; by what each pause is longer; seconds."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Kills of the same with no longer than `SPAN` between them."""

    since: float
    """When the first was, in seconds since 1970."""
    last: float
    """Of the latest, by a clock that never jumps, as `told` is."""
    told: float
    """When it was told last."""
    count: int = 1
    tellings: int = 1


def followed(before: Repeats | None, now: float, wall: float) -> tuple[Repeats, bool]:
    """What one more kill makes of it, and whether to tell of that.

    `now` in seconds of a clock that never jumps; `wall`: when it was killed, in seconds since 1970.
    """
    if before is None or now - before.last > SPAN:
        return Repeats(wall, now, now), True
    after = replace(before, last=now, count=before.count + 1)
    pause = 0.0 if before.tellings == 1 else min(_PAUSE * _GROWS ** min(before.tellings - 2, 16), _LONGEST_PAUSE)
    if now - before.told < pause:
        return after, False
    return replace(after, told=now, tellings=before.tellings + 1), True


def what_of(event: KillEvent) -> tuple[str, ...]:
    """What makes two kills those of the same: the app or unit with the program's name; where nobody is named, the killer."""
    if event.outcome not in ("killed", "likely") or not event.victims:
        return event.outcome, event.killer
    first = event.victims[0]
    whole = first.app or first.unit
    if len(event.victims) > 1 and whole:
        return (whole,)
    return whole or "", first.name
