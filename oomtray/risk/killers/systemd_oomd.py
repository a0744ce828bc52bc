"""systemd-oomd: kills a whole cgroup when memory and swap are used up or when a watched cgroup stalls.

It ignores oom_score_adj. Source: systemd-oomd.service(8), oomd.conf(5), src/oom of systemd 252 to 261.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.cgroup_paths import is_below
from oomtray.records import dataclass
from oomtray.risk.headroom import worth
from oomtray.risk.killer import IdleReason, Killer, Takes, Victim
from oomtray.risk.killers.base import Candidates, stays_free, until_both, until_stalled, used_percent_at
from oomtray.systemd.unit_names import unit_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from oomtray.kernel.killer_facts import Action, Group, Preference, SystemdOomd, Watched
    from oomtray.kernel.snapshot import Memory, Process

_LEAST_SWAP = 0.05
"""Share of all swap up to which a cgroup is left alone (THRESHOLD_SWAP_USED_PERCENT)."""
_STALLS = 0.5
"""Share of its limit from which a stall is expected to last."""
_MUCH = 0.5
"""A cgroup with this share of all used memory stalls when RAM is used up; for a smaller one that is unknown."""
_CLOSE = 0.5
"""A cgroup reclaimed from at this share of the first's rate may be the first a second later."""
_AS_FULL = 0.9
"""A cgroup with this share of the first's swap may have more by the time swap is used up."""
_SORT_ORDER: dict[Preference, int] = {"none": 0, "avoid": 1}


@dataclass(frozen=True, slots=True)
class _Condition:
    """One of the conditions on which it kills."""

    distance: int | None
    idle: IdleReason | None
    choice: tuple[Group, ...]
    """The cgroups it would kill, first to die first."""
    close: tuple[Group, ...] = ()
    """Those of them that can't be told from the first."""
    at: float | None = None
    """Percentage of memory used at which it acts."""
    swap_at: float | None = None
    """Percentage of swap used at which it acts."""


def judge(facts: SystemdOomd, candidates: Candidates) -> Killer:
    """Predict its victim by the condition that comes first; one that finds no cgroup to kill kills nobody."""
    conditions = sorted(_conditions(facts, candidates.snapshot.memory), key=_order)
    first = conditions[0] if conditions else None
    victim, takes = _victim(first, candidates) if first else (None, None)
    return Killer(
        name="systemd-oomd",
        victim=victim,
        takes=takes,
        triggers_at=first.at if first else None,
        swap_at=first.swap_at if first else None,
        distance=first.distance if first else None,
        idle_because=_idle(facts, first),
        goes_by="group",
    )


def obeys(group: Group, watched: Watched | None) -> Preference:
    """Return the preference that counts: of a cgroup owned by root or by the owner of the watched cgroup.

    When swap is used up, no cgroup is watched in particular, so only root's counts.
    """
    owner = watched.uid if watched is not None else 0
    return group.preference if group.uid in (0, owner) else "none"


def _order(condition: _Condition) -> tuple[bool, bool, float]:
    return condition.idle is not None, not condition.choice, float("inf") if condition.distance is None else condition.distance


def _idle(facts: SystemdOomd, first: _Condition | None) -> IdleReason | None:
    if facts.dry_run:
        return "switched-off"
    if facts.daemon.reach != "all":
        return "not-permitted"
    if first is None:
        return "unknown" if facts.swap is None and facts.pressure is None else "nothing-enrolled"
    return first.idle


def _conditions(facts: SystemdOomd, memory: Memory) -> Iterator[_Condition]:
    if facts.swap:
        yield _swap(facts, memory, _below(facts.groups, facts.swap))
    limited = [(one, facts.pressure_limit if one.limit is None else one.limit) for one in facts.pressure or ()]
    # of several that are equally far, such as the managers of users, the likeliest to reach its limit is first
    limited.sort(key=lambda one: ((one[0].stall or 0) / max(one[1], 1), one[0].holds or 0), reverse=True)
    for watched, limit in limited:
        idle, distance = _pressed(memory, watched, limit)
        choice = tuple(_by_scanning(_below(facts.groups, (watched,)), watched, limit))
        yield _Condition(distance, idle, choice, tuple(_close(choice, watched, limit)))
    for watched in facts.ruled:
        for name in watched.rules:
            if name in facts.rules:
                yield _ruled(facts, memory, watched, name)


def _swap(facts: SystemdOomd, memory: Memory, groups: list[Group]) -> _Condition:
    """Memory and swap both used up to the limit."""
    free = 1 - facts.swap_limit / 100
    if not memory.swap_total:
        return _Condition(None, None if memory.swap_total is None else "no-swap", ())
    ram, swap = memory.total * free, memory.swap_total * free
    choice = tuple(_by_swap(groups, memory.swap_total))
    return _Condition(
        until_both(memory, ram, swap),
        stays_free(memory, swap),
        choice,
        tuple(_as_full(choice)),
        at=used_percent_at(memory, ram),
        swap_at=facts.swap_limit,
    )


def _pressed(memory: Memory, watched: Watched, limit: float) -> tuple[IdleReason | None, int | None]:
    """Return (why it can't act, distance) by the watched cgroup's pressure.

    Without pressure so far: a stall begins when RAM is used up, long before swap is. That holds if the cgroup
    has most of what is used; a small one may never stall. Without swap the kernel kills as soon as RAM is
    used up.
    """
    if watched.stall is None and memory.psi_full_avg10 is None:
        return "no-psi", None
    if _stalls(watched, limit):
        return None, 0
    swaps = bool(memory.swap_free) and worth(memory) > 0
    return None, until_stalled(memory) if swaps and _holds_much(memory, watched) else None


