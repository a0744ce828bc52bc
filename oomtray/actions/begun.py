"""Find out how far changes came that the journal had before they were made, if their program was killed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oomtray.kernel.process_handle import open_process

if TYPE_CHECKING:
    from oomtray.actions.adjust import Change, Target
    from oomtray.actions.journal_file import Batch, State


def settle(state: State, proc: str) -> None:
    """Count what was begun as far as it is found made, and forget the rest.

    Also right while its program still runs: that records the whole result soon.
    """
    for batch in [batch for batch in state.batches if batch.begun]:
        made, place = _made(batch, proc), state.batches.index(batch)
        state.batches[place : place + 1] = [replace(batch, changes=made, begun=())] if made else []
        state.note_first(made)


def _made(batch: Batch, proc: str) -> tuple[Change, ...]:
    made = {change.target: change for change in batch.changes}
    for change in batch.begun:
        value = _value(change.target, proc)
        if value is None or change.before is None or value == change.before:
            continue
        if min(change.before, change.after) <= value <= max(change.before, change.after):  # others' values are theirs
            first = made.get(change.target, change).before
            made[change.target] = replace(change, before=first, after=value)
    return tuple(made.values())


def _value(target: Target, proc: str) -> int | None:
    try:
        with open_process(target.pid, target.start_time, proc) as process:
            return process.read_adj()
    except OSError:
        return None
