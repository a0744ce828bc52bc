"""Find the value for a reset: the one that a process had when first seen, else its unit's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Target
from oomtray.records import dataclass
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oomtray.kernel.snapshot import Process
    from oomtray.systemd.units import UnitReader

UnitValue = Callable[["Process"], int | None]
"""Returns OOMScoreAdjust= of a process's unit; None if it is in none, or the manager doesn't answer."""
UnitValues = dict[Target, int | None]
"""OOMScoreAdjust= of the units of some processes, read in advance."""


@dataclass(frozen=True, slots=True)
class Origin:
    value: int
    source: Literal["first-seen", "inherited", "unit"]


def unit_values(reader: UnitReader) -> UnitValue:
    """Look up the value that new processes of the unit get, set or by default, from the unit's manager."""

    def value(process: Process) -> int | None:
        unit = unit_of(process.unit_cgroup)
        facts = None if unit is None else reader.facts(unit.name, unit.uid)
        return None if facts is None else facts.oom_score_adjust

    return value


def among(values: UnitValues) -> UnitValue:
    return lambda process: values.get(Target(process.pid, process.start_time))


def ask_units(processes: Iterable[Process], reader: Callable[[], UnitReader] | None = None) -> UnitValues:
    """Ask systemd for the value of each process's unit, once per unit. May take long."""
    from oomtray.systemd.units import UnitReader

    with closing(UnitReader() if reader is None else reader()) as units:
        value = unit_values(units)
        return {Target(process.pid, process.start_time): value(process) for process in processes}


def origins(
    processes: Iterable[Process],
    first: Mapping[Target, int],
    unit_value: UnitValue,
    inherited: Mapping[Target, int],
) -> dict[int, Origin]:
    """Return by pid what to restore: the value in `first`, else the ancestor's in `inherited`, else the unit's.

    `first` are the values from before any change of ours. Leaves out processes that were never changed and whose unit sets no value.
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
    """Return processes that only systemd can answer for: those in a service, as only services set a value."""
    return [process for process in processes if process.pid not in known and _in_service(process)]


def _in_service(process: Process) -> bool:
    unit = unit_of(process.unit_cgroup)
    return unit is not None and unit.name.endswith(".service")
