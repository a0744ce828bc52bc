"""The JSON of the contract from synthetic assessments: every field there, what is unknown null."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from oomtray.cli import as_json as report
from oomtray.kernel.process_facts import Unread
from oomtray.kernel.snapshot import PAGE_SIZE, Scope
from oomtray.kernel.users import login_name
from oomtray.risk.explain import explain
from oomtray.risk.killer import Also, Takes
from oomtray.risk.outlook import Forecast, Level
from tests.facts import GIB, MIB
from tests.facts.assessments import app, assessment, killer, risk, victim
from tests.facts.memory import memory
from tests.facts.process_facts import process_facts, unread
from tests.facts.processes import NO_MEMORY, process
from tests.facts.snapshots import snapshot
from tests.rigs.commands import contract

NOT_FORESEEABLE = {
    "seconds": None,
    "rate": None,
    "stall": None,
    "kill": None,
    "headroom": {"ram": None, "swap": None},
}
KERNEL = {
    "name": "kernel",
    "running": True,
    "next": [1001],
    "triggers_at": None,
    "overrides": [],
    "takes": None,
    "distance": None,
    "idle_because": None,
}
TOTAL = 24 * GIB // PAGE_SIZE


def written(document: report.Report, shape: Any) -> Any:
    return contract.read(report.dumps(document) + "\n", shape)


def test_an_ordinary_list() -> None:
    rows = (risk(1001, rank=1, app="firefox", unit="app-firefox-1.scope"), risk(1002, rank=2))
    got = written(report.processes(assessment(risks=rows), rows), contract.LIST)
    pages = 101 * MIB // PAGE_SIZE
    assert got == {
        "schema": 1,
        "time": 1795370575.25,
        "complete": True,
        "scope": {"kind": "system", "total_pages": TOTAL},
        "memory": {
            "total": 16 * GIB,
            "available": 8 * GIB,
            "swap_total": 8 * GIB,
            "swap_free": 6 * GIB,
            "used_percent": 50.0,
            "psi": {"some_avg10": 0.5, "full_avg10": 0.25},
            "oom_kills": 3,
            "floor": None,
            "huge_pages": 0,
            "reclaimable": 0,
            "swap_worth": None,
        },
        "level": "normal",
        "level_cause": "none",
        "forecast": NOT_FORESEEABLE,
        "killers": [KERNEL],
        "next_victim": {
            "killer": "kernel",
            "pid": 1001,
            "start_time": 812345,
            "name": "program1001",
            "frees": 81 * MIB,
            "frees_exact": False,
            "near": [],
            "also": None,
        },
        "processes": [
            {
                "rank": rank,
                "pid": pid,
                "start_time": 812345,
                "name": f"program{pid}",
                "uid": 1000,
                "user": login_name(1000),
                "rss": 100 * MIB,
                "swap": 0,
                "page_tables": MIB,
                "badness": pages,
                "share": round(pages * 1000 / TOTAL, 3),
                "oom_score": 700,
                "oom_score_adj": 0,
                "killable": True,
                "warning": warning,
                "reasons": reasons,
                "app": name,
                "unit": unit,
                "cgroup": "/user.slice",
            }
            for rank, pid, warning, reasons, name, unit in (
                (1, 1001, "elevated", ["next-victim"], "firefox", "app-firefox-1.scope"),
                (2, 1002, "none", [], None, None),
            )
        ],
    }


def test_what_is_unknown_is_null_and_still_there() -> None:
    unknown = process(7, oom_score=None, oom_score_adj=None, cgroup=None, **NO_MEMORY)
    bare = memory(available=None, psi_some_avg10=None, psi_full_avg10=None, oom_kills=None)
    row = risk(of=unknown, rank=None, why_not="kernel-thread")
    silent = assessment(risks=(row,), snapshot=snapshot(unknown, memory=bare), killers=())
    got = written(report.processes(silent, (row,), changes=True), contract.WATCH)
    assert got["next_victim"] is None
    assert got["killers"] == []
    assert got["memory"]["used_percent"] is None
    assert got["memory"]["psi"] == {"some_avg10": None, "full_avg10": None}
    (row_,) = got["processes"]
    assert {key for key, value in row_.items() if value is None} == {
        *("rank", "rss", "swap", "page_tables", "badness", "share", "oom_score", "oom_score_adj"),
        *("app", "unit", "cgroup", "change"),
    } | ({"user"} if login_name(1000) is None else set())
    assert row_["killable"] is False


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_null(broken: float) -> None:
    row = risk(1001, rank=1, share=broken, change=broken)
    strange = assessment(risks=(row,), forecast=Forecast(kill=(broken, broken), rate=broken))
    got = written(report.processes(strange, (row,), changes=True), contract.WATCH)
    assert got["forecast"] == NOT_FORESEEABLE
    assert (got["processes"][0]["share"], got["processes"][0]["change"]) == (None, None)


def test_bytes_per_second_are_whole_and_signed() -> None:
    rows = (risk(1001, rank=1, change=1234.56), risk(1002, rank=2, change=-0.4))
    forecast = Forecast(rate=-5.5e9, kill=(51.23456, 71.23456), ram=GIB, swap=0)
    got = written(report.processes(assessment(risks=rows, forecast=forecast), rows, changes=True), contract.WATCH)
    assert [row["change"] for row in got["processes"]] == [1235, 0]
    assert got["forecast"] == {
        "seconds": 61.235,
        "rate": -5500000000,
        "stall": None,
        "kill": [51.2, 71.2],
        "headroom": {"ram": GIB, "swap": 0},
    }


def test_list_has_no_change() -> None:
    rows = (risk(1001, rank=1, change=5.0),)
    assert "change" not in report.processes(assessment(risks=rows), rows)["processes"][0]


@pytest.mark.parametrize(
    "name",
    [
        "a\nb",
        "\x1b]0;owned\x07",
        "foo) Z 1",
        '"quoted\\',
        "한글",
        "a\\xff",
        "\u202e",
        "\U0001f525",
        "",
        "a\ud800",
    ],
    ids=[
        "newline",
        "escape",
        "parenthesis",
        "quote",
        "korean",
        "raw-byte",
        "bidi",
        "emoji",
        "empty",
        "surrogate",
    ],
)
def test_any_name_comes_through_unchanged_and_harmless(name: str) -> None:
    row = risk(of=process(7, name=name))
    got = written(report.processes(assessment(risks=(row,)), (row,)), contract.LIST)
    assert got["processes"][0]["name"] == got["next_victim"]["name"] == name


def test_a_cgroup_scope_names_its_path_and_limit() -> None:
    scoped = assessment(snapshot=snapshot(scope=Scope("cgroup", 32768, "/a/b", 134217728), complete=False))
    got = written(report.processes(scoped, scoped.risks), contract.LIST)
    assert got["scope"] == {"kind": "cgroup", "path": "/a/b", "limit": 134217728, "total_pages": 32768}
    assert got["complete"] is False


def test_who_else_may_die_and_who_goes_along() -> None:
    rows = (risk(1001, rank=1), risk(1002, rank=2), risk(1003, rank=3))
    first = victim(rows[0], near=rows[1:], also=Also("term.scope", "oom-policy-stop", (1001, 1002, 1500)))
    earlyoom = killer(
        name="earlyoom",
        victim=victim(rows[1], killer="earlyoom"),
        triggers_at=90.0,
        overrides=("panic_on_oom", "oom_kill_allocating_task"),
        takes=Takes("term.scope", (1001, 1002)),
        distance=3 * MIB,
        idle_because="not-permitted",
    )
    serious = assessment(risks=rows, killers=(killer(victim=first), earlyoom), level=Level("critical"))
    got = written(report.processes(serious, rows), contract.LIST)
    assert got["level"] == "critical"
    assert got["next_victim"]["killer"] == "kernel", "that of the first"
    assert got["next_victim"]["near"] == [1002, 1003]
    assert got["next_victim"]["also"] == {
        "unit": "term.scope",
        "cause": "oom-policy-stop",
        "pids": [1001, 1002, 1500],
    }
    assert got["killers"] == [
        KERNEL,
        {
            "name": "earlyoom",
            "running": True,
            "next": [1002],
            "triggers_at": 90.0,
            "overrides": ["panic_on_oom", "oom_kill_allocating_task"],
            "takes": {"unit": "term.scope", "pids": [1001, 1002]},
            "distance": 3 * MIB,
            "idle_because": "not-permitted",
        },
    ]


def test_apps() -> None:
    members = (
        risk(of=process(11, oom_score_adj=-500)),
        risk(of=process(12, oom_score_adj=233)),
        risk(of=process(13, oom_score_adj=None)),
    )
    silent = (risk(of=process(14, oom_score_adj=None)),)
    shown = (
        app("firefox", members=members, memory_from="cgroup", age=0.12345, share=610.44444),
        app("quiet", members=silent, memory=None, age=None, share=None, rank=None),
    )
    got = written(report.apps(assessment(), shown), contract.APPS)
    assert got["apps"] == [
        {
            "rank": 1,
            "app": "firefox",
            "name": "Firefox",
            "processes": [11, 12, 13],
            "memory": 500 * MIB,
            "memory_from": "cgroup",
            "age": 0.123,
            "share": 610.444,
            "oom_score_adj": [-500, 233],
        },
        {
            "rank": None,
            "app": "quiet",
            "name": "Quiet",
            "processes": [14],
            "memory": None,
            "memory_from": "sum",
            "age": None,
            "share": None,
            "oom_score_adj": None,
        },
    ]


def test_an_explanation_adds_the_parts_and_who_would_be_next() -> None:
    rows = (risk(of=process(1001, oom_score_adj=100), rank=1), risk(1002, rank=2))
    whole = assessment(risks=rows)
    got = written(report.explanation(whole, explain(whole, 1001)), contract.EXPLAIN)
    assert [row["pid"] for row in got["processes"]] == [1001]
    assert got["parts"] == {
        "rss": 100 * MIB // PAGE_SIZE,
        "swap": 0,
        "page_tables": MIB // PAGE_SIZE,
        "adjustment": 100 * (TOTAL // 1000),
    }
    assert got["without"] == {"pid": 1002, "start_time": 812345, "name": "program1002", "frees": 81 * MIB, "frees_exact": False}
    assert "children-not-counted" in got["notes"]


def test_an_explanation_has_the_facts_of_the_process() -> None:
    only = assessment(risks=(risk(1001, rank=1),))
    got = written(report.explanation(only, explain(only, 1001), process_facts()), contract.EXPLAIN)["process"]
    assert got["command"]["arguments"][:2] == ["/usr/bin/python3", "train.py"]
    assert got["children"] == {
        "count": 4,
        "first": [{"pid": pid, "name": "python3"} for pid in range(4243, 4247)],
        "exact": True,
    }
    assert got["connections"]["first"][0] == {
        "protocol": "tcp",
        "local": "127.0.0.1:6006",
        "remote": None,
        "state": "LISTEN",
    }
    assert (got["descriptors"], got["files"]["count"], got["cpu_seconds"], got["unread"]) == (42, 9, 2712.4, {})


@pytest.mark.parametrize("why", Unread)
def test_a_fact_that_could_not_be_read_is_null_and_has_its_reason(why: Unread) -> None:
    only = assessment(risks=(risk(1001, rank=1),))
    got = written(report.explanation(only, explain(only, 1001), unread(why)), contract.EXPLAIN)["process"]
    assert why.value in contract.UNREAD
    assert got == dict.fromkeys(contract.READ_FACTS) | {
        "user": None,
        "unread": dict.fromkeys(contract.READ_FACTS, why.value),
    }


def test_a_process_that_ended_meanwhile_has_no_facts() -> None:
    only = assessment(risks=(risk(1001, rank=1),))
    assert written(report.explanation(only, explain(only, 1001), None), contract.EXPLAIN)["process"] is None


def test_without_anybody_else_without_is_null() -> None:
    only = assessment(risks=(risk(1001, rank=1),))
    assert written(report.explanation(only, explain(only, 1001)), contract.EXPLAIN)["without"] is None


def test_a_uid_without_a_name_has_none() -> None:
    assert login_name(0) == "root"
    assert login_name(3999999991) is None


def broken(path: str, value: object) -> report.Report:
    document = copy.deepcopy(report.processes(assessment(), assessment().risks))
    *way, last = path.split(".")
    place: Any = document
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("complete", KeyError),
        ("processes.0.user", KeyError),
        ("processes.1.extra", 1),
        ("processes.0.pid", 1.0),
        ("processes.0.killable", 1),
        ("memory.total", True),
        ("memory.psi", None),
        ("forecast.rate", 0.5),
        ("level", "calm"),
        ("next_victim.near", None),
        ("next_victim.also", {}),
        ("scope.path", "/a"),
    ],
)
def test_the_checker_sees_what_is_wrong(path: str, value: object) -> None:
    (problem,) = contract.differences(broken(path, value), contract.LIST)
    assert path.replace(".0", "[0]").replace(".1", "[1]") in problem.replace("$.", "")
