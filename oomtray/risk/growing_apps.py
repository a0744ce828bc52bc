"""Find the apps that take most memory now, compared with what their processes held some twenty seconds ago."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_paths import is_below
from oomtray.records import dataclass
from oomtray.risk.apps import app_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from oomtray.kernel.snapshot import Process, Snapshot
    from oomtray.risk.judged import App, AppId

_SPAN = 20.0
"""Seconds to compare across: long enough to forget a burst, short enough for the first warning to have data."""
_STEP = 5.0
"""Seconds; of the scans in each such span of the clock the first is kept."""
LEAST = 32 * 1024 * 1024
"""Bytes that an app must have taken in that time to be listed; on a large machine oom_score has steps of this size."""
_MOST = 3
_LEAST_SHARE = 0.2
"""Least share of the memory lost meanwhile: an app that took less of it isn't what uses memory up."""
_MAIN = 0.5
"""Share of its app's growth from which one process is to blame."""


@dataclass(frozen=True, slots=True)
class GrowingApp:
    """An app that holds more memory than before."""

    app: AppId
    rate: float
    """Bytes per second of anonymous memory and swap, all its processes together."""
    growing: tuple[Process, ...]
    """Its growing processes, fastest first; never empty."""
    main_share: float
    """The first one's share of the growth, 0..1."""

    @property
    def main(self) -> Process | None:
        """The process behind most of the growth; None if there is no single one."""
        return self.growing[0] if self.main_share >= _MAIN else None


@dataclass(frozen=True, slots=True)
class Growth:
    """What processes held at two scans some seconds apart."""

    before: tuple[Process, ...]
    now: tuple[Process, ...]
    seconds: float

    def fastest(self, group: str | None = None, least: int = LEAST) -> tuple[GrowingApp, ...]:
        """Return the fastest growing apps; a process that started in between grew from nothing.

        `group` limits it to the cgroup at this path and below; `least` is how many bytes an app must have taken.
        """
        grown: dict[tuple[str, int | None], list[tuple[int, Process]]] = {}
        ids: dict[tuple[str, int | None], AppId] = {}
        table: Mapping[int, Process] | None = None
        for process, more in self._changed(group):
            if table is None:
                table = {one.pid: one for one in self.now}
            app = app_of(process, table)
            if app is not None:
                key = app.key, app.uid
                ids[key] = app
                grown.setdefault(key, []).append((more, process))
        found = []
        for key, changes in grown.items():
            total = sum(more for more, _process in changes)
            if total >= least:
                changes.sort(key=lambda one: (-one[0], one[1].pid))
                up = [(more, process) for more, process in changes if more > 0]
                share = min(up[0][0] / sum(more for more, _process in up), 1.0)
                growing = tuple(process for _more, process in up)
                found.append(GrowingApp(ids[key], total / self.seconds, growing, share))
        found.sort(key=lambda one: -one.rate)
        return tuple(found[:_MOST])

    def _changed(self, group: str | None) -> Iterator[tuple[Process, int]]:
        """Yield the processes in the cgroup `group` that hold more or less than before, and by how many bytes."""
        held = {process.identity: process for process in self.before}
        for process in self.now:
            old = held.get(process.identity)
            if old is process or process.rss is None:
                continue  # the same row object means it was not reread, because nothing changed
            if group is not None and not is_below(process.cgroup, group):
                continue
            more = _taken(process) - (0 if old is None else _taken(old))
            if more:
                yield process, more


class GrowthRecord:
    """Keeps the rows of a few scans. `add` runs on every scan and costs next to nothing; `fastest` is for low memory."""

    def __init__(self) -> None:
        self._kept: deque[Snapshot] = deque()

    def add(self, snapshot: Snapshot) -> None:
        kept = self._kept
        # two records then keep the same scans whenever each began: with all rows reread, a scan of 500 processes
        # takes 0.2 MB
        if kept and snapshot.at // _STEP == kept[-1].at // _STEP:
            return
        kept.append(snapshot)
        while len(kept) > 1 and snapshot.at - kept[1].at >= _SPAN:
            kept.popleft()

    def fastest(self, snapshot: Snapshot) -> tuple[GrowingApp, ...]:
        """Return at most three apps, fastest first, that took a good part of the memory lost.

        Empty until two scans lie some seconds apart.
        """
        growth = self.until(snapshot)
        if growth is None:
            return ()
        before, now = _left(self._kept[0]), _left(snapshot)
        lost = 0 if before is None or now is None else before - now
        return tuple(app for app in growth.fastest() if app.rate * growth.seconds >= _LEAST_SHARE * lost)

    def until(self, snapshot: Snapshot) -> Growth | None:
        """Return the growth from the oldest kept scan to this one, or None until they lie some seconds apart."""
        if not self._kept or snapshot.at - self._kept[0].at < _STEP:
            return None
        before = self._kept[0]
        return Growth(before.processes, snapshot.processes, snapshot.at - before.at)


def rates_of_shown(growing: Iterable[GrowingApp], apps: Sequence[App]) -> dict[Hashable, float]:
    """Return how fast the shown apps grow, in bytes per second, by key and uid.

    A script may be shown as an app of its own: it has the rate if no other script of its interpreter grows, else none has.
    """
    found: dict[Hashable, float] = {}
    for one in growing:
        grows = {process.identity for process in one.growing}
        shown = [app for app in apps if any(member.process.identity in grows for member in app.members)]
        if len(shown) == 1:
            found[shown[0].key, shown[0].uid] = one.rate
    return found


def _left(snapshot: Snapshot) -> int | None:
    """Bytes of RAM and swap that are left; None if unknown."""
    memory = snapshot.scope.memory or snapshot.memory
    return None if memory.left is None or memory.swap_free is None else memory.left + memory.swap_free


def _taken(process: Process) -> int:
    """Bytes of memory and swap held by this process alone; without mapped files, which can be dropped again."""
    held = process.rss if process.rss_anon is None else process.rss_anon
    return (held or 0) + (process.swap or 0)
