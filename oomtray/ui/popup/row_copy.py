"""The line that Copy puts into the clipboard for a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr_n
from oomtray.messages.numbers import share_percent
from oomtray.text import UNKNOWN, adjustment, name_shown, printable, size

if TYPE_CHECKING:
    from oomtray.ui.controllers.row_actions import Subject


def copied(subject: Subject) -> str:
    """Return one line: name, pid or count, rank, share, memory, oom_score_adj, executable."""
    first = subject.first
    process = first.process
    memory = [risk.memory for risk in subject.risks if risk.memory is not None]
    fields = [
        subject.name if subject.app else name_shown(process.name),
        tr_n("{count} process", "{count} processes", len(subject.risks)) if subject.app else str(process.pid),
        UNKNOWN if first.rank is None else str(first.rank),
        share_percent(first.share),
        size(sum(memory)) if memory else UNKNOWN,
        adjustment(process.oom_score_adj),
        UNKNOWN if process.exe is None else printable(process.exe),
    ]
    return "\t".join(fields)
