"""What is said about each killer: what it ends at once, when it acts, why it can't, and how to fix that."""

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
"""Reasons for not acting that one command can fix."""


def ends(killer: Killer) -> str | None:
    """Say what else ends with its victim, or what command runs instead; None if just that process ends."""
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
    """Say that a unit ends with its processes; an app is named as people know it."""
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
    return tr_n(
        "This ends the control group {name} with its {count} process.",
        "This ends the control group {name} with its {count} processes.",
        count,
        name=printable(path),
    )


def stands(killer: Killer) -> str | None:
    """Say why a killer can't act, or how far from it it is, without a full stop; None if unknown."""
    if killer.idle_because is not None:
        return tr(_IDLE[killer.idle_because], killer=killer.name)
    if killer.distance is None:
        return None
    if killer.distance == 0:
        return tr("{killer} may act at any moment", killer=killer.name)
    return tr("{killer} acts after {size} more", killer=killer.name, size=size(killer.distance))


def stands_briefly(killer: Killer) -> tuple[str, ...]:
    """Return what `stands` says without the killer's name, in several wordings, the longest first."""
    whole = stands(killer)
    if whole is None:
        return ()
    if killer.idle_because is not None or killer.distance is None:
        return (whole,)
    if killer.distance == 0:
        return whole, tr("may act at any moment")
    more = size(killer.distance)
    return whole, tr("acts after {size} more", size=more), tr("{size} away", size=more)


def mend(killer: Killer) -> str | None:
    """Say what to do about a killer that can't act; None if nothing is known."""
    if killer.idle_because not in _MEND:
        return None
    template, command = _MEND[killer.idle_because]
    return tr(template, command=command)
