"""The oom_score_adj values that this program set, by the user's hand or by a rule of the user's."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from oomtray.records import dataclass

if TYPE_CHECKING:
    from typing import Protocol

    from oomtray.kernel.snapshot import Process
    from oomtray.risk.judged import Reason

    class Values(Protocol):
        """A dict of values by (pid, start time), or whatever else looks one up."""

        def get(self, identity: tuple[int, int], /) -> int | None: ...

ORIGINS: frozenset[Reason] = frozenset({"adj-set-by-hand", "adj-set-by-rule"})
"""The reasons for such values: both mean that the user wanted them."""


@dataclass(frozen=True, slots=True)
class SetHere:
    """Values of oom_score_adj set by this program, by (pid, start time)."""

    by_hand: Values = field(default_factory=dict[tuple[int, int], int])
    by_rule: Values = field(default_factory=dict[tuple[int, int], int])

    def origin_of(self, process: Process) -> Literal["adj-set-by-hand", "adj-set-by-rule"] | None:
        """Return who set the value that the process has now; None if it has another since."""
        if self.by_hand.get(process.identity) == process.oom_score_adj:
            return "adj-set-by-hand"
        return "adj-set-by-rule" if self.by_rule.get(process.identity) == process.oom_score_adj else None


NOTHING = SetHere()
