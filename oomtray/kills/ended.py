"""Processes that have ended and aren't explained yet: their identity, and what is known about their end."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.kernel.process import read_ended
from oomtray.kernel.process_handle import open_process
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from oomtray.kernel.exits import Exit
    from oomtray.kernel.snapshot import Process, Scope
    from oomtray.risk.kill_event import Source
    from oomtray.risk.last_scan import LastScan

_TOLD_TWICE = 60.0
"""Seconds in which another source may report the same death again."""


@dataclass(slots=True)
class EndedProcess:
    """An ended process until the cause is known."""

    pid: int
    at: float
    """Monotonic seconds."""
    process: Process | None
    """As the last scan saw it, or if it began later, as it was once it had ended; None if it was gone by then."""
    name: str
    """Name if it could be read; empty if the process came and went since the last scan."""
    signal: int | None
    """The signal that killed it; None if unknown."""
    limit: Scope | None = None
    """The limit that it ran under when it ended; systemd removes an empty cgroup at once."""
    inode: int | None = None
    """Of its cgroup's directory then: systemd may soon make another at the same path, which counts from 0."""
    sources: dict[Source, None] = field(default_factory=dict)


class EndedProcesses:
    """Ended processes that wait for an explanation, by pid; an explained one isn't added again for a minute."""

    def __init__(
        self,
        proc: str = "/proc",
        limit_of: Callable[[Process | None], Scope | None] = lambda _: None,
        inode_of: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._proc = proc
        self._limit_of, self._inode_of = limit_of, inode_of
        self._waiting: dict[int, EndedProcess] = {}
        self._explained: dict[int, tuple[float, int | None]] = {}
        """When each was explained, and its start time if that is known."""

    def __iter__(self) -> Iterator[EndedProcess]:
        return iter(self._waiting.values())

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def first(self) -> float:
        """Monotonic time at which the first of them ended; infinite if there is none."""
        return min((one.at for one in self), default=math.inf)

    def take(self, exits: Iterable[Exit], scan: LastScan, now: float) -> None:
        self._explained = {pid: (at, start) for pid, (at, start) in self._explained.items() if now - at <= _TOLD_TWICE}
        for one in exits:
            if one.pid in self._explained:
                start, process = self._explained[one.pid][1], scan.table.get(one.pid)
                if start is None or process is None or process.start_time == start:
                    continue
                del self._explained[one.pid]  # another has its pid
            known = self._waiting.get(one.pid)
            if known is None:
                process, name = self._who(one.pid, scan, now)
                inode = None if process is None or process.cgroup is None else self._inode_of(process.cgroup)
                known = EndedProcess(one.pid, one.at, process, name, one.signal, self._limit_of(process), inode)
                self._waiting[one.pid] = known
            known.signal = known.signal or one.signal
            known.sources[one.source] = None

    def named(self, pids: Iterable[int]) -> list[EndedProcess]:
        """Return the processes with these pids, in this order. Raises KeyError for one that isn't waiting."""
        return [self._waiting[pid] for pid in pids]

    def explain(self, pids: Iterable[int], now: float, *, keep: bool = False) -> None:
        """Mark these as explained; with `keep` they stay, because each is only one of several possible victims."""
        for pid in pids:
            known = self._waiting.get(pid)
            self._explained[pid] = now, None if known is None or known.process is None else known.process.start_time
            if not keep:
                self._waiting.pop(pid, None)

    def explain_all(self, now: float) -> None:
        self.explain(tuple(self._waiting), now)

    def explain_but(self, pids: Collection[int], now: float) -> None:
        """Mark all others as explained: they ended while nobody killed for memory."""
        self.explain([pid for pid in self._waiting if pid not in pids], now)

    def is_explained(self, pid: int) -> bool:
        return pid in self._explained

    def _who(self, pid: int, scan: LastScan, now: float) -> tuple[Process | None, str]:
        """Return the process as of the last scan, or as it can be read until it is reaped, and its name."""
        process = scan.table.get(pid)
        with suppress(OSError), open_process(pid, proc=self._proc) as handle:
            if process is None or handle.start_time != process.start_time:
                return read_ended(pid, now, self._proc), handle.name
        return process, "" if process is None else process.name
