"""What killers choose from, and which processes they may end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.kernel.killer_facts import Daemon
    from oomtray.kernel.snapshot import Consequences, Process, Snapshot
    from oomtray.risk.judged import Risk


@dataclass(frozen=True, slots=True)
class Candidates:
    snapshot: Snapshot
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen; possibly only the first rows."""
    near: tuple[Risk, ...]
    """Within the kernel's counting error of the first, without the first."""
    consequences: Mapping[int, Consequences]
    """What else ends with a process, by PID; only for the kernel's likely victims."""
    risk: Callable[[Process], Risk]
    """Judges any process of the snapshot, as another killer's victim may not be among the first."""


def may_end(daemon: Daemon, process: Process) -> bool:
    """Whether a daemon may signal a process, by kill(2): any with CAP_KILL, else only those of its own user."""
    return daemon.reach == "all" or (daemon.reach == "own" and process.uid == daemon.uid)
