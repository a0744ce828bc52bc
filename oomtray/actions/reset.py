"""Where a reset goes: the value that a process had when first seen, else the one that its unit sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Target
from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.systemd.units import UnitReader

UnitValue = Callable[["Process"], int | None]
"""OOMScoreAdjust= of the unit that a process is in; None where it is in none, or the manager doesn't answer."""
UnitValues = dict[Target, int | None]
"""OOMScoreAdjust= of the units of some processes, asked beforehand."""


@dataclass(frozen=True, slots=True)
class Origin:
    value: int
    source: Literal["first-seen", "inherited", "unit"]


def unit_values(reader: UnitReader) -> UnitValue:
    """What the unit's new processes get, set there or by default, as the manager that runs it tells."""

    def value(process: Process) -> int | None:
        unit = unit_of(process.unit_cgroup)
        facts = None if unit is None else reader.facts(unit.name, unit.uid)
        return None if facts is None else facts.oom_score_adjust

    return value


def among(values: UnitValues) -> UnitValue:
    return lambda process: values.get(Target(process.pid, process.start_time))


def ask_units(processes: Iterable[Process], reader: Callable[[], UnitReader] | None = None) -> UnitValues:
    """Ask systemd what the unit of each sets now, every unit once. It may take long to answer."""
    from oomtray.systemd.units import UnitReader

    units = UnitReader() if reader is None else reader()
    try:
        value = unit_values(units)
        return {Target(process.pid, process.start_time): value(process) for process in processes}
    finally:
        units.close()


NONE_INHERITED: Mapping[Target, int] = {}


def origins(
    processes: Iterable[Process],
    first: Mapping[Target, int],
    unit_value: UnitValue,
    inherited: Mapping[Target, int] = NONE_INHERITED,
) -> dict[int, Origin]:
    """By pid, where each goes back to: its value in `first`, as it was before any change of ours, else in `inherited`, as its
    ancestor was, else its unit's.

    Left out are those that were never changed and whose unit sets no value: there is nothing to go back to.
    """
    found: dict[int, Origin] = {}
    for process in processes:
        target = Target(process.pid, process.start_time)
        seen, had = first.get(target), inherited.get(target)
        set_ = unit_value(process) if seen is None and had is None else None
        if seen is not None:
            found[process.pid] = Origin(seen, "first-seen")
        elif had is not None:
            found[process.pid] = Origin(had, "inherited")
        elif set_ is not None:
            found[process.pid] = Origin(set_, "unit")
    return found


def unasked(processes: Iterable[Process], known: Mapping[int, Origin]) -> list[Process]:
    """Those for which only systemd can tell: only a service sets a value."""
    return [process for process in processes if process.pid not in known and _in_service(process)]


def _in_service(process: Process) -> bool:
    unit = unit_of(process.unit_cgroup)
    return unit is not None and unit.name.endswith(".service")
