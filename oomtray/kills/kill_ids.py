"""The IDs of kills that are in a log and not in the record: the same whenever that log is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomtray.kernel.kill_log.facts import KillReport

DIGITS = 16
"""Length of an ID."""
_MOST = 100_000
"""Most kills of a log that are remembered to tell identical ones apart."""


class KillIds:
    """Gives identical kills different IDs."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, digest: str) -> str:
        seen = self._seen
        if len(seen) >= _MOST:
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
