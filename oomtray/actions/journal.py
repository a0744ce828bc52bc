"""What was changed: for undo, across runs of the tray and the commands, and for reset, which wants the first value.

One small file of JSON lines in the user's state directory: a header that names the boot (pids and start times mean
nothing after it), the value that each changed process had when first seen, and the last batches of changes. It is
replaced whole, and not flushed to the disk: after a power cut it would tell of another boot.

A journal never stands in the way of a change: what goes wrong with it is told by `Journal.note`.
"""

from __future__ import annotations

import json
import math
import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from oomtray.actions.adjust import Change, Target
from oomtray.file_access import FileError, FileProblem
from oomtray.kernel.files import boot_id
from oomtray.kernel.process_handle import open_process
from oomtray.paths import state_file
from oomtray.private_file import PrivateFile, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from oomtray.actions.adjust import Right

FILE = "changes.jsonl"
MAX_BATCHES = 100
_MAX_BATCH_BYTES = 256 * 1024
_MAX_FIRST = 1000
_VERSION = 1
_LARGEST_NUMBER = 2**63
"""No pid, time or value is as large: what claims to be was not written here."""

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


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes made by one click or command, undone together."""

    number: int
    """Rises by one from batch to batch within a boot."""
    time: float
    """Seconds since 1970, for people only."""
    action: str
    """protect, deprioritize, reset..."""
    changes: tuple[Change, ...]
    """Only what moved; `before` is never None."""
    uptime: float | None = None
    """Seconds since the boot, asleep or not: what began later may have inherited. None: not known."""


@dataclass(slots=True)
class _State:
    first: dict[Target, int] = field(default_factory=dict)
    floors: dict[Target, int | None] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    damaged: bool = False

    def place_of(self, batch: Batch | None) -> int | None:
        """A number alone is given again once its batch was taken back."""
        if batch is not None:
            for place, known in enumerate(self.batches):
                if (known.number, known.time) == (batch.number, batch.time):
                    return place
        return None


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

    def note_floors(self, changes: Iterable[Change]) -> None:
        """Remember what permission has given, and forget what was put back; more than `record` does, of what didn't move."""
        touched = [
            change
            for change in changes
            if (change.done or change.error == "changed-meanwhile") and change.right in ("moved", "unknown", "back")
        ]
        if touched:
            self._update(lambda state: _floors(state, touched), "not-recorded")

    def last_given(self) -> dict[tuple[int, int], int]:
        """The value that each changed process was last given, by (pid, start time); what is taken back is not in it.

        Cheap to ask again: the file is read anew only when it has changed.
        """
        stamp = self._file.stamp()
        if stamp is None:
            self._last_given = {}
        elif stamp != self._seen:
            batches = self._look().batches
            self._last_given = {(c.pid, c.start_time): c.after for batch in batches for c in batch.changes}
        self._seen = stamp
        return self._last_given

    def record(self, action: str, changes: Iterable[Change], batch: Batch | None = None) -> Batch | None:
        """Remember what moved, in the place of `batch` where that is given and still there.

        None where nothing moved, or where it can't be remembered (`note` says why).
        """
        moved = tuple(change for change in changes if change.moved and change.before is not None)
        self.note = None
        if batch is not None and batch.changes == moved:
            return batch
        if not moved:
            if batch is not None:
                self.take_back(batch)
            return None

        def put(state: _State) -> Batch:
            for change in moved:
                assert change.before is not None
                state.first.setdefault(change.target, change.before)
            _floors(state, moved)
            place = state.place_of(batch)
            if batch is None or place is None:
                number = state.batches[-1].number + 1 if state.batches else 1
                state.batches.append(Batch(number, self._wall(), action, moved, time.clock_gettime(time.CLOCK_BOOTTIME)))
                return state.batches[-1]
            state.batches[place] = replace(batch, changes=moved)
            return state.batches[place]

        return self._update(put, "not-recorded")

    def take_back(self, batch: Batch, remaining: Sequence[Change] = ()) -> None:
        """Forget a batch that was undone, or leave of it what could not be undone yet."""

        def drop(state: _State) -> None:
            place = state.place_of(batch)
            if place is not None:
                left = [replace(batch, changes=tuple(remaining))] if remaining else []
                state.batches[place : place + 1] = left

        self._update(drop, "not-taken-back")

    def _look(self) -> _State:
        self.note = None
        try:
            state = _parse(self._file.read(), self._boot)
        except FileError as error:
            self.note = JournalNote("unreadable", self.path, problem=error.problem)
            return _State()
        if state.damaged:
            self.note = JournalNote("damaged", self.path)
        return state

    def _update(
        self, change: Callable[[_State], T], failed: Literal["not-recorded", "not-taken-back"]
    ) -> T | None:
        self.note = None
        try:
            with self._file.editing(set_aside=True) as edit:
                state = _parse(edit.content, self._boot)
                answer = change(state)
                if state.damaged:
                    self.note = JournalNote("damaged-kept", self.path, edit.keep_aside())
                elif edit.aside is not None:
                    self.note = JournalNote("set-aside", self.path, edit.aside)
                edit.replace(_render(state, self._boot, self._lives))
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


