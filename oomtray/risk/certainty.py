"""How sure the order is: a sysctl may void it, and the kernel counts too coarsely for candidates that are close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment, Override

Certainty = Literal["sure", "near", "void"]
"""near: the next victim is one of several."""

INSTEAD: dict[Override, str] = {
    "panic_on_oom": "panic: the whole machine would stop",
    "oom_kill_allocating_task": "kill whichever process asks for memory then",
}
"""What the kernel would do, where the order is void; the one that it looks at first comes first (out_of_memory)."""


def void_by(assessment: Assessment) -> Override | None:
    """What voids the order of the killer that acts first; None where it holds."""
    killer = assessment.killer
    found = () if killer is None else killer.overrides
    return next((name for name in INSTEAD if name in found), None)


def certainty(assessment: Assessment) -> Certainty:
    if void_by(assessment) is not None:
        return "void"
    return "near" if assessment.victim is not None and assessment.victim.near else "sure"
