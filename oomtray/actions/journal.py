"""The journal of changes: for undo, across runs of the tray and the commands, and for reset to the first value.

A small file of JSON lines in the user's state directory: a header with the boot ID (PIDs and start times are
only valid within a boot), the value that each changed process had when first seen, and the last batches of
changes, each from before its first write on, so that also one whose program was killed can be undone. It is
replaced atomically but not flushed to disk: after a power cut it would be about another boot.

A journal never prevents a change: its problems are reported by `Journal.note`.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

from oomtray.actions.begun import settle
from oomtray.actions.journal_file import Batch, Edit, State, UnitChange, parse, render
from oomtray.file_access import FileError, FileProblem, directories_of
from oomtray.kernel.files import boot_id
from oomtray.kernel.process_handle import open_process
from oomtray.paths import state_file
from oomtray.private_file import PrivateFile, Stamp
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from oomtray.actions.adjust import Change, Target

FILE = "changes.jsonl"
ALONE_SECONDS = 10.0
"""How long a command waits for another one, which may be stopped, or ask for a password that nobody enters."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class JournalNote:
    """A problem with reading or writing the journal."""

    id: Literal[
        "not-recorded",  # the change is made, but undo won't know about it
        "not-taken-back",  # the undone change is still in it, so the next undo tries the same again
        "unreadable",
        "damaged",  # the readable part is used
        "damaged-kept",  # as above, and a copy is kept as `aside`
        "set-aside",  # what was in its place is kept as `aside`
    ]
    path: str
    aside: str = ""
    """File name in the directory of `path`."""
    problem: FileProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journaled:
    """What the journal has of an outcome."""

    batch: Batch | None = None
    """What an undo would take back; None if nothing was changed, and after an undo."""
    undone: Batch | None = None
    """What an undo has restored, as the history has it."""
    note: JournalNote | None = None


class Journal:
    """The changes of this boot. Safe for several programs at once, not for several threads."""

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
        """The problem of the last call; None if there was none."""
        self._seen: Stamp | None = None
        self._last_given: dict[tuple[int, int], int] = {}

    @property
    def path(self) -> str:
        return self._file.path

    def last(self) -> Batch | None:
        """Return the batch that an undo would take back, or None."""
        batches = self._look().batches
        return batches[-1] if batches else None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other commands that change or undo waiting, so that none undoes what another one is undoing or has yet to record."""
        directory = self._locked_directory()
        try:
            yield
        finally:
            if directory is not None:
                os.close(directory)

    def _locked_directory(self) -> int | None:
        """Lock the directory, which leaves no lock file behind; None if there can't be one, and so nothing recorded."""
        with suppress(OSError, FileError), directories_of(self.path, links=False, make=True):
            pass  # the first change ever must lock what a second one at the same instant locks
        try:
            directory = os.open(os.path.dirname(self.path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        end = time.monotonic() + ALONE_SECONDS
        with suppress(OSError):  # a file system without locks
            while time.monotonic() < end and not _try_lock(directory):
                time.sleep(0.01)
        return directory

    def first_values(self) -> Mapping[Target, int]:
        """Return the value of each process before our first change."""
        return self._look().first

    def floors(self) -> Mapping[Target, int | None]:
        """Return how low each process's owner could go before a permission changed that; None if unknown."""
        return self._look().floors

    def batches(self) -> Sequence[Batch]:
        """Return the batches that can be undone, oldest first."""
        return self._look().batches

    def undone(self) -> Sequence[Batch]:
        """Return the last undos, oldest first: each with its time, and with what it restored."""
        return self._look().undone

    def note_floors(self, changes: Iterable[Change]) -> None:
        """Record floors that permission moved and forget restored ones, also for processes that didn't move."""
        touched = [
            change
            for change in changes
            if (change.done or change.error == "changed-meanwhile") and change.right in ("moved", "unknown", "back")
        ]
        if touched:
            self._update(lambda state: state.note_floors(touched), "not-recorded")

    def last_given(self) -> dict[tuple[int, int], int]:
        """Return the last value given to each changed process, by (pid, start time), without undone changes.

        Cheap to call again: the file is only reread when it has changed.
        """
        stamp = self._file.stamp()
        if stamp is None:
            self._last_given = self._last_given and {}  # the same object as long as nothing is new
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
        *,
        begun: tuple[Change, ...] = (),
    ) -> Batch | None:
        """Record what was changed in processes, units or a file, replacing `batch` if that is still there.

        `begun`: what is about to be changed; if there is any, record the result in its place afterwards. Returns
        None if nothing was changed, or if it can't be recorded (`note` says why).
        """
        moved = tuple(change for change in changes if change.moved and change.before is not None)
        self.note = None
        if batch is not None and (batch.changes, batch.units, batch.edit, batch.begun) == (moved, tuple(units), edit, begun):
            return batch
        if not moved and not units and edit is None and not begun:
            if batch is not None:
                self.take_back(batch)
            return None

        def put(state: State) -> Batch:
            place = state.place_of(batch)
            if place is None:
                settle(state, self._proc)  # no longer begun by anybody, or recorded anew by whoever makes it now
            state.note_first(moved)
            if batch is None or place is None:
                number = state.batches[-1].number + 1 if state.batches else 1
                now = self._wall()
                uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
                state.batches.append(Batch(number, now, action, moved, uptime, tuple(units), edit, begun))
                return state.batches[-1]
            state.batches[place] = replace(batch, changes=moved, units=tuple(units), edit=edit, begun=begun)
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
        """Remove an undone batch, or keep only what could not be undone yet.

        `changes`, `units_back` and `edit` are what was restored, and `earlier` is the record of earlier
        parts. Returns the new record of the undo, None if nothing was restored.
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
        settle(state, self._proc)
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


def _try_lock(directory: int) -> bool:
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
