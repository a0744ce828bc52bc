"""Every killer that is known, in the order in which they are asked; each has a file of its own here.

A new killer is one file that ends in a `Rule`, and a place in `RULES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.risk.killers.base import Rule
from oomtray.risk.killers.kernel import KERNEL
from oomtray.text import COMM_BYTES

if TYPE_CHECKING:
    from collections.abc import Collection

    from oomtray.risk.assessment import Killer, KillerName
    from oomtray.risk.killers.base import Candidates

RULES: tuple[Rule, ...] = (
    Rule("systemd-oomd", process="systemd-oomd"),
    Rule("earlyoom", process="earlyoom"),
    Rule("nohang", process="nohang"),
    Rule("oomd", process="oomd"),
    Rule("bustd", process="bustd"),
    Rule("low-memory-monitor", process="low-memory-monitor"),
    Rule("uresourced", process="uresourced"),
    KERNEL,
)
"""Who acts earlier stands before who acts later; the kernel acts last, and is always there."""


def judged(candidates: Candidates) -> tuple[Killer, ...]:
    """Every killer whose choice can be foreseen, with its next victim; who acts first comes first."""
    return tuple(rule.judge(candidates) for rule in RULES if rule.judge is not None)


def running(programs: Collection[str]) -> tuple[KillerName, ...]:
    """The killers beside the kernel that run, by the names of all programs (`oomtray.kernel.programs`)."""
    return tuple(
        rule.name
        for rule in RULES
        if rule.process is not None and not {rule.process, rule.process[:COMM_BYTES]}.isdisjoint(programs)
    )
