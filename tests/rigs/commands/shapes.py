"""Shapes of JSON documents, and a checker that names where a document differs from its shape.

A shape is a type, a tuple of alternatives (`None` among them if it may be unknown), a set of allowed words, a
list with one shape for any number of items, or a dict with exactly the keys of the object (`AnyOf`: with any of them).
"""

from __future__ import annotations

import json
import math
from typing import Any


class AnyOf(dict[str, Any]):
    """Shape of an object that has any of these keys, and no other."""


def read(text: str, shape: Any) -> Any:
    """Parse the one document in `text` and check it: one line, ASCII, strict JSON, in the shape."""
    assert text.isascii(), "JSON is to be ASCII"
    assert text.endswith("\n")
    assert text.count("\n") == 1, "one document on one line"
    document = json.loads(text, parse_constant=_refuse, object_pairs_hook=_no_key_twice)
    problems = differences(document, shape)
    assert not problems, "\n".join(problems)
    return document


def read_lines(text: str, shape: Any) -> list[Any]:
    """Parse and check what has a document on each line; no text, none."""
    return [read(line, shape) for line in text.splitlines(keepends=True)]


def differences(value: Any, shape: Any, place: str = "$") -> list[str]:
    """Return where the value differs from the shape; empty if it doesn't."""
    if isinstance(shape, tuple):
        found = [differences(value, one, place) for one in shape]
        return min(found, key=_depth) if all(found) else []
    if shape is None:
        return [] if value is None else [f"{place}: {value!r} where null was expected"]
    if isinstance(shape, type):
        # True is an int in Python, but not a number in JSON
        fits = type(value) is shape and not (shape is float and not math.isfinite(value))
        return [] if fits else [f"{place}: {value!r} is no {shape.__name__}"]
    if isinstance(shape, set):
        return (
            []
            if isinstance(value, str) and value in shape
            else [f"{place}: {value!r} is none of {sorted(shape)}"]
        )
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value!r} is no list"]
        return [
            problem for n, one in enumerate(value) for problem in differences(one, shape[0], f"{place}[{n}]")
        ]
    if not isinstance(value, dict):
        return [f"{place}: {value!r} is no object"]
    needed = () if isinstance(shape, AnyOf) else shape
    problems = [f"{place}.{key}: missing" for key in needed if key not in value]
    problems += [f"{place}.{key}: not in the contract" for key in value if key not in shape]
    for key in shape:
        if key in value:
            problems += differences(value[key], shape[key], f"{place}.{key}")
    return problems


def _depth(problems: list[str]) -> tuple[int, int]:
    """Sort key for alternatives: the one that came closest is the most informative."""
    return len(problems), -max(len(problem.partition(":")[0]) for problem in problems)


def _refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key stands twice in {keys}"
    return dict(pairs)
