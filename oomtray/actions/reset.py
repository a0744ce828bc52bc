"""Where a reset goes: the value that a process had when first seen, else the one that its unit sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomtray.actions.adjust import Target
from oomtray.risk.units import unit_of

if TYPE_CHECKING:
    from oomtray.actions.journal import Journal
    from oomtray.kernel.snapshot import Process
    from oomtray.kernel.systemd import UnitReader

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


def origin(process: Process, journal: Journal, unit_value: UnitValue) -> Origin | None:
    """None: it was never changed, and no unit sets a value, so there is nothing to go back to."""
    first = journal.first_seen(Target(process.pid, process.start_time))
    if first is not None:
        return Origin(first, "first-seen")
    value = unit_value(process)
    return None if value is None else Origin(value, "unit")