def _floors(state: _State, changes: Iterable[Change]) -> None:
    for change in changes:
        known = state.floors.get(change.target)
        if change.right in ("moved", "unknown"):
            state.floors.setdefault(change.target, change.floor)
        elif change.right == "back" and (known is None or change.floor is None or change.floor >= known):
            state.floors.pop(change.target, None)


_WRONG = (ValueError, KeyError, TypeError, RecursionError, OverflowError)
"""What a line that isn't ours may raise; the last for a time of hundreds of digits."""


def _parse(content: bytes | None, boot: str | None) -> _State:
    """What the file tells of this boot. Of one that is damaged, what can be read, but nothing where the boot can't."""
    state = _State()
    if not content:
        return state
    header, *lines = content.split(b"\n")
    try:
        fields = json.loads(header)
        known = fields["oomtray"] == _VERSION
        if known and fields["boot"] != boot:
            return state
    except _WRONG:
        known = False
    state.damaged = not known or not lines or lines.pop() != b""  # cut off in the last line
    for line in lines if known else ():
        try:
            _take(json.loads(line), state)
        except _WRONG:
            state.damaged = True
    state.batches.sort(key=lambda batch: batch.number)
    return state


def _take(entry: dict[str, Any], state: _State) -> None:
    if "first" in entry:
        target = Target(_number(entry["pid"]), _number(entry["start_time"]))
        state.first[target] = _number(entry["first"])
        if "floor" in entry:
            state.floors[target] = None if entry["floor"] is None else _number(entry["floor"])
    else:
        state.batches.append(_batch(entry))


def _batch(entry: dict[str, Any]) -> Batch:
    changes = []
    for item in entry["changes"]:
        before, after = _number(item["from"]), _number(item["to"])
        pid, start_time = _number(item["pid"]), _number(item["start_time"])
        right, floor = _right(item, lowered=after < before)
        change = Change(pid, start_time, str(item["name"]), before, after, done=True, wanted=after, right=right, floor=floor)
        changes.append(change)
    when = float(entry["time"])
    if not math.isfinite(when):
        raise ValueError(entry["time"])
    uptime = entry.get("uptime")
    if uptime is not None and not 0 <= float(uptime) < _LARGEST_NUMBER:
        raise ValueError(uptime)
    return Batch(
        _number(entry["number"]), when, str(entry["word"]), tuple(changes), None if uptime is None else float(uptime)
    )


def _right(item: dict[str, Any], *, lowered: bool) -> tuple[Right | None, int | None]:
    """Of a version that kept no floors nobody knows which lowering had permission."""
    if "right" not in item:
        return "unknown" if lowered else None, None
    right = item["right"]
    if right not in (None, "same", "moved", "unknown", "back"):
        raise ValueError(right)
    return right, None if item.get("floor") is None else _number(item["floor"])


def _number(value: object) -> int:
    if type(value) is not int or not -_LARGEST_NUMBER < value < _LARGEST_NUMBER:
        raise ValueError(value)
    return value


def _render(state: _State, boot: str | None, lives: Callable[[Target], bool]) -> bytes:
    """The file, kept small: the oldest batches fall away, and first values of processes that are gone."""
    batches: list[bytes] = []
    size = 0
    for batch in reversed(state.batches[-MAX_BATCHES:]):
        line = _line(
            {
                "number": batch.number,
                "time": batch.time,
                "word": batch.action,
                "uptime": batch.uptime,
                "changes": [
                    {
                        "pid": c.pid,
                        "start_time": c.start_time,
                        "name": c.name,
                        "from": c.before,
                        "to": c.after,
                        "right": c.right,
                        **({} if c.floor is None else {"floor": c.floor}),
                    }
                    for c in batch.changes
                ],
            }
        )
        size += len(line)
        if batches and size > _MAX_BATCH_BYTES:
            break
        batches.append(line)
    first = list(state.first.items())
    if len(first) > _MAX_FIRST:
        first = [(target, value) for target, value in first if lives(target)][-_MAX_FIRST:]
    header = _line({"oomtray": _VERSION, "boot": boot})
    values = [
        _line(
            {"pid": t.pid, "start_time": t.start_time, "first": value}
            | ({"floor": state.floors[t]} if t in state.floors else {})
        )
        for t, value in first
    ]
    return b"".join([header, *values, *reversed(batches)])


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
