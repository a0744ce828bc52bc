"""What a notification of a level says: how much is left, how long it lasts, and who is killed next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import memory, victim
from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.names import full_name
from oomtray.risk.certainty import void_by
from oomtray.text import size

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment, Victim


def title(assessment: Assessment) -> str:
    left = memory.left(assessment.snapshot.memory)
    return tr("{state}: {left}", state=memory.headline(assessment), left=left)


def body(assessment: Assessment) -> str:
    """A sentence a line."""
    lines, chosen = [memory.lasts_sentence(assessment)], assessment.victim
    if void_by(assessment) is not None:
        lines.append(victim.instead(assessment))
    elif chosen is not None:
        lines.append(_next(assessment, chosen))
        if not assessment.snapshot.complete:
            lines.append(victim.hidden())
        if chosen.also is not None:
            lines.append(victim.together(chosen.also))
    return "\n".join(line for line in lines if line)


def _next(assessment: Assessment, chosen: Victim) -> str:
    killer, name = victim.killer_name(chosen.killer), full_name(assessment, chosen.risk)
    if chosen.near:
        return tr_n(
            "Next, {killer} would kill {name} or {count} other: too close to tell apart.",
            "Next, {killer} would kill {name} or {count} others: too close to tell apart.",
            len(chosen.near),
            killer=killer,
            name=name,
        )
    held = chosen.risk.memory
    if held is None:
        return tr("Next, {killer} would kill {name}.", killer=killer, name=name)
    return tr("Next, {killer} would kill {name}, which holds {size}.", killer=killer, name=name, size=size(held))
