"""The processes that have ended and are not explained yet: who each was, and what is known of its end."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING

from oomtray.kernel.process_handle import open_process
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from oomtray.kernel.exits import Exit
    from oomtray.kernel.snapshot import Process
    from oomtray.risk.kill_event import Source
    from oomtray.risk.last_scan import LastScan

_TOLD_TWICE = 60.0
"""Seconds in which one death may be told again by another source."""


@dataclass(slots=True)
class EndedProcess:
    """One that has ended, until it is known why."""

    pid: int
    at: float
    """Monotonic seconds."""
    process: Process | None
    """As the last scan saw it; None of one that has begun since."""
    name: str
    """As far as it could be read; empty where the process came and went since the last scan."""
    signal: int | None
    """That ended it; None where that isn't told."""
    sources: dict[Source, None] = field(default_factory=dict)


class EndedProcesses:
    """Those that wait to be explained, by pid; one that is explained isn't taken again for a minute."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._waiting: dict[int, EndedProcess] = {}
        self._explained: dict[int, float] = {}

    def __iter__(self) -> Iterator[EndedProcess]:
        return iter(self._waiting.values())

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def first(self) -> float:
        """When the first of them has ended, in monotonic seconds; infinite while there is none."""
        return min((one.at for one in self), default=math.inf)

    def take(self, exits: Iterable[Exit], scan: LastScan, now: float) -> None:
        self._explained = {pid: at for pid, at in self._explained.items() if now - at <= _TOLD_TWICE}
        for one in exits:
            if one.pid in self._explained:
                continue
            known = self._waiting.get(one.pid)
            if known is None:
                process, name = self._who(one.pid, scan)
                known = self._waiting[one.pid] = EndedProcess(one.pid, one.at, process, name, one.signal)
            known.signal = known.signal or one.signal
            known.sources[one.source] = None

    def named(self, pids: Iterable[int]) -> list[EndedProcess]:
        """Those with these pids, in their order. Raises KeyError for one that doesn't wait."""
        return [self._waiting[pid] for pid in pids]

    def explain(self, pids: Iterable[int], now: float, *, keep: bool = False) -> None:
        """It is known now what these have died of; with `keep` only that each is one of several who may have."""
        for pid in pids:
            self._explained[pid] = now
            if not keep:
                self._waiting.pop(pid, None)

    def explain_all(self, now: float) -> None:
        self.explain(tuple(self._waiting), now)

    def forget_but(self, pids: Collection[int]) -> None:
        """The ends of all others mean nothing."""
        self._waiting = {pid: one for pid, one in self._waiting.items() if pid in pids}

    def is_explained(self, pid: int) -> bool:
        return pid in self._explained

    def _who(self, pid: int, scan: LastScan) -> tuple[Process | None, str]:
        """The process as the last scan saw it; of one that is new, its name while its parent has not asked for its end."""
        process = scan.table.get(pid)
        with suppress(OSError), open_process(pid, proc=self._proc) as handle:
            if process is None or handle.start_time != process.start_time:
                return None, handle.name
        return process, "" if process is None else process.name