def _stalls(watched: Watched, limit: float) -> bool:
    return watched.stall is not None and watched.stall > 0 and watched.stall >= limit * _STALLS


def _holds_much(memory: Memory, watched: Watched) -> bool:
    if watched.path == "/":
        return True
    if watched.holds is None or memory.available is None:
        return False
    used = memory.total - memory.available + (memory.swap_total or 0) - (memory.swap_free or 0)
    return watched.holds >= used * _MUCH


def _ruled(facts: SystemdOomd, memory: Memory, watched: Watched, name: str) -> _Condition:
    """An `.oomrule`, all of whose conditions must hold."""
    rule = facts.rules[name]
    groups = _below(facts.groups, (watched,))
    idle: IdleReason | None = None
    distance: int | None = None
    if rule.swap is not None:
        swap = (memory.swap_total or 0) * (1 - rule.swap / 100)
        idle = "no-swap" if memory.swap_total == 0 else stays_free(memory, swap)
        distance = until_both(memory, memory.total, swap)
    if rule.pressure is not None and idle is None:
        idle, pressed = _pressed(memory, watched, rule.pressure)
        distance = pressed if distance is None or pressed is None else max(distance, pressed)
    limit = rule.pressure or 0
    choice = tuple(_chosen(rule.action, groups, watched, limit, memory))
    close = tuple(_close(choice, watched, limit)) if rule.action == "kill-by-pgscan" else ()
    return _Condition(distance, idle, choice, close)


def _chosen(
    action: Action, groups: list[Group], watched: Watched, limit: float, memory: Memory
) -> Iterable[Group]:
    if action == "kill-by-swap":
        return _by_swap(groups, memory.swap_total or 0)
    if action == "kill-by-pgscan":
        return _by_scanning(groups, watched, limit)
    return _by_size(groups)  # kill-all takes all of them


def _below(groups: Iterable[Group], watched: Iterable[Watched]) -> list[Group]:
    tops = [one.path for one in watched]
    return [group for group in groups if any(is_below(group.path, top) for top in tops)]


def _by_swap(groups: list[Group], swap_total: int) -> Iterator[Group]:
    """Sort those above 5 % of all swap by their swap; if there are none, sort by what could be swapped."""
    bar = swap_total * _LEAST_SWAP
    over = [group for group in groups if group.swap > bar]
    return _sorted(over, lambda g: (g.swap, g.memory), None) if over else _by_size(groups)


def _as_full(choice: tuple[Group, ...]) -> Iterator[Group]:
    """Yield those that may have more swap than the first by then."""
    for group in choice[1:]:
        if obeys(group, None) == obeys(choice[0], None) and group.swap >= choice[0].swap * _AS_FULL > 0:
            yield group


def _by_size(groups: list[Group]) -> Iterator[Group]:
    return _sorted(groups, lambda g: (g.swap + g.memory, g.memory), None)


def _by_scanning(groups: list[Group], watched: Watched, limit: float) -> Iterator[Group]:
    """Order by reclaim since the second before, then by size."""
    return _sorted([g for g in groups if g.scanned or g.memory], _rate(watched, limit), watched)


def _rate(watched: Watched, limit: float) -> Callable[[Group], tuple[int, int]]:
    """Return its sort key; if growth is unknown after a single reading, the total ever scanned stands in."""
    stalls = _stalls(watched, limit)

    def rate(group: Group) -> tuple[int, int]:
        if group.scanned_before is None:
            return (group.scanned if stalls else 0), group.memory
        return group.scanned - group.scanned_before, group.memory

    return rate


def _close(choice: tuple[Group, ...], watched: Watched, limit: float) -> Iterator[Group]:
    """Yield those that may have more reclaim in the deciding second: by observed rate, else by size."""
    rate = _rate(watched, limit)
    for group in choice[1:]:
        if obeys(group, watched) != obeys(choice[0], watched):
            continue
        first, other = rate(choice[0]), rate(group)
        by = 0 if first[0] else 1
        if other[by] >= first[by] * _CLOSE:
            yield group


def _sorted(
    groups: list[Group], key: Callable[[Group], tuple[int, int]], watched: Watched | None
) -> Iterator[Group]:
    """Sort without the cgroups to omit, and with those to avoid last."""
    ranked = [(obeys(group, watched), group) for group in groups]
    chosen = [(_SORT_ORDER[preference], group) for preference, group in ranked if preference != "omit"]
    chosen.sort(key=lambda one: (-one[0], key(one[1])), reverse=True)
    return (group for _, group in chosen)


def _victim(condition: _Condition, candidates: Candidates) -> tuple[Victim | None, Takes | None]:
    """Represent the first cgroup with visible processes by its largest process."""
    processes = [p for p in candidates.snapshot.processes if p.cgroup is not None and not p.kernel_thread]
    standing = ((group, inside) for group in condition.choice if (inside := [p for p in processes if is_below(p.cgroup, group.path)]))
    first = next(standing, None)
    if first is None:
        return None, None
    close = tuple(candidates.risk(_largest(inside)) for group, inside in standing if group in condition.close)
    takes = Takes(_name(first[0].path), tuple(sorted(p.pid for p in first[1])))
    return Victim("systemd-oomd", candidates.risk(_largest(first[1])), close), takes


def _largest(inside: list[Process]) -> Process:
    return max(inside, key=lambda p: (p.pages or 0, -p.pid))


def _name(path: str) -> str:
    """Name the unit if the cgroup is a unit's own, else the path."""
    unit = unit_at(path)
    return path if unit is None else unit.name
