"""When the monitor checks for kills: at each rest that a check falls due in, however short the rest is."""

from __future__ import annotations

import os

from oomtray.kills.monitor import KillMonitor


class Watch:
    """Stands in for the watch: counts the checks, and has one due at `due`."""

    def __init__(self) -> None:
        self.due = 0.0
        self.checks = 0
        self._fd = os.eventfd(0)

    def fileno(self) -> int:
        return self._fd

    def check(self) -> list[object]:
        self.checks += 1
        return []

    def close(self) -> None:
        os.close(self._fd)


def test_a_caller_that_is_always_late_and_never_rests_has_kills_checked_all_the_same() -> None:
    watch = Watch()
    monitor = KillMonitor(None, lambda _reader, _count: watch, lambda: 100.0)  # type: ignore[arg-type,return-value]
    monitor.rest(0.0)
    begun = watch.checks
    monitor.rest(0.0)
    assert watch.checks == begun + 1
    watch.due = 200.0
    monitor.rest(0.0)
    assert watch.checks == begun + 1, "nothing is due, and nobody has news"
    os.eventfd_write(watch.fileno(), 1)
    monitor.rest(0.0)
    assert watch.checks == begun + 2
    monitor.close()
