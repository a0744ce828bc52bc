"""Kills that the record lacks: by a log, with an ID that is the same whenever it is read, else by the kernel's count."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlite3 import Connection

    from oomtray.kernel.kill_log.facts import KillReport
    from oomtray.risk.kill_event import KillEvent

_LONGEST_LOOK_BACK = 7 * 86_400.0
"""Seconds back for which this machine's log is read."""
_MOST_MISSING = 64
DIGITS = 16
"""Length of an ID."""
_MOST_TOLD_APART = 100_000
"""Most kills of a log that are remembered to tell identical ones apart."""


class KillIds:
    """Gives identical kills different IDs."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, digest: str) -> str:
        seen = self._seen
        if len(seen) >= _MOST_TOLD_APART:
            seen.clear()
        times = seen[digest] = seen.get(digest, 0) + 1
        return digest if times == 1 else f"{digest}-{times}"


def is_recorded(name: str) -> bool:
    """Whether an ID can be the number of a recorded kill; one from a log may be digits alone too, but is longer."""
    return name.isascii() and name.isdigit() and len(name) < DIGITS


def digest_of(report: KillReport) -> str:
    """Return what tells a kill from others of its log."""
    from hashlib import blake2s

    # a date computed from the time since boot differs each time
    at = report.time if report.uptime is None else report.uptime
    what = repr((at, report.killer, report.victims, report.invoker))
    return blake2s(what.encode("utf-8", "replace"), digest_size=DIGITS // 2).hexdigest()


class Unrecorded(NamedTuple):
    """Kills that the record lacks."""

    kills: list[tuple[str, KillEvent]]
    """Each with its ID."""
    unnamed: int = 0
    """How many more the kernel has counted since boot, of which nothing else is known; 0 if only later ones are asked for."""


def unrecorded(connection: Connection | None, since: float | None, recorded: list[KillEvent]) -> Unrecorded:
    """Find kills since the record's end, and those of this boot before its first reading.

    `recorded` are the record's kills since `since`. No log is read for a time of which the record has all that
    the kernel counted.
    """
    from oomtray.history.kills import before_first, counted
    from oomtray.kernel.files import boot_id, oom_kills

    boot, now, count = boot_id(), time.time(), oom_kills()
    booted = now - time.clock_gettime(time.CLOCK_BOOTTIME)
    known, last, first = None, None, None
    if connection is not None and boot is not None:
        known, last = counted(connection, boot, booted)
        first = before_first(connection, boot, booted)
    if last is not None and known is None:
        known = 0
    missing = None if count is None or known is None else max(count - known, 0)
    if missing == 0 and (first is None or not first.missing):
        return Unrecorded([])
    begin = max(since or 0.0, now - _LONGEST_LOOK_BACK)
    periods = [] if missing == 0 else [(max(begin, last or 0.0), math.inf)]
    if first is not None and first.missing:
        periods.append((max(begin, booted), first.time))
    found = _logged([(begin, end) for begin, end in periods if begin < end], recorded)
    later = [one for one in found if (one[1].time or 0.0) >= (last or 0.0)]
    by_count = [] if not missing or count is None or begin > now else _by_count(count, missing - _size(later), boot, last, now)
    if since is not None and since > booted:
        return Unrecorded(found + by_count)
    lacking = (missing or 0) + (first.missing if first is not None else 0) if known is not None else count or 0
    named = [one for one in found if (one[1].time or 0.0) >= booted]
    return Unrecorded(found + by_count, max(lacking - _size(named) - sum(event.kills for _, event in by_count), 0))


def _size(kills: list[tuple[str, KillEvent]]) -> int:
    """Return how many of the kernel's kills these are: it counts each process of a group."""
    return sum(max(len(event.victims), 1) for _, event in kills if event.killer == "kernel")


def _logged(periods: list[tuple[float, float]], recorded: list[KillEvent]) -> list[tuple[str, KillEvent]]:
    """Read the log's kills of these periods, without the recorded ones."""
    if not periods:
        return []
    from oomtray.kernel.log_lookup import recent
    from oomtray.risk.kill_event import same_kill
    from oomtray.risk.report_event import from_own_log

    ids, found = KillIds(), []
    for report in recent(min(begin for begin, _ in periods)):
        name, event, at = ids.of(digest_of(report)), from_own_log(report), report.time or 0.0
        is_missing = any(begin <= at < end for begin, end in periods)
        if is_missing and not any(same_kill(event, one) for one in recorded):
            found.append((name, event))
    return found


def _by_count(count: int, unnamed: int, boot: str | None, last: float | None, now: float) -> list[tuple[str, KillEvent]]:
    """Tell of the newest kills by nothing but the kernel's count; the first of many stands for the rest."""
    from oomtray.kernel.visibility import sees_all
    from oomtray.risk.kill_event import KillEvent

    unnamed = max(unnamed, 0) if sees_all() else 0
    shown = min(unnamed, _MOST_MISSING)
    return [
        (
            f"count-{number}",
            KillEvent(
                time=now, not_before=None if last is None else min(last, now), boot=boot, count=number, killer="kernel", outcome="unknown", sources=("vmstat",),
                kills=unnamed - shown + 1 if place == 0 else 1,
            ),
        )
        for place, number in enumerate(range(count - shown + 1, count + 1))
    ]  # fmt: skip
