"""The public JSON of the commands as shapes, and a checker that names where a document differs.

A shape is a type, a tuple of alternatives (`None` among them if it may be unknown), a set of allowed words, a
list with one shape for any number of items, or a dict with exactly the keys of the object.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

NUMBER: Final = (int, float)
MAYBE_INT: Final = (int, None)
MAYBE_NUMBER: Final = (int, float, None)
MAYBE_BOOL: Final = (bool, None)
MAYBE_TEXT: Final = (str, None)

KILLER = {
    "name": str,
    "running": bool,
    "next": [int],
    "triggers_at": MAYBE_NUMBER,
    "overrides": [{"oom_kill_allocating_task", "panic_on_oom"}],
    "takes": ({"unit": str, "pids": [int]}, None),
    "distance": MAYBE_INT,
    "idle_because": MAYBE_TEXT,
}
NAMED = {"pid": int, "start_time": int, "name": str, "frees": MAYBE_INT, "frees_exact": MAYBE_BOOL}
VICTIM = {
    "killer": str,
    **NAMED,
    "near": [int],
    "also": ({"unit": str, "cause": {"oom-policy-stop", "memory-oom-group"}, "pids": [int]}, None),
}
MEMORY = {
    "total": int,
    "available": MAYBE_INT,
    "swap_total": MAYBE_INT,
    "swap_free": MAYBE_INT,
    "used_percent": MAYBE_NUMBER,
    "psi": {"some_avg10": MAYBE_NUMBER, "full_avg10": MAYBE_NUMBER},
    "oom_kills": MAYBE_INT,
    "floor": MAYBE_INT,
    "huge_pages": int,
    "reclaimable": int,
    "swap_worth": MAYBE_NUMBER,
}
SITUATION = {
    "schema": int,
    "time": NUMBER,
    "complete": bool,
    "scope": (
        {"kind": {"system"}, "total_pages": int},
        {"kind": {"cgroup"}, "path": str, "limit": int, "total_pages": int},
    ),
    "memory": MEMORY,
    "level": {"normal", "warning", "critical"},
    "level_cause": {"none", "used", "stall", "forecast"},
    "forecast": {
        "seconds": MAYBE_NUMBER,
        "rate": MAYBE_INT,
        "stall": ([NUMBER], None),
        "kill": ([NUMBER], None),
        "headroom": {"ram": MAYBE_INT, "swap": MAYBE_INT},
    },
    "killers": [KILLER],
    "next_victim": (VICTIM, None),
}
PROCESS = {
    "rank": MAYBE_INT,
    "pid": int,
    "start_time": int,
    "name": str,
    "uid": int,
    "user": MAYBE_TEXT,
    "rss": MAYBE_INT,
    "swap": MAYBE_INT,
    "page_tables": MAYBE_INT,
    "badness": MAYBE_INT,
    "share": MAYBE_NUMBER,
    "oom_score": MAYBE_INT,
    "oom_score_adj": MAYBE_INT,
    "killable": bool,
    "warning": {"none", "elevated", "high"},
    "reasons": [str],
    "app": MAYBE_TEXT,
    "unit": MAYBE_TEXT,
    "cgroup": MAYBE_TEXT,
}
APP = {
    "rank": MAYBE_INT,
    "app": str,
    "name": str,
    "processes": [int],
    "memory": MAYBE_INT,
    "memory_from": {"cgroup", "pss", "sum"},
    "age": MAYBE_NUMBER,
    "share": MAYBE_NUMBER,
    "oom_score_adj": ([int], None),
}
LIST = SITUATION | {"processes": [PROCESS]}
WATCH = SITUATION | {"processes": [PROCESS | {"change": MAYBE_INT}]}
APPS = SITUATION | {"apps": [APP]}
RELATIVE = {"pid": int, "name": MAYBE_TEXT}
UNREAD = {"denied", "gone", "none", "too-many", "no-answer", "other-namespace", "failed"}
READ_FACTS = {
    "command": ({"arguments": [str], "whole": bool}, None),
    "executable": MAYBE_TEXT,
    "directory": MAYBE_TEXT,
    "uid": MAYBE_INT,
    "started": MAYBE_NUMBER,
    "parent": (RELATIVE, None),
    "children": ({"count": int, "first": [RELATIVE], "exact": bool}, None),
    "shares_memory": ({"count": int, "first": [RELATIVE], "exact": bool}, None),
    "threads": MAYBE_INT,
    "descriptors": MAYBE_INT,
    "files": ({"count": int, "first": [str], "exact": bool}, None),
    "connections": (
        {
            "count": int,
            "first": [{"protocol": {"tcp", "udp"}, "local": MAYBE_TEXT, "remote": MAYBE_TEXT, "state": MAYBE_TEXT}],
            "exact": bool,
        },
        None,
    ),
    "cpu_seconds": MAYBE_NUMBER,
    "bytes_read": MAYBE_INT,
    "bytes_written": MAYBE_INT,
}
FACTS = READ_FACTS | {"user": MAYBE_TEXT, "unread": dict}
VERDICT = {
    "killer": str,
    "would": {"next", "one-of", "later", "never", "not-watched", "idle", "unknown"},
    "group": (
        {
            "path": str,
            "unit": MAYBE_TEXT,
            "pids": [int],
            "preference": {"none", "avoid", "omit"},
            "honored": [str],
            "ignored": [str],
        },
        None,
    ),
}
EXPLAIN = LIST | {
    "parts": {"rss": MAYBE_INT, "swap": MAYBE_INT, "page_tables": MAYBE_INT, "adjustment": MAYBE_INT},
    "without": (NAMED, None),
    "notes": [str],
    "verdicts": [VERDICT],
    "process": (FACTS, None),
}
CHANGES = {
    "schema": int,
    "changes": [
        {
            "pid": int,
            "start_time": MAYBE_INT,
            "name": MAYBE_TEXT,
            "from": MAYBE_INT,
            "to": MAYBE_INT,
            "done": bool,
            "error": MAYBE_TEXT,
        }
    ],
    "next_victim": (VICTIM, None),
}
FITS = {
    "schema": int,
    "fits": {"yes", "after", "no"},
    "left": int,
    "stalls": bool,
    "end": [{"pid": int, "name": str, "app": MAYBE_TEXT, "frees": MAYBE_INT}],
}
DOCTOR = {
    "schema": int,
    "checks": [{"id": str, "ok": (bool, None), "says": str, "remedy": MAYBE_TEXT}],
}


def read(text: str, shape: Any) -> Any:
    """Parse the one document in `text` and check it: one line, ASCII, strict JSON, in the shape."""
    assert text.isascii(), "JSON is to be ASCII"
    assert text.endswith("\n")
    assert text.count("\n") == 1, "one document on one line"
    document = json.loads(text, parse_constant=_refuse, object_pairs_hook=_no_key_twice)
    problems = differences(document, shape)
    assert not problems, "\n".join(problems)
    return document


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
    problems = [f"{place}.{key}: missing" for key in shape if key not in value]
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
