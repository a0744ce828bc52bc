"""Read what systemd-oomd is set to and watches, and the cgroups that it could kill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.dbus.connection import system_address
from oomtray.kernel.killer_facts import SystemdOomd
from oomtray.kernel.killers import oomd_dump, oomd_files, oomd_units
from oomtray.kernel.killers.oomd_groups import Groups
from oomtray.systemd.units import manager_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from oomtray.kernel.killer_facts import Daemon, Watched
    from oomtray.kernel.snapshot import Process

ASK_EVERY, ASK_EVERY_WITHOUT = 300.0, 60.0
"""Seconds between two queries on the bus: if something is watched, and if nothing is."""
READ_EVERY = 2.0
"""Seconds between two readings of the cgroups, which take some 30 microseconds each."""


class SystemdOomdSource:
    """Queries the settings rarely, and reads the cgroups on demand."""

    def __init__(
        self,
        daemon: Daemon,
        cgroups: str,
        root: str,
        *,
        oomd: Callable[[], str | None] = system_address,
        managers: Callable[[int | None], str | None] = manager_address,
    ) -> None:
        """`oomd` returns the bus of the daemon, `managers` that of systemd; both None if there is none."""
        self._daemon = daemon
        self._root = root
        self._oomd = oomd
        self._managers = managers
        self._groups = Groups(cgroups)
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
        rules = oomd_files.rules(self._root)
        units = oomd_units.ask(self._managers) if dump is None or rules else None
        given = SystemdOomd(daemon=self._daemon, rules=rules, ruled=units.ruled if units else ())
        if dump is not None:
            given = _limited(given, dump.swap_limit, dump.pressure_limit, dump.duration)
            return replace(given, swap=dump.swap, pressure=dump.pressure, dry_run=dump.dry_run)
        found = oomd_files.settings(self._root)
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
