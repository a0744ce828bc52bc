"""Judge memory cgroups by their own limits: how close they are, how long throttled, and whom a kill would hit.

The machine's own level doesn't see this: only here is a container judged that is full while gigabytes are
free.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_paths import is_below
from oomtray.kernel.snapshot import Consequences, Memory, Process, Scope, Snapshot
from oomtray.risk.app_names import container_of, named_by
from oomtray.risk.assess import assess
from oomtray.risk.forecast import Forecaster
from oomtray.risk.levels import ORDER, advance
from oomtray.risk.limited_group import GroupKind, LimitedGroup
from oomtray.risk.outlook import Forecast, Level
from oomtray.risk.ranking import rank
from oomtray.risk.trend import ShrinkRate
from oomtray.systemd.unit_names import unit_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from oomtray.config.settings import Settings, Thresholds
    from oomtray.kernel.cgroup_limits import CgroupUsage
    from oomtray.risk.killer import Victim

_LEFT_FACTOR = 0.5
"""Factor on what the machine's thresholds leave: a limit is chosen to be used, so its levels begin later."""
_HOLDS_BACK = 0.9
"""Share of the limit in use from which its hits count as throttling, if the kernel reports no pressure."""
_RELEASED_SECONDS = 10.0
"""A cgroup that isn't throttled for this long counts as free again."""
_WARNING_SECONDS, _CRITICAL_SECONDS = 300.0, 45.0
"""A level begins if a kill is this close at the current rate, in seconds."""
_REMEMBERED_SECONDS, _MOST_RESTING = 1800.0, 64
_SOONEST, _LATEST, _RAISED, _NEW = 0.5, 5.0, 2.0, 1.0
"""Seconds until the next reading: minimum, maximum, maximum while a level is raised, and while the rate is unknown."""
_READINGS_LEFT = 16.0
"""How many readings to take before the cgroup is full at its present rate, as a forecast needs some of them."""


