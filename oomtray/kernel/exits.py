"""How processes have ended, as far as an unprivileged program is told: who was there, and which signal ended it.

A SIGKILL alone is no out-of-memory kill: whoever owns a process may send one. `oom_kill` in /proc/vmstat says that the
kernel has killed for memory.
"""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

Source = Literal["proc-connector", "pidfd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A process that has ended."""

    pid: int
    signal: int | None
    """That ended it; None where it ended by itself, or where that isn't told."""
    at: float
    """Monotonic seconds: of its end from the connector, else of when that was noticed."""
    source: Source
