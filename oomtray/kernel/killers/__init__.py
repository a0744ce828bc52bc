"""The killers beside the kernel: which run, and what each is set to, read seldom and kept.

Their processes are looked for every half minute, and a configuration is read again where its file has changed. What a
killer reads needs its own file here, which is loaded only when that killer runs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

from oomtray.kernel.killer_facts import Unjudged
from oomtray.kernel.killers.daemons import daemons
from oomtray.kernel.process import start_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.kernel.killer_facts import Daemon, KillerFacts, Program
    from oomtray.kernel.snapshot import Process

LOOK_EVERY = 30.0
"""Seconds between two looks at the names of all processes."""


class Source(Protocol):
    """Reads one killer for as long as its process lives."""

    def read(self, processes: Sequence[Process], now: float) -> KillerFacts:
        """What it is set to, read again where that has changed."""


class Places(NamedTuple):
    """Where the kernel's file systems and the files of killers are."""

    proc: str
    cgroups: str
    sysfs: str
    root: str


class KillerReader:
    """Not thread-safe: one thread drives it."""

    def __init__(
        self, proc: str = "/proc", cgroups: str = "/sys/fs/cgroup", root: str = "/", *, sysfs: str = "/sys"
    ) -> None:
        """`root` is the directory in which their programs and configuration are looked for."""
        self._proc = proc
        self._places = Places(proc, cgroups, sysfs, root)
        self._scripts: dict[tuple[int, int], str] = {}
        self._looked: float | None = None
        self._known: dict[Daemon, Source | None] = {}

    def read(self, processes: Sequence[Process], now: float) -> tuple[KillerFacts, ...]:
        """The killers among these processes. `now` is monotonic seconds."""
        if self._looked is None or not 0 <= now - self._looked < LOOK_EVERY or self._one_has_ended():
            self._looked = now
            found = daemons(processes, self._proc, self._scripts)
            found += self._unread(found, processes)
            self._known = {daemon: self._known.get(daemon) or self._source(daemon) for daemon in found}
        return tuple(
            Unjudged(daemon) if source is None else source.read(processes, now)
            for daemon, source in self._known.items()
        )

    def _unread(self, found: Sequence[Daemon], processes: Sequence[Process]) -> tuple[Daemon, ...]:
        """Those that were known and live, but couldn't be read this time: a machine that stalls may not let them be."""
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
        """None where it reaches nobody: what it is set to doesn't matter, and may be there to deceive."""
        make = _SOURCES.get(daemon.name)
        return None if make is None or daemon.reach == "none" else make(daemon, self._places)


def _earlyoom(daemon: Daemon, places: Places) -> Source:
    from oomtray.kernel.killers.earlyoom import EarlyoomSource

    return EarlyoomSource(daemon, places.proc, places.root)


def _systemd_oomd(daemon: Daemon, places: Places) -> Source:
    from oomtray.kernel.killers.systemd_oomd import SystemdOomdSource

    return SystemdOomdSource(daemon, places.cgroups, places.root)


def _nohang(daemon: Daemon, places: Places) -> Source:
    from oomtray.kernel.killers.nohang import NohangSource

    return NohangSource(daemon, places.proc, places.sysfs, places.root)


def _low_memory_monitor(daemon: Daemon, places: Places) -> Source:
    from oomtray.kernel.killers.low_memory_monitor import LowMemoryMonitorSource

    return LowMemoryMonitorSource(daemon, places.root)


_SOURCES: dict[Program, Callable[[Daemon, Places], Source]] = {
    "earlyoom": _earlyoom, "systemd-oomd": _systemd_oomd, "nohang": _nohang, "low-memory-monitor": _low_memory_monitor,
}  # fmt: skip
