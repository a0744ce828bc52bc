"""Parses a typed number with its unit, independent of the language."""

from __future__ import annotations

import re

from oomtray.config.schema import BY_PATH
from oomtray.messages.i18n import tr
from oomtray.text import parse_size

_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s+-]*)")
_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


def read_number(path: str, text: str) -> float | None:
    """Return the value of a setting, given as section.name, in its own unit, or None for an invalid text.

    If no unit is typed, the setting's own is assumed.
    """
    unit = BY_PATH[path].unit
    text = text.strip().replace("−", "-").replace("\u00a0", " ")
    if unit == "bytes":
        return _size(text)
    if unit in ("seconds", "minutes"):
        length = 60.0 if unit == "minutes" else 1.0
        seconds = _seconds(text, length)
        return None if seconds is None else seconds / length
    found = _NUMBER.match(text)
    if found is None:
        return None
    number = float(found[1].replace(",", "."))
    return number * 10 if unit == "per-mille" else number


def _size(text: str) -> float | None:
    text = text.replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        text += "G"  # nobody means bytes
    return parse_size(text)


def _seconds(text: str, unit: float) -> float | None:
    units = _SECONDS | {
        tr(template, count="").strip(): seconds
        for template, seconds in (("{count} s", 1.0), ("{count} min", 60.0), ("{count} h", 3600.0))
    }
    found = _NUMBER.findall(text)
    if not found:
        return None
    total = 0.0
    for number, name in found:
        if name and name.lower() not in units:
            return None
        total += float(number.replace(",", ".")) * (units[name.lower()] if name else unit)
    return total