class LimitLevels:
    """The levels of all limited cgroups, kept between readings."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._resting: dict[str, _Group] = {}
        """Cgroups that were near their limit and no longer are."""

    @property
    def raised(self) -> list[str]:
        """Paths of the cgroups at warning or critical, and of those that are throttled."""
        return [path for path, group in self._groups.items() if group.is_told]

    def take(self, usages: Iterable[CgroupUsage], thresholds: Thresholds, now: float) -> bool:
        """Take a reading of each cgroup that is near its limit or raised; the others rest.

        Return whether what is shown changed: a cgroup became more or less serious, or went away.
        """
        before, ranks = self._groups, self._ranks
        self._groups = {}
        for usage in usages:
            group = before.pop(usage.path, None) or self._resting.pop(usage.path, None) or _Group()
            self._groups[usage.path] = group
            group.take(usage, thresholds, now)
        self._rest(before, now)
        return self._ranks != ranks

    def _rest(self, groups: Mapping[str, _Group], now: float) -> None:
        """Keep cgroups that left their limit for a while, so that one which fills up again still has its history."""
        self._resting |= {path: group for path, group in groups.items() if not group.is_told}
        if self._resting:
            kept = [(path, group) for path, group in self._resting.items() if now - group.at < _REMEMBERED_SECONDS]
            self._resting = dict(kept[-_MOST_RESTING:])

    @property
    def _ranks(self) -> dict[str, tuple[int, bool]]:
        return {path: group.rank for path, group in self._groups.items() if group.is_told}

    @property
    def pause(self) -> float:
        """Seconds until the fullest cgroup should be read again."""
        return min((group.pause for group in self._groups.values()), default=_LATEST)

    def told(
        self,
        snapshot: Snapshot,
        settings: Settings,
        scope_of: Callable[[str], Scope | None],
        consequences_of: Callable[[Process, Scope], Consequences],
    ) -> tuple[LimitedGroup, ...]:
        """Return the cgroups to show, the most serious first.

        `scope_of` returns the scope of a cgroup with a memory.max, or None if it is gone. `snapshot` has all
        processes. A cgroup is left out if a shown one below it would lose the same process.
        """
        found = []
        for path in self.raised:
            group = self._groups[path]
            usage = group.usage
            scope = scope_of(path) if usage.limits.most is not None and not usage.waits else None
            victim = None if scope is None else victim_within(snapshot, scope, settings, consequences_of)
            found.append(group.told(victim))
        found.sort(key=lambda one: (-ORDER.index(one.level.name), -one.used_percent, one.path))
        return tuple(one for one in found if not any(_is_covered_by(one, other) for other in found))


class _Group:
    """One cgroup as of its last reading."""

    def __init__(self) -> None:
        self.usage: CgroupUsage
        self.at = 0.0
        """When it was read, in monotonic seconds."""
        self.by_used = Level()
        self.by_forecast = Level()
        self.forecast = Forecast()
        self.held_since: float | None = None
        self._held_at = 0.0
        self._hits: int | None = None
        self._forecaster = Forecaster()
        self._shrinking = ShrinkRate()
        self._left = 0

    def take(self, usage: CgroupUsage, thresholds: Thresholds, now: float) -> None:
        self.usage, self.at = usage, now
        memory = memory_of(usage)
        if usage.limits.most is not None:
            self._left = (memory.available or 0) + (memory.swap_free or 0)
            self._shrinking.add(self._left, now)
            self.by_used = advance(self.by_used, _until_kill(memory), _thresholds(thresholds), now)
            # spare one byte: a limit has no reserves beneath it that the kernel could still hand out
            self.forecast = replace(self._forecaster.add(now, memory, spared=1.0), rate=self._shrinking.rate)
            self.by_forecast = _foreseen(self.by_forecast, self.forecast.seconds, thresholds.dwell_seconds, now)
        self._follow_holding(usage, thresholds, now)

    @property
    def level(self) -> Level:
        """The more serious of the two levels."""
        used, foreseen = ORDER.index(self.by_used.name), ORDER.index(self.by_forecast.name)
        return self.by_forecast if foreseen > used else self.by_used

    @property
    def rank(self) -> tuple[int, bool]:
        return ORDER.index(self.level.name), self.held_since is not None

    @property
    def is_told(self) -> bool:
        return self.rank > (0, False)

    @property
    def pause(self) -> float:
        if self.usage.limits.most is None:
            return _LATEST
        rate, longest = self._shrinking.rate, _LATEST if self.level.name == "normal" else _RAISED
        if rate is None:
            return _NEW
        if rate <= 0:
            return longest
        return min(max(self._left / (_READINGS_LEFT * rate), _SOONEST), longest)

    def told(self, victim: Victim | None) -> LimitedGroup:
        usage = self.usage
        name, kind = called(usage.path)
        return LimitedGroup(
            path=usage.path,
            name=name,
            kind=kind,
            limit=usage.limits.most,
            high=usage.limits.high,
            used=usage.used,
            level=self.level,
            forecast=self.forecast,
            victim=victim,
            held_since=self.held_since,
        )

    def _follow_holding(self, usage: CgroupUsage, thresholds: Thresholds, now: float) -> None:
        before, self._hits = self._hits, usage.hits
        if usage.hits is not None and thresholds.warning_stall and _waits(usage, thresholds.warning_stall):
            lower = usage.limits.lower or 0
            if before is None:  # no difference yet, so pressure has to show it
                hit = usage.hits > 0 and usage.psi_some_avg10 is not None and usage.charged >= _HOLDS_BACK * lower
            else:
                hit = usage.hits > before
            if hit:
                self._held_at = now
                if self.held_since is None:
                    self.held_since = now
        if now - self._held_at >= _RELEASED_SECONDS:
            self.held_since = None


def memory_of(usage: CgroupUsage) -> Memory:
    """Describe the cgroup as a machine: its limit is the total, and what the kernel would drop is available."""
    total = usage.limits.most or usage.limits.lower or 0
    return Memory(
        total=total,
        available=min(max(total - usage.used, 0), total),
        swap_total=usage.swap_total,
        swap_free=usage.swap_free,
        psi_some_avg10=usage.psi_some_avg10,
        psi_full_avg10=usage.psi_full_avg10,
        oom_kills=usage.oom_kills,
        floor=0,
    )


def victim_within(
    snapshot: Snapshot,
    scope: Scope,
    settings: Settings,
    consequences_of: Callable[[Process, Scope], Consequences],
) -> Victim | None:
    """Return the kernel's victim when this cgroup scope reaches its limit, or None if its order would not decide."""
    within = tuple(one for one in snapshot.processes if is_below(one.cgroup, scope.path or "/"))
    ranking = rank(snapshot._replace(scope=scope, processes=within), 1)
    found: Mapping[int, Consequences] = {one.pid: consequences_of(one, scope) for one in ranking.contenders[:1]}
    assessment = assess(ranking, level=Level(), rows=settings.rows, consequences=found)
    kernel = next((killer for killer in assessment.killers if killer.name == "kernel"), None)
    return None if kernel is None or kernel.overrides else kernel.victim


