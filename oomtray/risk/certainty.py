"""How certain the kill order is: a sysctl may void it, and the kernel can't tell close candidates apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import Reason, Risk
    from oomtray.risk.killer import Override

Certainty = Literal["sure", "near", "void"]
"""near: the next victim is one of several, or another killer acts before the kernel and takes another."""
Candidacy = Literal["next", "maybe"]

_LOOKED_AT_FIRST: tuple[Override, ...] = ("panic_on_oom", "oom_kill_allocating_task")
"""In the order that out_of_memory checks them (mm/oom_kill.c)."""


def void_by(assessment: Assessment) -> Override | None:
    """Return what voids the order of the killer that acts first, or None if the order holds."""
    killer = assessment.killer
    found = () if killer is None else killer.overrides
    return next((name for name in _LOOKED_AT_FIRST if name in found), None)


def certainty(assessment: Assessment) -> Certainty:
    if void_by(assessment) is not None:
        return "void"
    victim = assessment.victim
    return "near" if victim is not None and (victim.near or is_forestalled(assessment)) else "sure"


def is_forestalled(assessment: Assessment) -> bool:
    """Whether the killer that acts first, if its choice is known, leaves the kernel's own first choice alone."""
    return bool(taken_instead(assessment))


def taken_instead(assessment: Assessment) -> frozenset[int]:
    """Return the PIDs that the killer that acts first takes instead of the kernel's own first choice."""
    killer = assessment.killer
    if killer is None or killer.victim is None or killer.name == "kernel":
        return frozenset()
    taken = frozenset((*killer.next, *(() if killer.takes is None else killer.takes.pids)))
    return frozenset() if any(risk.process.pid in taken for risk in assessment.risks if risk.rank == 1) else taken


def rivals(assessment: Assessment, risk: Risk) -> tuple[Risk, ...]:
    """Return what the next killer can't tell from a process that it may take; empty for one that it takes for sure, or not."""
    victim = assessment.victim
    if victim is None or void_by(assessment) is not None:
        return ()
    close = victim.risk, *victim.near
    others = tuple(one for one in close if one.process.identity != risk.process.identity)
    return others if len(others) < len(close) else ()


def candidacy(reasons: tuple[Reason, ...], order: Certainty) -> Candidacy | None:
    """Return whether a row is next or may be; None for all others, and for every row if the order is void."""
    if order == "void":
        return None
    if "next-victim" in reasons:
        return "next" if order == "sure" else "maybe"
    return "maybe" if "near-victim" in reasons else None
