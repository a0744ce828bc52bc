"""What is said of each killer: what it ends at once, how far it is from acting, why it can't act, and the way to mend that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import mark, tr, tr_n
from oomtray.messages.names import unit_name
from oomtray.text import printable, size

if TYPE_CHECKING:
    from oomtray.risk.killer import IdleReason, Killer

_IDLE: dict[IdleReason, str] = {
    "nothing-enrolled": mark("{killer} is running but can't act, as it watches no control group"),
    "zram": mark("{killer} is running but can't act, as memory runs out before zram is full"),
    "no-swap": mark("{killer} is running but can't act, as it waits for swap to fill and there is none"),
    "swap-unused": mark("{killer} is running but can't act, as it waits for swap to fill and vm.swappiness is 0"),
    "not-permitted": mark("{killer} is running but may not end the processes of others"),
    "no-psi": mark("{killer} is running but can't act, as the kernel doesn't report memory pressure"),
    "switched-off": mark("{killer} is running but is set to kill nothing"),
    "unknown": mark("when {killer} acts is unknown"),
}
_ENROLL = (
    "systemctl set-property user.slice ManagedOOMSwap=kill ManagedOOMMemoryPressure=kill"
    " ManagedOOMMemoryPressureLimit=50%"
)
_MEND: dict[IdleReason, tuple[str, str]] = {
    "nothing-enrolled": (mark("Run: {command}"), _ENROLL),
    "swap-unused": (mark("Run: {command}"), "sysctl vm.swappiness=60"),
}


MENDABLE = frozenset(_MEND)
"""What keeps a killer from acting and can be mended with one command."""


def ends(killer: Killer) -> str | None:
    """What else ends with its victim, or what is run for it instead, as a sentence; None where just that process ends."""
    takes = killer.takes
    if killer.command is not None:
        return tr("{killer} runs a command first: {command}", killer=killer.name, command=printable(killer.command))
    if takes is None or len(takes.pids) < 2:
        return None
    count = len(takes.pids)
    if killer.name == "earlyoom":
        return tr_n(
            "{killer} ends the whole process group: {count} process.",
            "{killer} ends the whole process group: {count} processes.",
            count,
            killer=killer.name,
        )
    return group_ends(takes.unit, count) if takes.unit.startswith("/") else unit_ends(takes.unit, count)


def unit_ends(unit: str, count: int) -> str:
    """A unit that ends with so many processes; an app by the name that people know."""
    name, is_app = unit_name(unit)
    if is_app:
        return tr_n(
            "This ends all of {name}: {count} process.", "This ends all of {name}: {count} processes.", count, name=name
        )
    return tr_n(
        "This ends the unit {name} with its {count} process.",
        "This ends the unit {name} with its {count} processes.",
        count,
        name=name,
    )


def group_ends(path: str, count: int) -> str:
    """A control group that ends with so many processes."""
    return tr_n(
        "This ends the control group {name} with its {count} process.",
        "This ends the control group {name} with its {count} processes.",
        count,
        name=printable(path),
    )


def stands(killer: Killer) -> str | None:
    """How it stands with a killer, without a full stop: why it can't act, or how far it is; None where that is unknown."""
    if killer.idle_because is not None:
        return tr(_IDLE[killer.idle_because], killer=killer.name)
    if killer.distance is None:
        return None
    return tr("{killer} acts after {size} more", killer=killer.name, size=size(killer.distance))


def stands_briefly(killer: Killer) -> tuple[str, ...]:
    """The same where the killer has been named already, the longest wording first."""
    whole = stands(killer)
    if whole is None:
        return ()
    if killer.idle_because is not None or killer.distance is None:
        return (whole,)
    more = size(killer.distance)
    return whole, tr("acts after {size} more", size=more), tr("{size} away", size=more)


def mend(killer: Killer) -> str | None:
    """What to do about one that can't act; None where nothing is known."""
    if killer.idle_because not in _MEND:
        return None
    template, command = _MEND[killer.idle_because]
    return tr(template, command=command)