def called(path: str) -> tuple[str, GroupKind]:
    """Return what people call the cgroup at this path; part of a container, app or unit goes by its own name."""
    above, _, own = path.rpartition("/")
    contained = container_of(path)
    if contained is not None:
        return (contained.name, "container") if contained != container_of(above) else (own, "cgroup")
    unit = unit_at(path)
    if unit is None:
        return own or "/", "cgroup"
    named = named_by(path)
    if named is not None and named.kind == "app":
        return named.name, "app"
    return unit.name, "unit"


def _thresholds(machine: Thresholds) -> Thresholds:
    """Derive the thresholds within a limit from those of the machine."""
    return replace(
        machine,
        warning_percent=_closer(machine.warning_percent),
        warning_left=round(machine.warning_left * _LEFT_FACTOR),
        critical_percent=_closer(machine.critical_percent),
        critical_left=round(machine.critical_left * _LEFT_FACTOR),
    )


def _closer(percent: float) -> float:
    return 100.0 - (100.0 - percent) * _LEFT_FACTOR if percent else 0.0


def _until_kill(memory: Memory) -> Memory:
    """Count the swap left as available: a cgroup that may still swap stays at its limit without a kill."""
    left = (memory.available or 0) + (memory.swap_free or 0)
    return memory._replace(available=min(left, memory.total))


def _foreseen(level: Level, seconds: float | None, dwell: float, now: float) -> Level:
    """Compute the level from the seconds until a kill; it falls once that was less urgent for `dwell` seconds."""
    asked = 0 if seconds is None else 2 if seconds <= _CRITICAL_SECONDS else 1 if seconds <= _WARNING_SECONDS else 0
    held = ORDER.index(level.name)
    if asked > held:
        return Level(ORDER[asked], now, "forecast")
    if asked == held:
        return replace(level, calmer_since=None)
    since = now if level.calmer_since is None else level.calmer_since
    if now - since < dwell:
        return replace(level, calmer_since=since)
    return Level(ORDER[asked], now, "forecast" if asked else "none")


def _waits(usage: CgroupUsage, least: float) -> bool:
    if usage.psi_some_avg10 is None:
        return usage.used >= _HOLDS_BACK * (usage.limits.lower or 0)
    return usage.psi_some_avg10 >= least


def _is_covered_by(one: LimitedGroup, other: LimitedGroup) -> bool:
    """Whether `other`, below it, already reports the same victim."""
    if one.victim is None or other.victim is None or one.path == other.path or not is_below(other.path, one.path):
        return False
    return one.victim.risk.process.identity == other.victim.risk.process.identity
