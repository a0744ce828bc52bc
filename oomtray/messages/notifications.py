"""What a notification says when memory gets tight, and what its buttons are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages import memory, victim
from oomtray.messages.i18n import tr
from oomtray.risk.certainty import void_by
from oomtray.text import printable

if TYPE_CHECKING:
    from oomtray.risk.assessment import Assessment, Risk

_NAME_LENGTH = 24
"""Characters of a process's name on a button."""


def summary(assessment: Assessment) -> str:
    """The notification's title."""
    left = memory.left(assessment.snapshot.memory)
    return tr("{state}: {left}", state=memory.headline(assessment), left=left)


def body(assessment: Assessment) -> str:
    """How long memory lasts, who would be killed by whom, and what makes that uncertain: a sentence a line."""
    lasts = memory.lasts_sentence(assessment)
    lines = [*([lasts] if lasts else []), victim.outcome(assessment)]
    if void_by(assessment) is None:
        lines += [note.text for note in victim.notes(assessment)]
    return "\n".join(lines)


def protect(risk: Risk) -> str:
    return tr("Protect {name}", name=_short(risk))


def end(risk: Risk) -> str:
    return tr("End {name}", name=_short(risk))


def let_go_first(risk: Risk) -> str:
    """The kernel is told to kill this one before the others."""
    return tr("Let {name} go first", name=_short(risk))


def show() -> str:
    return tr("Show")


def snooze() -> str:
    return tr("Snooze")


def needs_password() -> str:
    """A notification must not open a password dialog."""
    return tr("Open OOM Tray to continue with a password.")


def _short(risk: Risk) -> str:
    name = printable(risk.process.name)
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"
