"""Is what stands in a settings file right? What isn't is named, and its default stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oomtray.config.schema import KEYS, ORDERS, SECTIONS, Key
from oomtray.config.settings import Settings

Wrong = list[tuple[str, str]]
"""(key's path, what is said about it) of each."""


def checked(document: dict[str, Any]) -> tuple[Settings, Wrong]:
    defaults = Settings()
    problems = _unknown(document)
    taken: dict[str, Any] = {}
    for key in KEYS:
        section = document.get(key.section)
        if not isinstance(section, dict) or key.name not in section:
            continue
        default = key.default(defaults)
        value = key.accept(section[key.name], default)
        if value is None:
            problems.append(
                (key.path, f"must be {key.wants(default)}, not {_shown(section[key.name])}; {_used(default)}")
            )
        else:
            taken[key.path] = value
    problems += _out_of_order(taken, defaults)
    return _settings(taken, defaults), problems


def _settings(taken: dict[str, Any], defaults: Settings) -> Settings:
    sections: dict[str, dict[str, Any]] = {}
    for path, value in taken.items():
        section, name = path.split(".")
        sections.setdefault(section, {})[name] = value
    return replace(
        defaults, **{name: replace(getattr(defaults, name), **values) for name, values in sections.items()}
    )


def _unknown(document: dict[str, Any]) -> Wrong:
    problems: Wrong = []
    for section, values in document.items():
        if section not in SECTIONS:
            problems.append(
                (
                    _bare(section),
                    f"is unknown{_guess(section, list(SECTIONS), '[', ']') or _home_of(section)}",
                )
            )
        elif not isinstance(values, dict):
            problems.append((section, f"must be a table: write [{section}] in a line of its own"))
        else:
            known = [key.name for key in KEYS if key.section == section]
            problems += [
                (f"{section}.{_bare(name)}", f"is unknown{_guess(name, known) or _home_of(name)}")
                for name in values
                if name not in known
            ]
    return problems


def _guess(name: str, names: list[str], before: str = "", after: str = "") -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=1)
    return f"; is {before}{close[0]}{after} meant?" if close else ""


def _home_of(name: str) -> str:
    return next((f"; it belongs under [{key.section}]" for key in KEYS if key.name == name), "")


def _out_of_order(taken: dict[str, Any], defaults: Settings) -> Wrong:
    """Take back what contradicts another setting; what the file didn't say is never blamed."""
    problems: Wrong = []
    by_path = {key.path: key for key in KEYS}

    def value(key: Key) -> Any:
        return taken.get(key.path, key.default(defaults))

    undone = True
    while undone:  # taking one back may bring it into conflict with a third
        undone = False
        for order in ORDERS:
            pair = by_path[f"{order.section}.{order.first}"], by_path[f"{order.section}.{order.second}"]
            first, second = (value(key) for key in pair)
            if order.holds(first, second):
                continue
            for key in pair:
                if taken.pop(key.path, None) is not None:
                    undone = True
                    problems.append((
                        key.path,
                        (f"is not taken: of {order.first} ({first:g}) and {order.second} ({second:g}) the first"
                        f" {order.says}; {_used(key.default(defaults))}"),
                    ))  # fmt: skip
    return problems


def _used(default: Any) -> str:
    return f"{_shown(default)} is used"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        value = f'"{value}"'
    elif isinstance(value, dict):
        return "a table"
    elif isinstance(value, list):
        return "a list"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def _bare(name: str) -> str:
    """A key as a message can name it."""
    return name if name.isprintable() and len(name) <= 40 else f"{name[:39]!a}…"
