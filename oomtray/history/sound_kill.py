"""Tells a kill whose recorded values are of the types that its classes have from a damaged one."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from oomtray.kernel.kill_log.facts import Constraint, Outcome
from oomtray.risk.free_memory import FreeMemory
from oomtray.risk.kill_event import KillEvent
from oomtray.risk.killer import KillerName
from oomtray.risk.postmortem import Cause, Ranked

_KILLER = Literal[KillerName, "lmkd", "oomtray", "unknown"]
_NAMES = {
    "Constraint": Constraint, "Outcome": Outcome, "FreeMemory": FreeMemory, "Cause": Cause, "Ranked": Ranked,
    "Killer": _KILLER, "KillerId": _KILLER,
}  # fmt: skip
"""What the classes name for the type checker alone."""
_LARGEST = {int: 1 << 62, float: 250_000_000_000}
"""Bounds of numbers; as seconds since 1970 every time zone has a date up to the second."""
_ROW = tuple(get_type_hints(Ranked).values())


def is_sound(event: KillEvent) -> bool:
    # rankings are most of what is recorded, and all values of a row are needed
    return all(tuple(map(type, row)) == _ROW for row in event.ranking or ()) and _is(event, KillEvent)


def _is(value: Any, hint: Any) -> bool:
    """Whether a value is of a type, and all that it holds."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return isinstance(value, str) and value in inner
    if origin in (Union, UnionType):
        return any(_is(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and (inner[0] is Ranked or all(_is(one, inner[0]) for one in value))
    if origin is dict:
        return isinstance(value, dict) and all(_is(one, inner[1]) for one in value.values())
    if hint in _LARGEST:
        return isinstance(value, int | hint) and not isinstance(value, bool) and abs(value) <= _LARGEST[hint]
    if not isinstance(value, hint):
        return False
    held = is_dataclass(hint) or issubclass(hint, tuple)
    return not held or all(_is(getattr(value, name), one) for name, one in _hints(hint).items())


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, None, _NAMES)
