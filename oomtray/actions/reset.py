"""Where a reset goes: the value that a process had when first seen, else the one that its unit sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Target
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oomtray.kernel.snapshot import Process
    from oomtray.systemd.units import UnitReader

UnitValue = Callable[["Process"], int | None]
"""OOMScoreAdjust= of the unit that a process is in; None where it is in none, or the manager doesn't answer."""
UnitValues = dict[Target, int | None]
"""The same for some processes, asked beforehand."""


@dataclass(frozen=True, slots=True)
class Origin:
    value: int
    source: Literal["first-seen", "unit"]


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


def origins(
    processes: Iterable[Process], first: Mapping[Target, int], unit_value: UnitValue
) -> dict[int, Origin]:
    """By pid, where each goes back to: its value in `first`, as it was before any change of ours, else its unit's.

    Left out are those that were never changed and whose unit sets no value: there is nothing to go back to.
    """
    found: dict[int, Origin] = {}
    for process in processes:
        seen = first.get(Target(process.pid, process.start_time))
        set_ = unit_value(process) if seen is None else None
        if seen is not None:
            found[process.pid] = Origin(seen, "first-seen")
        elif set_ is not None:
            found[process.pid] = Origin(set_, "unit")
    return found


def unasked(processes: Iterable[Process], known: Mapping[int, Origin]) -> list[Process]:
    """Those for which only systemd can tell: only a service sets a value."""
    return [process for process in processes if process.pid not in known and _in_service(process)]


def _in_service(process: Process) -> bool:
    unit = unit_of(process.unit_cgroup)
    return unit is not None and unit.name.endswith(".service")
