"""What a killer chooses from, and what is to be said of each killer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oomtray.kernel.killer_facts import Daemon
    from oomtray.kernel.snapshot import Consequences, Process, Snapshot
    from oomtray.risk.judged import Risk
    from oomtray.risk.killer import KillerName


@dataclass(frozen=True, slots=True)
class Candidates:
    """The judged rows of one snapshot."""

    snapshot: Snapshot
    risks: tuple[Risk, ...]
    """By rank, then what can't be chosen; perhaps only the first."""
    near: tuple[Risk, ...]
    """Within the kernel's counting error of the first, without it."""
    consequences: Mapping[int, Consequences]
    """What else ends with a process, by pid; only for the kernel's likely victims."""
    risk: Callable[[Process], Risk]
    """The judged row of any process of the snapshot: another killer's victim may be none of the first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A killer, and how it is found."""

    name: KillerName
    process: str | None = None
    """The name of its process, which /proc cuts at 15 bytes; None for the kernel."""


def may_end(daemon: Daemon, process: Process) -> bool:
    """kill(2): with CAP_KILL anybody, else only processes of its own user."""
    return daemon.reach == "all" or (daemon.reach == "own" and process.uid == daemon.uid)
