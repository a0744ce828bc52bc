"""Parse and render the journal: JSON lines, of which every readable one is used.

A header names the boot for which the rest is valid. Then follow the value that each changed process had when
first seen, the batches of changes, and the last undos, for the history.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, field
from typing import TYPE_CHECKING, Any, Literal

from oomtray.actions.adjust import Change, Target
from oomtray.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


MAX_BATCHES = 100
_MAX_UNDONE = 20
_MAX_BATCH_BYTES = 256 * 1024
_MAX_FIRST = 1000
_VERSION = 1
_LARGEST_NUMBER = 2**63
"""Larger than any pid, time or value: a number beyond this was not written here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """What was set for one unit: by our drop-in, or only in its running manager."""

    name: str
    user: bool
    """Whether it is a unit of the user manager."""
    live: bool = False
    """Set only in the manager, without a file."""
    before: Mapping[str, int | str] | None
    """Directives by systemd's names; None: there was no drop-in."""
    after: Mapping[str, int | str] | None
    exact: bool = True
    """Whether `before` was all that the file held, so that the same text can be written again."""
    inherited: tuple[int, ...] = ()
    """Values of oom_score_adj that processes started since may have inherited from the unit."""
    newest: int = 0
    """Start time of the unit's youngest process at that time, in clock ticks since boot; 0 if it had none."""
    moved: tuple[Change, ...] = ()
    """Processes of the unit that were changed with it; `before` is never None."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to one of the user's files: rules, names of expendable apps, all settings as text, or some.

    For some settings, each side is one dict: what the file `said` for each changed one, the `text` from the
    `place` of the first differing character on, and the values of the settings that the user meant to change
    (`shown`).
    """

    kind: Literal["rules", "marks", "settings", "setting"]
    path: str
    added: tuple[Any, ...]
    removed: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes made by one click or command, undone together."""

    number: int
    """Increases by one per batch within a boot."""
    time: float
    """Seconds since 1970; only for display."""
    action: str
    """protect, deprioritize, reset..."""
    changes: tuple[Change, ...]
    """Only processes that moved; `before` is never None."""
    uptime: float | None = None
    """Seconds since boot, including suspend: processes that began later may have inherited. None: unknown."""
    units: tuple[UnitChange, ...] = ()
    """Changes to units and their processes. `changes` is empty then."""
    edit: Edit | None = None
    """Change to a file. `changes` and `units` are empty then."""
    begun: tuple[Change, ...] = ()
    """Changes about to be made besides, from the value at that time to `after` or part of the way (see `begun.settle`)."""


@dataclass(slots=True)
class State:
    """What the journal holds for this boot."""

    first: dict[Target, int] = field(default_factory=dict)
    floors: dict[Target, int | None] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    undone: list[Batch] = field(default_factory=list)
    """Each has the number and action of the undone batch, the time of the undo, and the values it restored."""
    damaged: bool = False
    """Whether some of it could not be read."""

    def place_of(self, batch: Batch | None) -> int | None:
        """Find a batch by number and time, because a number is reused once its batch was undone."""
        if batch is not None:
            for place, known in enumerate(self.batches):
                if (known.number, known.time) == (batch.number, batch.time):
                    return place
        return None

    def note_first(self, changes: Iterable[Change]) -> None:
        """Record the value that each process had before our first change, and the floors of these changes."""
        changes = tuple(changes)
        for change in changes:
            assert change.before is not None
            self.first.setdefault(change.target, change.before)
        self.note_floors(changes)

    def note_floors(self, changes: Iterable[Change]) -> None:
        """Record how low each owner could go before; forget floors that were restored."""
        for change in changes:
            known = self.floors.get(change.target)
            if change.right in ("moved", "unknown"):
                self.floors.setdefault(change.target, change.floor)
            elif change.right == "back" and (known is None or change.floor is None or change.floor >= known):
                self.floors.pop(change.target, None)


_WRONG = (ValueError, KeyError, TypeError, RecursionError, OverflowError)
"""What parsing a foreign line may raise; the last for a time with hundreds of digits."""


def parse(content: bytes | None, boot: str | None) -> State:
    """Parse the file for this boot. If damaged, take what can be read, but nothing if the header can't."""
    state = State()
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


def _take(entry: dict[str, Any], state: State) -> None:
    if "undone" in entry:
        state.undone.append(_batch(entry["undone"]))
    elif "first" in entry:
        target = Target(_number(entry["pid"]), _number(entry["start_time"]))
        state.first[target] = _number(entry["first"])
        if "floor" in entry:
            state.floors[target] = None if entry["floor"] is None else _number(entry["floor"])
    else:
        state.batches.append(_batch(entry))


