"""The main loop: read, judge, and remember a little.

No Qt: the tray's thread, the commands and the tests all drive it. A *tick* reads memory, swap and stall and updates
the level (some 50 microseconds). A *scan* also reads the processes and judges them. A *glance* only reads the
available memory, which is enough while all is calm, hardly any memory has gone since the last tick, and the kernel
would wake us if anything stalled; `wait` makes them by itself. One of the three comes every ten seconds at least,
and sooner the less memory is left and the faster it shrinks. While nobody looks and all is well, scans are rare: a
rising level, a kill, and the kernel's pressure-stall trigger each cause one at once.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.config import Settings
from oomtray.kernel.reader import SystemReader
from oomtray.kernel.rollup import Rollups
from oomtray.kernel.wake_up import WakeUp
from oomtray.kills.monitor import KillMonitor
from oomtray.limit_monitor import LimitMonitor
from oomtray.records import dataclass
from oomtray.risk.apps import sort_into_apps
from oomtray.risk.assess import assess
from oomtray.risk.badness_cache import BadnessCache
from oomtray.risk.conditions import conditions, stalls_elsewhere
from oomtray.risk.forecast import HORIZON, Forecaster, spared
from oomtray.risk.growing_apps import GrowthRecord
from oomtray.risk.interval import (
    LONGEST,
    QUIET_SECONDS,
    USUAL,
    Calm,
    differs,
    falls,
    give_way,
    is_quiet,
    is_slow,
    next_tick,
    scan_interval,
)
from oomtray.risk.levels import advance
from oomtray.risk.outlook import Forecast, Level, Reading
from oomtray.risk.ranking import Ranking, rank
from oomtray.risk.set_here import SetHere
from oomtray.risk.trend import ProcessTrends, ShrinkRate
from oomtray.risk.victim import also
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from oomtray.history.events import Event
    from oomtray.history.kills import RecordedKill
    from oomtray.history.recorder import Recorder
    from oomtray.kernel.cgroup_state import StalledCgroup
    from oomtray.kernel.scripts import ScriptNames
    from oomtray.kernel.snapshot import Consequences, Memory, Process, Scope, Snapshot
    from oomtray.kills.monitor import MakeKillWatch
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.killer import Also
    from oomtray.systemd.units import UnitReader

TRAIL_SECONDS = 600.0
_TRAIL_STEP = 1.0
_ALWAYS_FRESH = 10
"""Rows at the top of the ranking that every scan rereads."""
_YOUNG = 20.0
"""Seconds for which a scan remains valid although the memory has changed."""
_MOST_NOTED = 200
"""Most events that wait to be recorded."""
_CONTENDERS = 4
"""Near victims whose consequences are read; more would only lengthen 'one of these'."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What the user looks at now."""

    open: bool = False
    """Whether the popup is shown: scan at the fast pace and compute changes."""
    watch: frozenset[int] = frozenset()
    """Pids of the rows on screen, which each scan rereads."""
    apps: bool = False
    top: int | None = _ALWAYS_FRESH
    """How many rows to judge; None for all. Grouping by app needs all."""
    paused: bool = False


