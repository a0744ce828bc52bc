"""Tells a kill whose recorded values are of the types that its classes have from a damaged one."""

from __future__ import annotations

from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from oomtray.history.sound_rows import LATEST, MOST
from oomtray.kernel.kill_log.facts import Constraint, Outcome
from oomtray.kernel.killer_names import KillerName
from oomtray.risk.free_memory import FreeMemory
from oomtray.risk.kill_event import KillEvent
from oomtray.risk.postmortem import Cause, Ranked

if TYPE_CHECKING:
    from collections.abc import Callable

_KILLER = Literal[KillerName, "lmkd", "oomtray", "unknown"]
_NAMES = {
    "Constraint": Constraint, "Outcome": Outcome, "FreeMemory": FreeMemory, "Cause": Cause, "Ranked": Ranked,
    "Killer": _KILLER, "KillerId": _KILLER,
}  # fmt: skip
"""What the classes name for the type checker alone."""
_LARGEST = {int: MOST, float: LATEST}
_ROW = tuple(get_type_hints(Ranked).values())


def is_sound(event: KillEvent) -> bool:
    """Whether all that it holds is of the types that its classes name, and no number beyond its bound."""
    # rankings are most of what is recorded, and all values of a row are needed
    return all(tuple(map(type, row)) == _ROW for row in event.ranking or ()) and _is_kill(event)


def _check(hint: Any) -> Callable[[Any], bool]:
    """Return a function that tells whether a value is of a type, and all that it holds."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in inner
    if origin in (Union, UnionType):
        may_be_none, checks = NoneType in inner, [_check(one) for one in inner if one is not NoneType]
        return lambda value: may_be_none if value is None else any(check(value) for check in checks)
    if origin is tuple:
        check = _check(inner[0]) if inner[0] is not Ranked else lambda _: True
        return lambda value: isinstance(value, tuple) and all(map(check, value))
    if origin is dict:
        check = _check(inner[1])
        return lambda value: isinstance(value, dict) and all(map(check, value.values()))
    if hint in _LARGEST:
        return lambda value: type(value) in (int, hint) and abs(value) <= _LARGEST[hint]
    held = is_dataclass(hint) or issubclass(hint, tuple)
    fields = [(name, _check(one)) for name, one in get_type_hints(hint, None, _NAMES).items()] if held else []
    return lambda value: isinstance(value, hint) and all(check(getattr(value, name)) for name, check in fields)


_is_kill = _check(KillEvent)
