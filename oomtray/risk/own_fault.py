"""Find out whether the app that was killed had filled memory itself, so that to protect it would cost others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.before_kill import Moment
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.postmortem import Cause


_KEPT = 330.0
"""Seconds from one reading to the next once they are older than a day, at most: one in 5 min is kept."""


def names_of_killed(event: KillEvent) -> frozenset[str]:
    """Return the names of the one app that was killed; empty if nothing, something unknown or several apps were."""
    if event.outcome != "killed" or len({victim.app or victim.name for victim in event.victims}) != 1:
        return frozenset()
    return frozenset(name for victim in event.victims for name in (victim.app, victim.name) if name)


def is_cause(event: KillEvent, cause: Cause) -> bool:
    """Whether the cause is the very app that was killed."""
    return cause.app in names_of_killed(event)


def held_most(event: KillEvent, cause: Cause | None, around: Sequence[Moment]) -> bool:
    """Whether the app that was killed had held more than all else together, and no other is known to be the cause.

    Only if the whole machine was short. By the report, else by the last of the readings `around` it that has apps, unless
    there are none of the minutes before it: nobody knows what has grown since.
    """
    names = names_of_killed(event)
    if not names or event.manual or event.confined:
        return False
    if cause is not None and cause.app is not None and cause.app not in names:
        return False
    if event.ranking:
        pids = {victim.pid for victim in event.victims}
        held, whole = sum(one.rss + one.swap for one in event.ranking if one.pid in pids), _size(event)
        return whole is not None and 2 * held > whole
    at = event.time
    from oomtray.risk.before_kill import last_apps  # here and below: a list of kills needs neither

    if at is None or event.not_before is not None or not _read_until(around, at):
        return False
    last = last_apps(around, at)
    if last is None:
        return False
    used = _used(last)
    return used is not None and 2 * sum(memory for name, memory in last.apps if name in names) > used


def _read_until(around: Sequence[Moment], at: float) -> bool:
    """Whether memory was read up to the kill, as far as the record can tell: of a day ago it keeps one reading in 5 min."""
    from oomtray.risk.before_kill import LATE

    before = [one.time for one in around if one.time <= at][-2:]
    thinned = len(before) == 2 and before[1] - before[0] > 2 * LATE
    return bool(before) and at - before[-1] <= (_KEPT if thinned else LATE)


def _size(event: KillEvent) -> int | None:
    """RAM and swap together, in bytes: in use is at most that."""
    if event.scope is None or event.scope.total_pages is None or event.page_size is None:
        return None
    return event.scope.total_pages * event.page_size


def _used(last: Moment) -> int | None:
    """RAM and swap in use, in bytes."""
    if last.available is None or last.swap_total is None:
        return None
    if last.swap_total and last.swap_free is None:
        return None
    return last.total - last.available + last.swap_total - (last.swap_free or 0)
