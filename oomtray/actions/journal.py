"""What was changed: for undo, across runs of the tray and the commands, and for reset, which wants the first value.

One small file of JSON lines in the user's state directory: a header that names the boot (pids and start times mean
nothing after it), the value that each changed process had when first seen, and the last batches of changes. It is
replaced whole, and not flushed to the disk: after a power cut it would tell of another boot.

A journal never stands in the way of a change: what goes wrong with it is told by `Journal.note`.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

from oomtray.actions.journal_file import Batch, State, parse, render
from oomtray.file_access import FileError, FileProblem
from oomtray.kernel.files import boot_id
from oomtray.kernel.process_handle import open_process
from oomtray.paths import state_file
from oomtray.private_file import PrivateFile, Stamp
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Change, Target
    from oomtray.actions.journal_file import Edit, UnitChange

FILE = "changes.jsonl"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JournalNote:
    """What went wrong with the journal while it was looked at or written."""

    id: Literal[
        "not-recorded",  # a change stands, and undo won't know of it
        "not-taken-back",  # what an undo took back is still in it, so that the next one tries the same again
        "unreadable",
        "damaged",  # what can be read of it counts
        "damaged-kept",  # so it was, and it is kept as `aside`
        "set-aside",  # what stood in its place is kept as `aside`
    ]
    path: str
    aside: str = ""
    """A name in the directory of `path`."""
    problem: FileProblem | None = None


class Journal:
    """The changes of this boot. Safe to use from several programs at once; not from several threads."""

    def __init__(
        self, directory: str | None = None, *, proc: str = "/proc", wall: Callable[[], float] = time.time
    ) -> None:
        """`directory` None: `oomtray` in the user's XDG state directory."""
        path = state_file(FILE) if directory is None else os.path.join(directory, FILE)
        self._file = PrivateFile(path, flush=False)
        self._proc = proc
        self._wall = wall
        self._boot = boot_id(proc)
        self.note: JournalNote | None = None
        """What the last call has to tell the user; None where all went well."""
        self._seen: Stamp | None = None
        self._last_given: dict[tuple[int, int], int] = {}

    @property
    def path(self) -> str:
        return self._file.path

    def last(self) -> Batch | None:
        """The batch that an undo would take back."""
        batches = self._look().batches
        return batches[-1] if batches else None

    def first_values(self) -> Mapping[Target, int]:
        """The value of each process before the first change of ours."""
        return self._look().first

    def floors(self) -> Mapping[Target, int | None]:
        """How low the owner of each could go before a permission moved that; None where it isn't known."""
        return self._look().floors

    def batches(self) -> Sequence[Batch]:
        """What can be undone, the oldest first."""
        return self._look().batches

    def undone(self) -> Sequence[Batch]:
        """What was taken back last, the oldest first: each with the time of that, and with what was set back."""
        return self._look().undone

    def note_floors(self, changes: Iterable[Change]) -> None:
        """Remember what permission has given, and forget what was put back; more than `record` does, of what didn't move."""
        touched = [
            change
            for change in changes
            if (change.done or change.error == "changed-meanwhile") and change.right in ("moved", "unknown", "back")
        ]
        if touched:
            self._update(lambda state: state.note_floors(touched), "not-recorded")

    def last_given(self) -> dict[tuple[int, int], int]:
        """The value that each changed process was last given, by (pid, start time); what is taken back is not in it.

        Cheap to ask again: the file is read anew only when it has changed.
        """
        stamp = self._file.stamp()
        if stamp is None:
            self._last_given = self._last_given and {}  # the same object as long as there is nothing new
        elif stamp != self._seen:
            batches = self._look().batches
            self._last_given = {(c.pid, c.start_time): c.after for batch in batches for c in batch.changes}
        self._seen = stamp
        return self._last_given

    def record(
        self,
        action: str,
        changes: Iterable[Change],
        batch: Batch | None = None,
        units: Sequence[UnitChange] = (),
        edit: Edit | None = None,
    ) -> Batch | None:
        """Remember what moved, what was set for units or written into a file, in the place of `batch` where that is still there.

        None where nothing was changed, or where it can't be remembered (`note` says why).
        """
        moved = tuple(change for change in changes if change.moved and change.before is not None)
        self.note = None
        if batch is not None and (batch.changes, batch.units, batch.edit) == (moved, tuple(units), edit):
            return batch
        if not moved and not units and edit is None:
            if batch is not None:
                self.take_back(batch)
            return None

        def put(state: State) -> Batch:
            for change in moved:
                assert change.before is not None
                state.first.setdefault(change.target, change.before)
            state.note_floors(moved)
            place = state.place_of(batch)
            if batch is None or place is None:
                number = state.batches[-1].number + 1 if state.batches else 1
                now = self._wall()
                uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
                state.batches.append(Batch(number, now, action, moved, uptime, tuple(units), edit))
                return state.batches[-1]
            state.batches[place] = replace(batch, changes=moved, units=tuple(units), edit=edit)
            return state.batches[place]

        return self._update(put, "not-recorded")

    def take_back(
        self,
        batch: Batch,
        remaining: Sequence[Change] = (),
        units: Sequence[UnitChange] = (),
        *,
        changes: Iterable[Change] = (),
        units_back: Iterable[UnitChange] = (),
        edit: Edit | None = None,
        earlier: Batch | None = None,
    ) -> Batch | None:
        """Forget a batch that was undone, or leave of it what could not be undone yet.

        `changes`, `units_back` and `edit` are what was set back, and `earlier` what of that was remembered before. Answers what is
        remembered of it now, None where nothing was set back.
        """
        moved = tuple(change for change in changes if change.moved and change.before is not None)
        back = tuple(replace(one, before=one.after, after=one.before, moved=()) for one in units_back)
        done = earlier
        if moved or back or edit is not None:
            now = self._wall() if earlier is None else earlier.time
            done = Batch(batch.number, now, batch.action, moved, units=back, edit=edit)

        def drop(state: State) -> None:
            place = state.place_of(batch)
            if place is not None:
                left = [replace(batch, changes=tuple(remaining), units=tuple(units))] if remaining or units else []
                state.batches[place : place + 1] = left
            if done is not None:
                state.undone = [one for one in state.undone if (one.number, one.time) != (done.number, done.time)]
                state.undone.append(done)

        self._update(drop, "not-taken-back")
        return done

    def _look(self) -> State:
        self.note = None
        try:
            state = parse(self._file.read(), self._boot)
        except FileError as error:
            self.note = JournalNote("unreadable", self.path, problem=error.problem)
            return State()
        if state.damaged:
            self.note = JournalNote("damaged", self.path)
        return state

    def _update(
        self, change: Callable[[State], T], failed: Literal["not-recorded", "not-taken-back"]
    ) -> T | None:
        self.note = None
        try:
            with self._file.editing(set_aside=True) as edit:
                state = parse(edit.content, self._boot)
                answer = change(state)
                if state.damaged:
                    self.note = JournalNote("damaged-kept", self.path, edit.keep_aside())
                elif edit.aside is not None:
                    self.note = JournalNote("set-aside", self.path, edit.aside)
                edit.replace(render(state, self._boot, self._lives))
                return answer
        except FileError as error:
            self.note = JournalNote(failed, self.path, problem=error.problem)
            return None

    def _lives(self, target: Target) -> bool:
        try:
            with open_process(target.pid, target.start_time, self._proc):
                return True
        except OSError:
            return False
