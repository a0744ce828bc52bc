"""How a fire drill went, or why it isn't possible here, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr
from oomtray.messages.names import process_name
from oomtray.messages.numbers import duration
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.risk.kill_event import KillEvent

_WHY_NOT = {
    "no-systemd": mark("The drill needs systemd, which isn't running here."),
    "no-user-manager": mark("The drill needs your user's systemd manager, which isn't running here."),
    "no-memory-controller": mark("Your systemd can't limit memory here: that needs cgroup v2 with the memory controller."),
    "not-started": mark("The small program could not be started."),
    "not-killed": mark("The small program was not killed: its limit has no effect here."),
}
_SURE = {
    "certain": mark("It was noticed within {seconds}, and it was certain which process it was."),
    "likely": mark("It was noticed within {seconds}, and the right process was named as the likely one."),
    "one-of": mark("It was noticed within {seconds}, and the right process was named among others."),
}


def why_not(why: str, detail: str = "") -> str:
    """Say why a drill isn't possible; `detail` is systemd's message."""
    says = tr(_WHY_NOT[why])
    return tr("{sentence} systemd says: {detail}", sentence=says, detail=printable(detail)) if detail else says


def intent() -> str:
    return tr(
        "A small program that may use 64 MiB takes more, until the kernel kills it. Nothing else is touched, and it takes a few seconds."
    )


def killed(name: str, pid: int, limit: int, seconds: float) -> str:
    return tr(
        "{name} ({pid}) took more than its {limit} and was killed after {seconds}.",
        name=name, pid=pid, limit=size(limit), seconds=duration(seconds),
    )  # fmt: skip


def noticed(event: KillEvent | None, seconds: float | None, *, named: bool) -> str:
    """Say whether the kill was noticed, and the right process named."""
    if event is None or seconds is None:
        return tr("It was not noticed: this kernel doesn't tell of kills.")
    seconds = max(seconds, 0.1)
    if not named or event.certainty not in _SURE:
        return tr("It was noticed within {seconds}, but not which process it was.", seconds=duration(seconds))
    return tr(_SURE[event.certainty], seconds=duration(seconds))


STEPS = (
    mark("A small program is killed"),
    mark("The kill is noticed"),
    mark("The process is named"),
    mark("The kill is explained"),
)
"""The steps of a drill, in order."""
_NAMED = {
    "certain": mark("It is certain that it was {name}."),
    "likely": mark("{name} was named as the likely one."),
    "one-of": mark("{name} was named among others."),
}


def noticed_within(seconds: float | None) -> str:
    """Return the text below the second step."""
    if seconds is None:
        return tr("This kernel doesn't tell of kills.")
    return tr("It was noticed within {seconds}.", seconds=duration(max(seconds, 0.1)))


def which(event: KillEvent, name: str, pid: int, *, named: bool) -> str:
    """Return the text below the third step."""
    if not named or event.certainty not in _NAMED:
        return tr("It isn't known which process it was.")
    return tr(_NAMED[event.certainty], name=process_name(name, pid))


def works() -> str:
    return tr("It works: a kill is noticed, named and explained.")
