"""A unit's memory limit after it was raised or that was undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr
from oomtray.messages.unit_results import not_set
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.actions.units.limit import LimitOutcome, UnitLimit


def would(then: UnitLimit) -> str:
    if then.limit is None:
        return tr("{unit} would have no memory limit.", unit=printable(then.name))
    return tr("{unit} would have a memory limit of {size}.", unit=printable(then.name), size=size(then.limit))


def did(outcome: LimitOutcome) -> str:
    """Say what the limit is now."""
    unit, limit = printable(outcome.after.name), outcome.after.limit
    if not outcome.done:
        return not_set(unit)
    if limit is None:
        return tr("{unit} has no memory limit again.", unit=unit)
    if outcome.batch is None and outcome.undone is not None:
        return tr("{unit} may use {size} again.", unit=unit, size=size(limit))
    return tr("{unit} may now use {size}.", unit=unit, size=size(limit))
