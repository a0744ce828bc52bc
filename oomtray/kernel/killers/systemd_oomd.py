"""Read what systemd-oomd is set to and watches, and the cgroups that it could kill."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from oomtray.dbus.connection import system_address
from oomtray.kernel.killer_facts import Action, Daemon, OomRule, SystemdOomd, Watched
from oomtray.kernel.killers import Places, oomd_dump, oomd_units
from oomtray.kernel.killers.files import assignments, read_config
from oomtray.kernel.killers.oomd_groups import Groups
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.kernel.snapshot import Process

ASK_EVERY, ASK_EVERY_WITHOUT = 300.0, 60.0
"""Seconds between two queries on the bus: if something is watched, and if nothing is."""
READ_EVERY = 2.0
"""Seconds between two readings of the cgroups, which take some 30 microseconds each."""
_PLACES = ("etc", "run", "usr/local/lib", "usr/lib")
"""A file in an earlier place hides those of the same name in later ones."""
_MOST = 200
_ACTIONS = get_args(Action)


class SystemdOomdSource:
    """Queries the settings rarely, and reads the cgroups on demand."""

    def __init__(
        self,
        daemon: Daemon,
        places: Places,
        *,
        oomd: Callable[[], str | None] = system_address,
        managers: Callable[[int | None], str | None] = manager_address,
    ) -> None:
        """`oomd` returns the bus of the daemon, `managers` that of systemd; both None if there is none."""
        self._daemon = daemon
        self._root = places.root
        self._oomd = oomd
        self._managers = managers
        self._groups = Groups(places.cgroups)
        self._asked_at = self._read_at = float("-inf")
        self._facts = SystemdOomd(daemon=daemon)

    def read(self, _processes: Sequence[Process], now: float) -> SystemdOomd:
        """Return its settings as last queried, and the cgroups as they are now."""
        watched = (*(self._facts.swap or ()), *(self._facts.pressure or ()), *self._facts.ruled)
        if not 0 <= now - self._asked_at < (ASK_EVERY if watched else ASK_EVERY_WITHOUT):
            self._asked_at = now
            self._facts = replace(self._ask(), groups=self._facts.groups)
        if not 0 <= now - self._read_at < READ_EVERY:
            self._read_at = now
            self._facts = self._with_groups(self._facts)
        return self._facts

    def _ask(self) -> SystemdOomd:
        """Query the daemon itself; without an answer, use its files and what systemd says of the units."""
        address = self._oomd()
        text = None if address is None else oomd_dump.fetch(address)
        dump = None if text is None else oomd_dump.parse(text)
        rules = oom_rules(self._root)
        units = oomd_units.ask(self._managers) if dump is None or rules else None
        given = SystemdOomd(daemon=self._daemon, rules=rules, ruled=units.ruled if units else ())
        if dump is not None:
            given = _limited(given, dump.swap_limit, dump.pressure_limit, dump.duration)
            return replace(given, swap=dump.swap, pressure=dump.pressure, dry_run=dump.dry_run)
        found = settings(self._root)
        given = _limited(
            given,
            oomd_dump.percent(found.get("SwapUsedLimit", "")),
            oomd_dump.percent(found.get("DefaultMemoryPressureLimit", "")),
            oomd_dump.seconds(found.get("DefaultMemoryPressureDurationSec", "")) or None,
        )
        return given if units is None else replace(given, swap=units.swap, pressure=units.pressure)

    def _with_groups(self, facts: SystemdOomd) -> SystemdOomd:
        swap, pressure, ruled = (
            None if some is None else tuple(self._now(some)) for some in (facts.swap, facts.pressure, facts.ruled)
        )
        paths = dict.fromkeys(one.path for one in (*(swap or ()), *(pressure or ()), *(ruled or ())))
        return replace(facts, swap=swap, pressure=pressure, ruled=ruled or (), groups=self._groups.read(paths))

    def _now(self, watched: Sequence[Watched]) -> list[Watched]:
        """Update those that still exist."""
        found = []
        for one in watched:
            uid = self._groups.owner(one.path)
            if uid is not None:
                stall, holds = self._groups.stall(one.path), self._groups.holds(one.path)
                found.append(replace(one, uid=uid, stall=stall, holds=holds))
        return found


def _limited(
    facts: SystemdOomd, swap: float | None, pressure: float | None, duration: float | None
) -> SystemdOomd:
    """Set the limits that are known."""
    return replace(
        facts,
        swap_limit=facts.swap_limit if swap is None else swap,
        pressure_limit=facts.pressure_limit if pressure is None else pressure,
        duration=facts.duration if duration is None else duration,
    )


def settings(root: str) -> dict[str, str]:
    """Return the assignments in the section [OOM]; the last one of each key counts."""
    main = (text for place in _PLACES if (text := read_config(os.path.join(root, place, "systemd/oomd.conf"))) is not None)
    found = dict(assignments(next(main, ""), "OOM"))
    for path in _files(root, "systemd/oomd.conf.d", ".conf"):
        found.update(assignments(read_config(path) or "", "OOM"))
    return found


def oom_rules(root: str) -> dict[str, OomRule]:
    """Return the rules by name; like systemd-oomd, skip those without a condition or an action."""
    found: dict[str, OomRule] = {}
    for path in _files(root, "systemd/oomd/rules.d", ".oomrule"):
        given = dict(assignments(read_config(path) or "", "Rule"))
        pressure = oomd_dump.percent(given.get("MemoryPressureAbove", ""))
        swap = oomd_dump.percent(given.get("SwapUsageMax", ""))
        action = next((one for one in _ACTIONS if one == given.get("Action")), None)
        if action is not None and (pressure is not None or swap is not None):
            found[os.path.basename(path).removesuffix(".oomrule")] = OomRule(action, pressure, swap)
    return found


def _files(root: str, directory: str, ending: str) -> list[str]:
    """List files sorted by name, whichever place they are in."""
    named: dict[str, str] = {}
    for place in _PLACES:
        path = os.path.join(root, place, directory)
        try:
            names = os.listdir(path)
        except OSError:
            continue
        for name in names:
            if name.endswith(ending):
                named.setdefault(name, os.path.join(path, name))
    return [named[name] for name in sorted(named)][:_MOST]
