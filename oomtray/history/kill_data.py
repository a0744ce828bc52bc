"""Builds kills from their data in the record; a value that their classes can't have had is an error."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Union, get_args, get_origin, get_type_hints

from oomtray.history.sound_rows import LATEST, MOST
from oomtray.kernel.kill_log.chosen import Chosen
from oomtray.kernel.killer_names import Constraint, Killer, KillerName, Outcome
from oomtray.risk.free_memory import FreeMemory
from oomtray.risk.kill_event import KillEvent
from oomtray.risk.postmortem import Cause, Ranked

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[Any], Any]

_NAMES = {
    "Constraint": Constraint, "Outcome": Outcome, "Chosen": Chosen, "FreeMemory": FreeMemory, "Cause": Cause, "Ranked": Ranked,
    "Killer": Killer, "KillerId": Literal[Killer, KillerName, "oomtray"],
}  # fmt: skip
"""What the classes name for the type checker alone."""
_PLAIN = {str, bool, NoneType}
"""Types of which every value is right."""
_RSS, _SWAP = Ranked._fields.index("rss"), Ranked._fields.index("swap")
"""Places in a row of a ranking."""


def from_data(data: dict[str, Any], most_ranked: int | None = None) -> KillEvent:
    """Convert data from `kills.as_data` back to an event. Raises ValueError, LookupError or TypeError for anything else.

    What a later version has added is left out. `most_ranked` is `most` of `postmortem.ranking`: of the other rows, which are
    most of what is recorded, nothing is checked.
    """
    told = {"time": None, "ranked": None, **data}
    rows = told["ranked"]
    if rows and most_ranked is not None:
        largest = max(rows, key=lambda row: row[_RSS] + row[_SWAP])
        rows = rows[:most_ranked] if largest in rows[:most_ranked] else [*rows[:most_ranked], largest]
    event: KillEvent = _kill({**told, "ranking": rows})
    return event if event.cause is None or event.cause.is_known else replace(event, cause=None)


def _wrong(value: object) -> NoReturn:
    raise TypeError(value)


def _reader(hint: Any) -> Reader:
    """Return a function that turns JSON data into a value of a type, if that isn't one of `_PLAIN`."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        words = frozenset(inner)
        return lambda value: value if value in words else _wrong(value)
    if origin is tuple:
        one = _reader(inner[0])
        return lambda value: tuple(map(one, value)) if isinstance(value, (list, tuple)) else _wrong(value)
    if origin is dict:
        held = _reader(inner[1])
        return lambda value: {name: held(one) for name, one in value.items()} if isinstance(value, dict) else _wrong(value)
    if hint in (int, float):
        kinds, most = {int, hint}, MOST if hint is int else LATEST
        return lambda value: value if type(value) in kinds and -most <= value <= most else _wrong(value)
    return _of_class(hint)


def _of_class(kind: Any) -> Reader:
    """Return a function that builds a data class from an object, or a named tuple from an array."""
    fields: dict[str, tuple[set[Any], Reader]] = {}
    for name, hint in get_type_hints(kind, None, _NAMES).items():
        inner = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
        fields[name] = {one for one in inner if one in _PLAIN}, next((_reader(one) for one in inner if one not in _PLAIN), _wrong)
    in_order = list(fields.values())

    def build(told: Any) -> Any:
        if not isinstance(told, dict):
            raise TypeError(told)
        values = {}
        for name, value in told.items():
            if name in fields:
                plain, read = fields[name]
                values[name] = value if type(value) in plain else read(value)
        return kind(**values)

    def fill(told: Any) -> Any:
        if not isinstance(told, (list, tuple)):
            raise TypeError(told)
        return kind(*[value if type(value) in plain else read(value) for (plain, read), value in zip(in_order, told, strict=False)])

    return build if is_dataclass(kind) else fill


_kill = _reader(KillEvent)