def _suspended() -> float:
    """Return the seconds for which the machine was suspended since boot, which the monotonic clock does not count."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


class Monitor:
    """The loop. One thread calls `survey`, or `step` and `wait`; `wake` and `attend` may be called from any thread."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        proc: str = "/proc",
        cgroups: str = "/sys/fs/cgroup",
        sysfs: str = "/sys",
        root: str = "/",
        scope_path: str | None = None,
        once: bool = False,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        units: UnitReader | None = None,
        set_here: Callable[[], SetHere] = SetHere,
        scan_within: Callable[[], float] = lambda: math.inf,
        recorder: Recorder | None = None,
        kill_watch: MakeKillWatch | None = None,
        scripts: ScriptNames | None = None,
    ) -> None:
        """`scope_path` names a memory cgroup to rank within; `once` is for a single survey; `units` asks systemd.

        `root` is the root directory of other killers' programs and configuration. `set_here` returns the
        values set through this program. `scan_within` is called at each tick and
        returns how old the last scan may be, in seconds. `recorder` keeps the readings. `kill_watch` creates the
        watch for kills, given the count of earlier ones, once everything is shown. With `scripts`, each script
        is an app of its own; the commands group scripts by interpreter.
        """
        self.settings = settings or Settings()
        self._clock = clock
        self._units = units
        self._set_here = set_here
        self._scan_within = scan_within
        self._recorder = recorder
        self._reader = SystemReader(
            proc, cgroups, sysfs=sysfs, root=root, scope_path=scope_path, once=once, clock=clock, wall=wall
        )
        self._limits = LimitMonitor(self._reader)
        self._kills = KillMonitor(self._reader, kill_watch, clock)
        self._level = Level()
        self._trail: deque[Reading] = deque()
        self._trends = ProcessTrends()
        self._shrinking = ShrinkRate()
        self._growth = GrowthRecord()
        self._forecaster, self._forecast = Forecaster(), Forecast()
        self._spared = 0.0
        """Bytes of RAM and swap left when the first killer acts, as found by the last scan."""
        self._whole_machine = scope_path is None
        self._glanced: tuple[float, int] | None = None
        self._surveying = False
        self._badness = BadnessCache()
        self._leaders: tuple[int, ...] = ()
        self._attention = Attention()
        self._rollups = Rollups(proc)
        self._scripts = scripts
        self._scan_at = 0.0
        self._tick_at = 0.0
        self.waits_until = 0.0
        """Until when `wait` blocks at most, in seconds of the clock; afterwards when it ended, or was to end."""
        self._scanned = 0.0
        self._sparing = False
        """Whether the last scan was slow, so that the next one only rereads the rows that decide who is next."""
        self._left: int | None = None
        self._calm: Calm | None = None
        self._noted: deque[Event] = deque(maxlen=_MOST_NOTED)
        self._wake_up = WakeUp(proc, self._kills.wake)

    def survey(self, *, top: int | None = None, apps: bool = False, steady: bool = False) -> Assessment:
        """Read and judge every row now. Raises OSError, or NoMemoryCgroup if the scope is gone.

        With `steady`, only the first survey reads every row, later ones only new, changed and top-ranked rows. While
        hardly any memory moves, other rows' changes and ends are seen some surveys, and at most some seconds, later.
        """
        full = not (self._surveying and steady)
        if not self._surveying:
            # a caller that asks for each reading wants the difference between exactly these
            self._surveying, self._trends, self._shrinking = True, ProcessTrends(plain=True), ShrinkRate(plain=True)
        now = self._clock()
        memory = self._tick(now)
        quiet = not full and now - self._scanned <= QUIET_SECONDS and is_quiet(memory, self._level.name, self._left)
        found = self._scan(memory, Attention(open=True, apps=apps, top=top), full=full, quiet=quiet)
        self._left, self._scanned = self._left if quiet else memory.left, now
        return found

    def ends_with(self, processes: Iterable[Process], snapshot: Snapshot) -> dict[int, Also]:
        """Return by pid which others would end with each process; those that would die alone are left out."""
        found = {}
        for process in processes:
            unit = unit_of(process.unit_cgroup)
            others = also(self._reader.consequences(process, snapshot.scope, unit, self._units), process.pid)
            if others is not None:
                found[process.pid] = others
        return found

    def step(self) -> Assessment | None:
        """Do what is due: a tick, and a scan if one is due; return None if there is nothing new to show."""
        attention = self._attention
        if attention.paused:
            return None
        now = self._clock()
        if self._glance_is_enough(now):
            return None
        before, kills = self._level.name, self._kills.count
        memory = self._tick(now)
        limits_change = self._limits.tick(memory, self.settings, now)
        if self._kills.count != kills:
            self._look_for_kills()
        level = self._level.name
        between = scan_interval(self.settings.pace, level, is_open=attention.open)
        thresholds = self.settings.levels
        longest = min(between, LONGEST if self._wake_up.on_stall else USUAL, self._limits.pause)
        pause = next_tick(memory, self._shrinking.rate, level, thresholds, longest)
        self._tick_at, self._calm = now + pause, None
        changed = level != before or self._kills.count != kills or limits_change
        within = min(self._scan_within(), self._limits.scan_within)
        if differs(memory, self._left):
            within = min(within, _YOUNG)
        scan_at = min(self._scan_at, self._scanned + within)
        scan_is_due = changed or now >= scan_at
        if scan_is_due:
            scan_at = now + min(between, within)
            self._scan_at, self._scanned, self._left = now + between, now, memory.left
        if level == "normal" and self._wake_up.on_stall and not attention.open and not falls(memory, self._shrinking.rate):
            self._calm = Calm.found(memory, thresholds, pause, now, scan_at)
        if not scan_is_due:
            return None
        found = self._scan(memory, attention, full=False)
        ended = self._clock()
        self._scan_at, self._sparing = max(self._scan_at, give_way(now, ended)), is_slow(now, ended)
        return found

    def note(self, event: Event) -> None:
        """Record an event, if there is a record. May be called from any thread."""
        self._noted.append(event)

    def take_killed(self) -> tuple[RecordedKill, ...]:
        """Return the kills noticed since the last call."""
        return self._kills.take_killed()

    @property
    def pause(self) -> float | None:
        """Seconds until the next step is due; None while paused."""
        return None if self._attention.paused else max(0.0, min(self._tick_at, self._scan_at) - self._clock())

    def wait(self) -> None:
        """Block until the next step is due, memory stalls, or `wake` is called."""
        if self._clock() >= self._kills.due:
            self._look_for_kills()
        told: list[tuple[int, int]] = []
        while not told:
            self.waits_until = until = math.inf if self._attention.paused else min(self._tick_at, self._scan_at, self._kills.due)
            told = self._wake_up.wait(None if until == math.inf else until - self._clock())
            self.waits_until = now = self._clock()
            # glances stay in here: after seconds of sleep each further line of code costs cache misses
            if self._attention.paused or now >= self._kills.due or not self._glance_is_enough(now):
                break
        for descriptor, events in told:
            if self._kills.is_woken_by(descriptor):
                self._look_for_kills()
            elif self._wake_up.asks_for_scan(descriptor, events):
                self._scan_at = 0.0  # even if a concurrent step has set another time since
        if not self._wake_up.on_stall:
            self._calm = None

    def rest(self, seconds: float) -> None:
        """Wait for so many seconds and notice kills meanwhile: for callers that ask for each reading."""
        self._kills.rest(seconds)

    def wake(self) -> None:
        """End a `wait`; the next step scans."""
        self._scan_at = 0.0
        self.waits_until = min(self.waits_until, self._clock())
        self._wake_up.wake()

    def attend(self, attention: Attention) -> None:
        """Set what is looked at. Opening, resuming and a change of what is shown cause a scan at once."""
        before, self._attention = self._attention, attention
        if attention != before and (attention.open or before.paused):
            self.wake()

    def close(self, *, patience: float = 0.0) -> None:
        """Close the descriptors; call it when no thread waits. `patience`: as `KillMonitor.close`."""
        try:
            self._kills.close(patience)
        finally:  # also when a person doesn't want to wait that long, and presses Ctrl+C again
            self._reader.close()
            if self._recorder is not None:
                self._recorder.flush()
            self._wake_up.close()

    @property
    def _active_recorder(self) -> Recorder | None:
        """The recorder; None if there is none, or the user doesn't want a record."""
        return self._recorder if self.settings.history.record else None

    def _glance_is_enough(self, now: float) -> bool:
        calm = self._calm
        if calm is None or now >= min(calm.until, self._scan_at) or calm.thresholds is not self.settings.levels:
            return False
        available = self._reader.available()
        if available is None or available <= calm.floor or self._limits.near:
            return False
        self._tick_at, self._glanced = now + calm.pause, (now, available)
        return True

    def _tick(self, now: float) -> Memory:
        memory = self._reader.memory()
        levels = self.settings.levels
        forecast = self._forecaster.add(
            now,
            memory,
            suspended=_suspended(),
            spared=self._spared,
            horizon=max(HORIZON, levels.warning_forecast_seconds),
        )
        if self._glanced is not None:
            at, available = self._glanced
            self._shrinking.add(min(available + memory.reclaimable, memory.usable), at)
            self._glanced = None
        self._shrinking.add(memory.left, now)
        self._forecast = replace(forecast, rate=self._shrinking.rate)
        judged = self._reader.judged_memory(memory)
        foreseen = self._forecast if self._whole_machine else Forecast()
        self._level = advance(self._level, judged, levels, now, foreseen)
        self._kills.count = memory.oom_kills
        if not self._trail or now - self._trail[-1].at >= _TRAIL_STEP:
            self._trail.append(Reading(now, memory.used_percent))
            while now - self._trail[0].at > TRAIL_SECONDS:
                self._trail.popleft()
        if (recorder := self._active_recorder) is not None:
            recorder.add(memory, self._level, self._forecast)
            while self._noted:
                recorder.add_event(self._noted.popleft())
        return memory

    def _scan(self, memory: Memory, attention: Attention, *, full: bool, quiet: bool = False) -> Assessment:
        recorder = self._active_recorder
        by_app = attention.apps or (recorder is not None and recorder.wants_apps)
        if self._sparing:
            watch = frozenset(self._leaders[:_CONTENDERS]).union(self._limits.members)
        else:
            watch = attention.watch.union(self._leaders, self._limits.members)
        snapshot = self._reader.snapshot(watch, full=full, sparing=self._sparing, quiet=quiet, memory=memory)
        ranking = rank(snapshot, None if by_app else attention.top, self._badness)
        fresh = _ALWAYS_FRESH if attention.top is None else max(attention.top, _ALWAYS_FRESH)
        self._leaders = tuple(row.process.pid for row in ranking.first[:fresh])
        raised = self._level.name != "normal"
        changes = self._trends.add(snapshot) if attention.open or raised else {}
        self._growth.add(snapshot)
        grouping, charged = None, {}
        if by_app:
            hurried = self._sparing or self._level.name == "critical"
            scripts = {} if self._scripts is None else self._scripts.of(snapshot.processes, read=not hurried)
            grouping = sort_into_apps(snapshot.processes, scripts)
            charged = self._reader.cgroup_memory(grouping.paths)
        limits = self._limits.scan(snapshot, self._level.name, self.settings, self._consequences_of)
        assessment = assess(
            ranking,
            level=self._level,
            private=self._private(ranking, snapshot.at, attention),
            rows=self.settings.rows,
            changes=changes,
            consequences=self._consequences(ranking),
            set_here=self._set_here(),
            grouping=grouping,
            charged=charged,
            trail=tuple(self._trail),
            forecast=self._forecast,
            conditions=conditions(snapshot, self.settings.levels, self._stalled(memory), limits),
            limits=limits,
            growing=self._growth.fastest(snapshot) if raised else (),
        )
        self._kills.take(assessment)
        self._spared = spared(assessment)
        if by_app and recorder is not None:
            recorder.add(memory, assessment.level, assessment.forecast, assessment.apps)
        return assessment

    def _stalled(self, memory: Memory) -> StalledCgroup | None:
        """Find the stalled cgroup, only while processes stall although memory isn't short."""
        thresholds = self.settings.levels
        return self._reader.stalled_cgroup(thresholds.warning_stall / 2) if stalls_elsewhere(memory, thresholds) else None

    def _private(self, ranking: Ranking, now: float, attention: Attention) -> dict[int, int]:
        """Return the likely victims' private memory: read if the popup is open or the level is warning, never if critical."""
        read = (attention.open or self._level.name != "normal") and self._level.name != "critical"
        told = self._rollups.of(ranking.contenders[:_CONTENDERS], now, read=read)
        return {pid: one.private + one.swap for pid, one in told.items() if not one.swap_shared}

    def _consequences(self, ranking: Ranking) -> dict[int, Consequences]:
        scope = ranking.snapshot.scope
        return {one.pid: self._consequences_of(one, scope) for one in ranking.contenders[:_CONTENDERS]}

    def _consequences_of(self, process: Process, scope: Scope) -> Consequences:
        return self._reader.consequences(process, scope, unit_of(process.unit_cgroup), self._units)

    def _look_for_kills(self) -> None:
        if self._kills.look():
            self._scan_at = 0.0  # the next victim is another now
