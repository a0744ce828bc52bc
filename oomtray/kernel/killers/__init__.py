"""The killers other than the kernel: which are running, and their settings, read rarely and kept.

Their processes are searched for every half minute, and a configuration is reread if its file has changed. A
killer that needs more reading has its own module here, loaded only while it runs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from oomtray.kernel.killer_facts import Daemon, KillerFacts, Unjudged
from oomtray.kernel.killers.daemons import daemons
from oomtray.kernel.process import start_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.killer_names import Program
    from oomtray.kernel.snapshot import Process

LOOK_EVERY = 30.0
"""Seconds between two searches of all process names."""


class Source(Protocol):
    """Reads one killer's settings while its process lives."""

    def read(self, processes: Sequence[Process], now: float) -> KillerFacts:
        """Return its settings, reread if they have changed."""


class Places(NamedTuple):
    """Mount points of the kernel's file systems, and root of the killers' files."""

    proc: str
    cgroups: str
    sysfs: str
    root: str


class KillerReader:
    """Finds running killers and reads their settings. Not thread-safe: one thread drives it."""

    def __init__(
        self, proc: str = "/proc", cgroups: str = "/sys/fs/cgroup", root: str = "/", *, sysfs: str = "/sys"
    ) -> None:
        """Look for programs and configuration of killers in the directory `root`."""
        self._proc = proc
        self._places = Places(proc, cgroups, sysfs, root)
        self._scripts: dict[tuple[int, int], str] = {}
        self._looked: float | None = None
        self._known: dict[Daemon, Source | None] = {}

    def read(self, processes: Sequence[Process], now: float) -> tuple[KillerFacts, ...]:
        """Return the killers among these processes. `now` is monotonic seconds."""
        if self._looked is None or not 0 <= now - self._looked < LOOK_EVERY or self._one_has_ended():
            self._looked = now
            found = daemons(processes, self._proc, self._scripts)
            found += self._unread(found, processes)
            self._known = {daemon: self._known.get(daemon) or self._source(daemon) for daemon in found}
        if not self._known:
            return ()
        return tuple(
            Unjudged(daemon) if source is None else source.read(processes, now)
            for daemon, source in self._known.items()
        )

    def _unread(self, found: Sequence[Daemon], processes: Sequence[Process]) -> tuple[Daemon, ...]:
        """Return known killers that are alive but couldn't be read this time, as on a stalling machine."""
        names, pids = {daemon.name for daemon in found}, {process.pid for process in processes}
        return tuple(one for one in self._known if one.name not in names and one.pid not in pids and self._lives(one))

    def _lives(self, daemon: Daemon) -> bool:
        try:
            return start_time(f"{self._proc}/{daemon.pid}") == daemon.start_time
        except (OSError, ValueError):
            return False

    def _one_has_ended(self) -> bool:
        return any(not os.path.exists(f"{self._proc}/{daemon.pid}") for daemon in self._known)

    def _source(self, daemon: Daemon) -> Source | None:
        """Return None if it can't end any process: its settings don't matter and may be there to deceive."""
        if daemon.reach == "none" or daemon.name not in _SOURCES:
            return None
        from importlib import import_module

        module = import_module(f"{__name__}.{daemon.name.replace('-', '_')}")
        source: Source = getattr(module, _SOURCES[daemon.name])(daemon, self._places)
        return source


_SOURCES: dict[Program, str] = {
    "earlyoom": "EarlyoomSource",
    "systemd-oomd": "SystemdOomdSource",
    "nohang": "NohangSource",
    "low-memory-monitor": "LowMemoryMonitorSource",
}
"""The class that reads each one's settings, in the module of its name."""
