"""Explains why a value was refused: which other setting it contradicts, by its name in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.config.schema import KEYS, ORDERS
from oomtray.messages import setting_labels as labels
from oomtray.messages.i18n import mark, tr
from oomtray.ui.settings.defaults import DEFAULTS, default

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOWER = mark("{value} was not taken: it must be lower than “{other}” ({other_value}).")
_NOT_HIGHER = mark("{value} was not taken: it must not be higher than “{other}” ({other_value}).")
_HIGHER = mark("{value} was not taken: it must be higher than “{other}” ({other_value}).")
_NOT_LOWER = mark("{value} was not taken: it must not be lower than “{other}” ({other_value}).")


def contradiction(current: Callable[[str], Any], wanted: Mapping[str, Any]) -> str:
    """Return the contradiction, or ""; `current` returns the current value of a setting by its path."""
    keys = {key.path: key for key in KEYS}

    def value(path: str) -> Any:
        if path not in wanted:
            return current(path)
        return default(path) if wanted[path] is None else keys[path].accept(wanted[path], keys[path].default(DEFAULTS))

    for order in ORDERS:
        lower, higher = f"{order.section}.{order.lower}", f"{order.section}.{order.higher}"
        if not {lower, higher} & wanted.keys() or order.holds(value(lower), value(higher)):
            continue
        path, other, template = (
            (lower, higher, _NOT_HIGHER if order.may_equal else _LOWER)
            if lower in wanted
            else (higher, lower, _NOT_LOWER if order.may_equal else _HIGHER)
        )
        return tr(
            template,
            value=labels.value(path, value(path)),
            other=labels.name(other),
            other_value=labels.value(other, value(other)),
        )
    return ""
