"""Why rules can't give processes their values, one sentence a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from oomtray.messages.i18n import mark, tr
from oomtray.messages.rules import UNSET, held_by, title_of_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oomtray.actions.rules.engine import Applied, State
    from oomtray.actions.rules.model import Rule

_WHY: dict[State | Literal["own-unit"], str] = {
    "waiting": mark("{rule}: not set yet. It needs an administrator's password, which a line in the popup asks for."),
    "declined": mark("{rule}: not set. It needs an administrator's password, which was declined for good."),
    "name-only": mark("{rule}: not set. Any program can have that name, so add a user or a unit to the rule."),
    "own-unit": mark("{rule}: not set. Any program can run in a unit that isn't the system's, so add a user to the rule."),
    "not-yours": mark("{rule}: not set. The process belongs to another user, who alone may raise it."),
}


def why_unset(does: Mapping[Rule, Sequence[Applied]]) -> list[str]:
    """Return a sentence for each rule that can't give a process its value, by the first such process."""
    said = []
    for rule, found in does.items():
        held = next((one for one in found if one.state in UNSET), None)
        if held is not None:
            said.append(tr(_WHY[held_by(held)], rule=title_of_row(rule)))
    return said