def _batch(entry: dict[str, Any]) -> Batch:
    when, uptime = float(entry["time"]), entry.get("uptime")
    if not math.isfinite(when):
        raise ValueError(entry["time"])
    if uptime is not None and not 0 <= float(uptime) < _LARGEST_NUMBER:
        raise ValueError(uptime)
    units = tuple(map(_unit, entry.get("units", ())))
    if len(units) > 1 and not all(unit.live for unit in units):  # a drop-in is always set and undone alone
        raise ValueError(entry["units"])
    return Batch(
        number=_number(entry["number"]),
        time=when,
        action=str(entry["word"]),
        changes=tuple(map(_change, entry["changes"])),
        uptime=None if uptime is None else float(uptime),
        units=units,
        edit=_edit(entry["edit"]) if "edit" in entry else None,
        begun=tuple(map(_change, entry.get("begun", ()))),
    )


def _edit(item: dict[str, Any]) -> Edit:
    if item["kind"] not in ("rules", "marks", "settings", "setting"):
        raise ValueError(item["kind"])
    edit = Edit(item["kind"], str(item["path"]), tuple(item["added"]), tuple(item["removed"]))
    if edit.kind in ("settings", "setting") and (len(edit.added), len(edit.removed)) != (1, 1):
        raise ValueError(item)
    if edit.kind == "setting" and not all(map(_is_side, (*edit.added, *edit.removed))):
        raise ValueError(item)
    return edit


def _is_side(side: Any) -> bool:
    kinds = {"said": dict, "shown": dict, "text": str, "place": int}
    return isinstance(side, dict) and all(isinstance(side.get(name), kind) for name, kind in kinds.items())


def _change(item: dict[str, Any]) -> Change:
    before, after = _number(item["from"]), _number(item["to"])
    pid, start_time = _number(item["pid"]), _number(item["start_time"])
    right, floor = item["right"], item.get("floor")
    if right not in (None, "same", "moved", "unknown", "back"):
        raise ValueError(right)
    floor = None if floor is None else _number(floor)
    return Change(pid, start_time, str(item["name"]), before, after, done=True, wanted=after, right=right, floor=floor)


def _unit(item: dict[str, Any]) -> UnitChange:
    return UnitChange(
        name=str(item["name"]),
        user=item["user"] is True,
        live=item["live"] is True,
        before=_directives(item["from"]),
        after=_directives(item["to"]),
        exact=item["exact"] is True,
        inherited=tuple(map(_number, item["inherited"])),
        newest=_number(item["newest"]),
        moved=tuple(map(_change, item["moved"])),
    )


def _directives(value: Any) -> dict[str, int | str] | None:
    """Check directives. Raises ValueError unless None or a dict of plain values."""
    if value is None:
        return None
    if not isinstance(value, dict) or not all(type(one) in (int, str) for one in value.values()):
        raise ValueError(value)
    return value


def _number(value: object) -> int:
    if type(value) is not int or not -_LARGEST_NUMBER < value < _LARGEST_NUMBER:
        raise ValueError(value)
    return value


def render(state: State, boot: str | None, lives: Callable[[Target], bool]) -> bytes:
    """Render the file, dropping the oldest batches and first values of ended processes to keep it small."""
    batches: list[bytes] = []
    size = 0
    for batch in reversed(state.batches[-MAX_BATCHES:]):
        line = _line(_of_batch(batch))
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
    undone = [_line({"undone": _of_batch(batch)}) for batch in state.undone[-_MAX_UNDONE:]]
    return b"".join([header, *values, *reversed(batches), *undone])


def _of_batch(batch: Batch) -> dict[str, Any]:
    entry: dict[str, Any] = {"number": batch.number, "time": batch.time, "word": batch.action, "uptime": batch.uptime}
    entry["changes"] = list(map(_of_change, batch.changes))
    if batch.edit is not None:
        entry["edit"] = asdict(batch.edit)
    if batch.begun:
        entry["begun"] = list(map(_of_change, batch.begun))
    return entry | ({"units": list(map(_of_unit, batch.units))} if batch.units else {})


def _of_change(change: Change) -> dict[str, Any]:
    entry = {"pid": change.pid, "start_time": change.start_time, "name": change.name}
    entry |= {"from": change.before, "to": change.after, "right": change.right}
    return entry if change.floor is None else entry | {"floor": change.floor}


def _of_unit(unit: UnitChange) -> dict[str, Any]:
    return {
        "name": unit.name,
        "user": unit.user,
        "live": unit.live,
        "from": unit.before,
        "to": unit.after,
        "exact": unit.exact,
        "inherited": unit.inherited,
        "newest": unit.newest,
        "moved": list(map(_of_change, unit.moved)),
    }


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
