"""Leave out kills that a log has told of before, as when two files with the same lines were joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oomtray.kernel.kill_log.facts import KillReport

_MOST = 10_000
"""How many kills are remembered."""


class Copies:
    """Remembers the last kills by their keys."""

    def __init__(self) -> None:
        self._known: dict[int, None] = {}

    def has(self, key: int) -> bool:
        """Return whether the kill with this key was told of before, and remember it."""
        if key in self._known:
            return True
        if key:
            self._known[key] = None
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return False


def key_of(report: KillReport) -> int:
    """Return what only copies of a report share, in this process and those it has started; 0 if another report might share it.

    No PID dies twice at one moment, even if that is known to the second only. systemd-oomd waits 15 s after each kill.
    """
    dated = report.time is not None or report.uptime is not None
    if not dated or not (report.killer == "systemd-oomd" or any(victim.pid for victim in report.victims)):
        return 0
    return hash((report.host, report.time, report.uptime, report.killer, report.outcome, report.invoker, report.order, report.mask, report.victims))


def without_copies(reports: Iterable[KillReport]) -> Iterator[KillReport]:
    copies = Copies()
    return (report for report in reports if not copies.has(key_of(report)))
