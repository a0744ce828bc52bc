"""Read whether low-memory-monitor makes the kernel kill (low-memory-monitor.conf, which it reads at its start)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from oomtray.kernel.killer_facts import Daemon, LowMemoryMonitor
from oomtray.kernel.killers.files import assignments, read_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.kernel.killers import Places
    from oomtray.kernel.snapshot import Process

CONFIG = "etc/low-memory-monitor.conf"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
"""Booleans in GLib's key files."""


class LowMemoryMonitorSource:
    def __init__(self, daemon: Daemon, places: Places) -> None:
        path = os.path.join(places.root, CONFIG)
        text = read_config(path)
        unreadable = text is None and os.path.lexists(path)
        self._facts = LowMemoryMonitor(daemon=daemon, kills=None if unreadable else kills(text or ""))

    def read(self, _processes: Sequence[Process], _now: float) -> LowMemoryMonitor:
        return self._facts


def kills(text: str) -> bool:
    """Parse TriggerKernelOom= in the group [Configuration]; off by default, since 2.1."""
    return _BOOLEANS.get(dict(assignments(text, "Configuration")).get("TriggerKernelOom", ""), False)
