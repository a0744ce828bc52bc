"""Where a reset goes: the value that a process had when first seen, else the one that its unit sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Target, foretell
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.actions.adjust import Change
    from oomtray.actions.journal import Journal
    from oomtray.kernel.snapshot import Process
    from oomtray.systemd.units import UnitReader

UnitValue = Callable[["Process"], int | None]
"""OOMScoreAdjust= of the unit that a process is in; None where it is in none, or the manager doesn't answer."""


@dataclass(frozen=True, slots=True)
class Origin:
    value: int
    source: Literal["first-seen", "unit"]


def unit_values(reader: UnitReader) -> UnitValue:
    """As the manager that runs the unit tells it: what the unit's new processes get, set there or by default."""

    def value(process: Process) -> int | None:
        unit = unit_of(process.unit_cgroup)
        facts = None if unit is None else reader.facts(unit.name, unit.uid)
        return None if facts is None else facts.oom_score_adjust

    return value


def may_have_unit_value(process: Process) -> bool:
    """Whether it is worth asking: only a service sets a value."""
    unit = unit_of(process.unit_cgroup)
    return unit is not None and unit.name.endswith(".service")


def ask_units(processes: Iterable[Process], reader: Callable[[], UnitReader] | None = None) -> dict[Target, int | None]:
    """For where it may take long: what the unit of each sets now, every unit asked once."""
    from oomtray.systemd.units import UnitReader

    units = UnitReader() if reader is None else reader()
    try:
        value = unit_values(units)
        return {Target(process.pid, process.start_time): value(process) for process in processes}
    finally:
        units.close()


def nothing_known(process: Process, *, proc: str = "/proc") -> Change:
    """The reset of a process that has no origin."""
    adj = process.oom_score_adj
    unknown = foretell(Target(process.pid, process.start_time), 0 if adj is None else adj, "any", proc=proc)
    return replace(unknown, error=unknown.error or "nothing-known")


def origin(process: Process, journal: Journal, unit_value: UnitValue) -> Origin | None:
    """None: it was never changed, and no unit sets a value, so there is nothing to go back to."""
    first = journal.first_seen(Target(process.pid, process.start_time))
    if first is not None:
        return Origin(first, "first-seen")
    value = unit_value(process)
    return None if value is None else Origin(value, "unit")
