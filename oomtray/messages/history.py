"""What was recorded, a line for each reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.messages.memory import amounts
from oomtray.messages.numbers import percent
from oomtray.text import local_time, printable, size

if TYPE_CHECKING:
    from oomtray.history.samples import Sample
    from oomtray.risk.assessment import LevelName

_LEVELS: dict[LevelName, str] = {
    "normal": mark("normal"),
    "warning": mark("warning"),
    "critical": mark("critical"),
}


def reading(sample: Sample) -> str:
    """One reading: when, how much is used and left, the stall, the level, and the largest app where it is known."""
    values = {
        "time": local_time(sample.time),
        "level": tr(_LEVELS[sample.level]),
        "numbers": amounts(sample.memory),
        "stall": percent(sample.memory.psi_full_avg10, 1),
    }
    if not sample.apps:
        return tr("{time}  {level}: {numbers}, stall {stall}", **values)
    largest = sample.apps[0]
    return tr(
        "{time}  {level}: {numbers}, stall {stall}; largest: {app}, {size}",
        **values,
        app=printable(largest.name),
        size=size(largest.memory),
    )
