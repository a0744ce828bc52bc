"""Check the content of a settings file. Wrong values are reported, and their defaults used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oomtray.config.problem import Cause, NoTable, OutOfOrder, Unknown, Wrong
from oomtray.config.schema import BY_PATH, KEYS, ORDERS, SECTIONS, SIDES, Key
from oomtray.config.settings import Settings

_LONGEST = 40
"""Longest part of a value or name that is reported, in characters."""
_MAX_GUESSES = 50
"""Most unknown names for which a similar one is searched."""

Found = list[tuple[str, Cause]]
"""Problems as (path of the key, cause)."""


def checked(document: dict[str, Any]) -> tuple[Settings, Found]:
    """Return the settings of a document, and the problems with what was not accepted."""
    defaults = Settings()
    found = _unknown(document)
    taken: dict[str, Any] = {}
    for key in KEYS:
        section = document.get(key.section)
        if not isinstance(section, dict) or key.name not in section:
            continue
        default = key.default(defaults)
        value = key.accept(section[key.name], default)
        if value is None:
            found.append((key.path, _wrong(key, section[key.name], default)))
        else:
            taken[key.path] = value
    found += _out_of_order(taken, defaults)
    _drop_other_sides(taken, {path for path, _ in found})
    return _settings(taken, defaults), found


def _drop_other_sides(taken: dict[str, Any], refused: set[str]) -> None:
    """Switch off the other side of a threshold given only as percentage or only as size, and ignore its default."""
    for percent, left in SIDES:
        other = left if percent in taken else percent
        if (percent in taken) != (left in taken) and other not in refused:
            taken[other] = 0


def _wrong(key: Key, value: object, default: object) -> Wrong:
    return Wrong(_shown(value), key.wants(default), _shown(key.as_written(default)), key.low, key.high, key.choices)


def _settings(taken: dict[str, Any], defaults: Settings) -> Settings:
    sections: dict[str, dict[str, Any]] = {}
    for path, value in taken.items():
        section, name = path.split(".")
        sections.setdefault(section, {})[name] = value
    return replace(
        defaults, **{name: replace(getattr(defaults, name), **values) for name, values in sections.items()}
    )


def _unknown(document: dict[str, Any]) -> Found:
    found: Found = []
    for section, values in document.items():
        if section not in SECTIONS:
            found.append((section, _guess(section, SECTIONS, len(found), "[{}]")))
        elif not isinstance(values, dict):
            found.append((section, NoTable(section)))
        else:
            known = tuple(key.name for key in KEYS if key.section == section)
            for name in values:
                if name not in known:
                    found.append((f"{section}.{name}", _guess(name, known, len(found))))
    return [(_short_path(path), cause) for path, cause in found]


def _guess(name: str, names: tuple[str, ...], before: int, shape: str = "{}") -> Unknown:
    if before < _MAX_GUESSES and len(name) <= _LONGEST:
        import difflib

        for close in difflib.get_close_matches(name, names, n=1):
            return Unknown(meant=shape.format(close))
    return Unknown(section=next((key.section for key in KEYS if key.name == name), ""))


def _out_of_order(taken: dict[str, Any], defaults: Settings) -> Found:
    """Drop values that contradict another setting; never blame what the file doesn't set."""
    found: Found = []

    def value(key: Key) -> Any:
        return taken.get(key.path, key.default(defaults))

    undone = True
    while undone:  # dropping one may bring it into conflict with a third
        undone = False
        for order in ORDERS:
            pair = BY_PATH[f"{order.section}.{order.lower}"], BY_PATH[f"{order.section}.{order.higher}"]
            if order.holds(*map(value, pair)):
                continue
            lower, higher = (_shown(key.as_written(value(key))) for key in pair)
            for key in pair:
                if taken.pop(key.path, None) is None:
                    continue
                undone = True
                default = _shown(key.as_written(key.default(defaults)))
                found.append((key.path, OutOfOrder(order.lower, lower, order.higher, higher, order.may_equal, default)))
    return found


def _shown(value: object) -> str:
    """Render a value as in TOML, shortened if long."""
    match value:
        case bool():
            shown = str(value).lower()
        case str():
            shown = f'"{value[:_LONGEST]}"'
        case float():
            shown = repr(value)  # with its point, which may be what is wrong
        case int() if abs(value) >= 10**_LONGEST:
            shown = hex(value)  # str() refuses huge integers, hex() doesn't
        case dict():
            shown = "{…}"
        case list() | tuple():
            shown = "[…]" if value else "[]"
        case _:
            shown = str(value)
    return _cut(shown)


def _short_path(path: str) -> str:
    """Shorten a key's path to fit on a line."""
    return ".".join(_cut(name) for name in path.split("."))[: 2 * _LONGEST]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
