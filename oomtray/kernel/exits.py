"""How processes ended, as far as an unprivileged program can know: which process, and by which signal.

SIGKILL alone doesn't mean an OOM kill, because any owner of a process may send one. `oom_kill` in
/proc/vmstat counts the kernel's OOM kills.
"""

from __future__ import annotations

from typing import Literal

from oomtray.records import dataclass

Source = Literal["proc-connector", "pidfd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    pid: int
    signal: int | None
    """The signal that ended it; None if it exited by itself or that is unknown."""
    at: float
    """Monotonic seconds: of its end if from the connector, else of when that was noticed."""
    source: Source
