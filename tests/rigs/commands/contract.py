"""The public JSON of the commands, each as the shape that `shapes` checks a document against.

Sizes are bytes, times seconds, shares per mille; `tests/unit/cli/test_json_contract.py` holds the numbers to that.
"""

from __future__ import annotations

from typing import Any, Final

from tests.rigs.commands.shapes import AnyOf, differences, read, read_lines

__all__ = ["AnyOf", "differences", "read", "read_lines"]

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
    "idle_because": (
        {"nothing-enrolled", "zram", "no-swap", "swap-unused", "not-permitted", "no-psi", "switched-off", "unknown"},
        None,
    ),
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
LEVEL = {"normal", "warning", "critical"}
LEVEL_CAUSE = {"none", "used", "stall", "forecast"}
FORECAST = {
    "seconds": MAYBE_NUMBER,
    "rate": MAYBE_INT,
    "stall": ([NUMBER], None),
    "kill": ([NUMBER], None),
    "headroom": {"ram": MAYBE_INT, "swap": MAYBE_INT},
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
    "level": LEVEL,
    "level_cause": LEVEL_CAUSE,
    "forecast": FORECAST,
    "killers": [KILLER],
    "next_victim": (VICTIM, None),
}
REASON = {
    "next-victim", "near-victim", "large-share", "adj-set-by-hand", "adj-set-by-rule", "adj-inherited", "adj-set-by-unit", "adj-set-by-app",
    "adj-protected", "unit-dies-whole", "group-dies-whole", "small-but-first",
    "pid-1", "kernel-thread", "zombie", "adj-minimum", "no-memory", "not-eligible",
}  # fmt: skip
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
    "reasons": [REASON],
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
FACTS = READ_FACTS | {"user": MAYBE_TEXT, "unread": AnyOf(dict.fromkeys(READ_FACTS, UNREAD))}
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
NOTE = {
    "runtime-not-counted", "nice-not-counted", "root-bonus-gone", "root-bonus-counts", "children-not-counted", "child-may-die-instead",
    "score-666-is-empty", "score-against-system", "estimated", "floor-of-one", "oom_kill_allocating_task", "panic_on_oom", "incomplete",
}  # fmt: skip
EXPLAIN = LIST | {
    "parts": {"rss": MAYBE_INT, "swap": MAYBE_INT, "page_tables": MAYBE_INT, "adjustment": MAYBE_INT},
    "without": (NAMED, None),
    "notes": [NOTE],
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
READING = {
    "schema": int,
    "time": NUMBER,
    "memory": MEMORY,
    "level": LEVEL,
    "level_cause": LEVEL_CAUSE,
    "forecast": FORECAST,
    "apps": [{"app": str, "name": str, "memory": int}],
}
"""A line of `history --json`."""
REPLAYED = {
    "at": NUMBER,
    "event": {"level", "forecast", "notify", "withdraw"},
    "level": LEVEL,
    "cause": LEVEL_CAUSE,
    "clock": ({"stall", "kill"}, None),
    "seconds": ([NUMBER], None),
}
"""A line of `replay --json`."""


def _cause(kind: str, remedies: set[str], *evidence: dict[str, Any]) -> dict[str, Any]:
    return {"kind": {kind}, "confidence": {"low", "medium", "high"}, "evidence": evidence, "remedy": remedies}


_LIMIT = {"limit": int, "usage": int}
_ROOM = {"ram": int, "most_left": int, "seconds": int}
CAUSE = (
    _cause("leak", {"expendable"}, {"from": int, "to": int, "seconds": int}),
    _cause("surge", {"expendable", "start-fewer"}, {"used": int, "seconds": int}),
    _cause("misconfiguration", {"raise-memory-max"}, _LIMIT, _LIMIT | {"times_hit": int}),
    _cause("misconfiguration", {"fit-heap"}, {"limit": int, "held": int}),
    _cause("misconfiguration", {"shrink-heap"}, {"ram": int, "held": int}),
    _cause("misconfiguration", {"allow-more-nodes", "widen-memory-policy"}, {}, {"free": int}),
    _cause("misconfiguration", {"add-swap", "enlarge-swap"}, {"ram": int, "swap": int}),
    _cause("misconfiguration", {"add-swap", "enlarge-swap", "add-disk-swap"}, _ROOM | {"swap": int}),
    _cause("system-limit", {"free-huge-pages"}, {"huge_pages": int, "ram": int}),
    _cause("system-limit", {"find-kernel-memory"}, {"slab": int, "ram": int}),
    _cause("misconfiguration", {"clear-tmpfs"}, {"files": int, "ram": int}),
    _cause("system-limit", {"compact-memory"}, {"order": int, "free": int}),
    _cause("system-limit", {"use-64-bit-kernel"}, {"high_memory_free": int, "ram": int}),
    _cause("system-limit", {"reserve-less-cma"}, {"cma_free": int, "free": int}),
    _cause("too-small", {"add-memory"}, _ROOM),
)
KILL = {
    "id": str,
    "time": MAYBE_NUMBER,
    "not_before": MAYBE_NUMBER,
    "kills": int,
    "killer": {"kernel", "systemd-oomd", "earlyoom", "nohang", "oomd", "bustd", "lmkd", "oomtray", "unknown"},
    "scope": (
        {"kind": {"system"}, "total_pages": MAYBE_INT},
        {"kind": {"cgroup"}, "path": MAYBE_TEXT, "limit": MAYBE_INT, "total_pages": MAYBE_INT},
        None,
    ),
    "victims": [
        {
            "pid": MAYBE_INT,
            "start_time": MAYBE_INT,
            "name": MAYBE_TEXT,
            "freed": MAYBE_INT,
            "oom_score_adj": MAYBE_INT,
            "adj_from": (
                {"adj-set-by-hand", "adj-set-by-rule", "adj-inherited", "adj-set-by-unit", "adj-set-by-app"},
                None,
            ),
            "uid": MAYBE_INT,
            "unit": MAYBE_TEXT,
            "app": MAYBE_TEXT,
            "command": MAYBE_TEXT,
        }
    ],
    "trigger": ({"pid": MAYBE_INT, "name": str}, None),
    "chosen": ({"pid": int, "name": MAYBE_TEXT}, None),
    "certain": bool,
    "certainty": {"certain", "one-of", "likely", "unknown"},
    "outcome": {"killed", "likely", "one-of", "nobody", "ending", "panic", "unknown"},
    "cause": (*CAUSE, None),
    "constraint": ({"none", "memcg", "cpuset", "mempolicy"}, None),
    "manual": bool,
    "sources": [
        {"proc-connector", "pidfd", "vmstat", "memory-events", "unit-result", "kernel-log", "oomd-signal", "log"}
    ],
    "foretold": MAYBE_NUMBER,
    "growing": [{"name": str, "rate": int}],
    "ranking": (
        [{"pid": int, "name": str, "badness": int, "oom_score_adj": int, "rss": int, "swap": int}],
        None,
    ),
}
KILLS = {"schema": int, "events": [KILL]}
BUNDLE = {
    "schema": int,
    "event": KILL,
    "readings": [READING],
    "settings": dict,  # the tables and keys of the settings' own file
    "settings_problems": int,
    "versions": {
        "oomtray": str,
        "python": str,
        "kernel": str,
        "machine": str,
        "system": MAYBE_TEXT,
        "cgroup": {"1", "2"},
        "pyside": MAYBE_TEXT,
    },
}
MISTAKE = {
    "not-read", "unknown-table", "not-tables", "unknown-key", "misspelt-key", "no-condition", "user-alone", "no-uid", "not-text", "empty", "relative-exe",
    "star-inside", "long-name", "no-unit-name", "nothing-set", "never", "out-of-range", "unknown-preset", "misspelt-preset", "no-value", "not-boolean",
}  # fmt: skip
RULES = {
    "schema": int,
    "rules": [
        {
            "number": int,
            "line": MAYBE_INT,
            "label": MAYBE_TEXT,
            "conditions": AnyOf(dict.fromkeys(("app", "exe", "process", "command", "unit", "user"), str)),
            "set": ({"protect", "protect-strongly", "deprioritize", "first"}, int),
            "ask": bool,
            "matches": [
                {
                    "pid": int,
                    "start_time": int,
                    "name": str,
                    "from": MAYBE_INT,
                    "to": int,
                    "state": {"kept", "waiting", "declined", "name-only", "set-back", "not-yours", "failed"},
                }
            ],
        }
    ],
    "mistakes": [{"line": MAYBE_INT, "rule": MAYBE_INT, "id": MISTAKE, "says": str}],
}
PROFILES = {
    "schema": int,
    "profiles": [{"name": str, "title": str, "oom_adj": int, "value": int, "rules": int}],
}
DRILL = (
    {
        "schema": int,
        "held": bool,
        "why_not": None,
        "detail": None,
        "pid": int,
        "killed_after": NUMBER,
        "noticed_after": MAYBE_NUMBER,
        "named": bool,
        "event": (KILL, None),
    },
    {
        "schema": int,
        "held": bool,
        "why_not": {"no-systemd", "no-user-manager", "no-memory-controller", "not-started", "not-killed"},
        "detail": MAYBE_TEXT,
        "pid": None,
        "killed_after": None,
        "noticed_after": None,
        "named": bool,
        "event": None,
    },
)
"""A drill that was held, and one that could not be."""
DOCTOR = {
    "schema": int,
    "checks": [{"id": str, "ok": (bool, None), "says": str, "remedy": MAYBE_TEXT}],
}
