"""Ask systemd which units systemd-oomd should watch, for when systemd-oomd itself doesn't say.

Only the units that distributions and people configure for it are queried: slices and user managers.
"""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from oomtray.dbus.connection import Connection, error_of, property_of, signature_of
from oomtray.kernel.killer_facts import Watched
from oomtray.systemd.units import property_call, unit_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from jeepney import Message

_TIMEOUT = 1.0
_PROPERTIES = {
    "ControlGroup": "s", "ManagedOOMSwap": "s", "ManagedOOMMemoryPressure": "s",
    "ManagedOOMMemoryPressureLimit": "u", "OOMRules": "as",
}  # fmt: skip
_SLICES = ("-.slice", "app.slice", "background.slice", "session.slice")
_SYSTEM_SLICES = ("-.slice", "system.slice", "user.slice", "machine.slice")


class Enrolled(NamedTuple):
    """What systemd-oomd watches, as far as queried."""

    swap: tuple[Watched, ...]
    pressure: tuple[Watched, ...]
    ruled: tuple[Watched, ...]


def ask(addresses: Callable[[int | None], str | None]) -> Enrolled | None:
    """Query the managers; None if the system's doesn't answer.

    `addresses` returns the bus address of a user's manager, or with None of the system's.
    """
    own = os.geteuid()
    system = _asked(addresses(None), (*_SYSTEM_SLICES, f"user@{own}.service"))
    if system is None:
        return None
    user = _asked(addresses(own), _SLICES) or []
    found = [*system, *user]
    return Enrolled(
        swap=tuple(Watched(_path(unit)) for unit in found if unit.get("ManagedOOMSwap") == "kill"),
        pressure=tuple(
            Watched(_path(unit), limit=_limit(unit.get("ManagedOOMMemoryPressureLimit")))
            for unit in found
            if unit.get("ManagedOOMMemoryPressure") == "kill"
        ),
        ruled=tuple(Watched(_path(unit), rules=rules) for unit in found if (rules := _names(unit.get("OOMRules")))),
    )


def _path(unit: dict[str, object]) -> str:
    return str(unit.get("ControlGroup") or "/")


def _names(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else ()


def _limit(scaled: object) -> float | None:
    """Scale a pressure limit: 2^32 - 1 is all of the time; 0 stands for the default."""
    return scaled * 100 / (2**32 - 1) if isinstance(scaled, int) and scaled else None


def _asked(address: str | None, names: tuple[str, ...]) -> list[dict[str, object]] | None:
    if address is None:
        return None
    try:
        with closing(Connection(address, _TIMEOUT)) as connection:
            answers = connection.call_all([unit_call(name) for name in names], _TIMEOUT)
            loaded = [
                (answer.body[0], name) for answer, name in zip(answers, names, strict=True)
                if error_of(answer) is None and signature_of(answer) == "o"
            ]
            questions = [question for path, name in loaded for question in _properties(path, name)]
            replies = iter(connection.call_all(questions, _TIMEOUT) if questions else ())
            return [{member: property_of(next(replies), kind) for member, kind in _PROPERTIES.items()} for _ in loaded]
    except OSError:
        return None


def _properties(path: str, name: str) -> list[Message]:
    kind = name.rpartition(".")[2].capitalize()
    return [property_call(path, kind, member) for member in _PROPERTIES]
