"""Assessments as the JSON of the public contract (schema 1): every field is always there, unknown ones are null.

Sizes are bytes, times seconds, shares per mille, parts of a badness pages. Words are the fixed identifiers of
`oomtray.risk.judged` and `oomtray.risk.killer`. The text is ASCII on one line, whatever a process is called.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from oomtray.kernel.users import login_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.history.samples import Sample
    from oomtray.kernel.process_facts import ProcessFacts
    from oomtray.kernel.snapshot import Memory, Scope
    from oomtray.risk.assessment import Assessment
    from oomtray.risk.explain import Explanation
    from oomtray.risk.fits import Fit
    from oomtray.risk.judged import App, Risk
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.killer import Killer, Victim
    from oomtray.risk.outlook import Forecast
    from oomtray.risk.verdicts import Verdict

SCHEMA = 1
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False)
_FACTS = (
    *("command", "executable", "directory", "uid", "started", "parent", "children", "shares_memory", "threads", "descriptors"),
    *("files", "connections", "cpu_seconds", "bytes_read", "bytes_written"),
)
_AS_IS = frozenset({int, str, bool, type(None)})
Report = dict[str, Any]


def dumps(report: Report) -> str:
    """Render strict JSON: `_fraction` and `_whole` have replaced `NaN` and `Infinity`, which JSON lacks, by null."""
    return _ENCODER.encode(report)


def processes(assessment: Assessment, risks: Sequence[Risk], *, changes: bool = False) -> Report:
    """Build the output of `list` and `watch`; `changes` adds `change` to each process."""
    return _situation(assessment) | {"processes": [_process(risk, changes=changes) for risk in risks]}


def apps(assessment: Assessment, shown: Sequence[App]) -> Report:
    return _situation(assessment) | {"apps": [_app(app) for app in shown]}


def sample(sample: Sample) -> Report:
    """Build a line of `history`, which `replay` can read."""
    return {
        "schema": SCHEMA,
        "time": _fraction(sample.time),
        "memory": _memory(sample.memory),
        "level": sample.level,
        "level_cause": sample.cause,
        "forecast": _forecast(sample.forecast),
        "apps": [{"app": app.key, "name": app.name, "memory": app.memory} for app in sample.apps],
    }


def kill(event: KillEvent, number: str) -> Report:
    """Build an event of `kills`; `number` is its ID."""
    cause, trigger, scope = event.cause, event.trigger, event.scope
    return {
        "id": number,
        "time": _fraction(event.time),
        "not_before": _fraction(event.not_before),
        "kills": event.kills,
        "killer": event.killer,
        "scope": None
        if scope is None
        else {"kind": scope.kind, "total_pages": scope.total_pages}
        | ({"path": scope.path, "limit": scope.limit} if scope.kind == "cgroup" else {}),
        "victims": [
            _fields(one, "pid", "start_time", "name", "freed", "oom_score_adj", "adj_from", "uid", "unit", "app", "command")
            | {"name": one.name or None}
            for one in event.victims
        ],
        "trigger": None if trigger is None else _fields(trigger, "pid", "name"),
        "chosen": None if event.chosen is None else {"pid": event.chosen.pid, "name": event.chosen.name or None},
        "certain": event.certainty == "certain",
        "certainty": event.certainty,
        "outcome": event.outcome,
        "cause": None if cause is None else _fields(cause, "kind", "confidence", "evidence", "remedy"),
        "constraint": event.constraint,
        "manual": event.manual,
        "sources": list(event.sources),
        "foretold": _fraction(event.foretold),
        "growing": [{"name": one.app, "rate": _whole(one.rate)} for one in event.growing],
        "ranking": None
        if event.ranking is None
        else [
            {"pid": pid, "name": name, "badness": badness, "oom_score_adj": adj, "rss": rss, "swap": swap}
            for pid, name, badness, adj, rss, swap in event.ranking
        ],
    }  # fmt: skip


def explanation(assessment: Assessment, explained: Explanation, facts: ProcessFacts | None = None) -> Report:
    """Build the output of `explain`: that of `list` with one process, and more; `facts` None: it has ended."""
    from oomtray.risk.verdicts import verdicts

    return processes(assessment, [explained.risk]) | {
        "parts": _fields(explained.parts, "rss", "swap", "page_tables", "adjustment"),
        "without": None if explained.without is None else _named(explained.without),
        "notes": list(explained.notes),
        "verdicts": [_verdict(verdict) for verdict in verdicts(assessment, explained.risk)],
        "process": None if facts is None else _facts(facts),
    }


def _verdict(verdict: Verdict) -> Report:
    """Build what a killer besides the kernel would do with it; `group` is what systemd-oomd would kill with it."""
    group = verdict.group
    return {
        "killer": verdict.killer.name,
        "would": verdict.would,
        "group": None
        if group is None
        else {
            "path": group.path,
            "unit": None if group.unit is None else group.unit.name,
            "pids": list(group.pids),
            "preference": group.preference,
            "honored": sorted(group.honored),
            "ignored": sorted(group.ignored),
        },
    }


def fit(found: Fit) -> Report:
    """Build the output of `fits`: `end` lists who must end before, first death first."""
    return {"schema": SCHEMA} | _fields(found, "fits", "left", "stalls") | {
        "end": [
            {"pid": risk.process.pid, "name": risk.process.name, "app": risk.app, "frees": risk.frees}
            for risk in found.deaths.dead
        ],
    }


def victim(victim: Victim | None) -> Report | None:
    if victim is None:
        return None
    also = victim.also
    return (
        {"killer": victim.killer}
        | _named(victim.risk)
        | {
            "near": [risk.process.pid for risk in victim.near],
            "also": None
            if also is None
            else {"unit": also.unit, "cause": also.cause, "pids": list(also.pids)},
        }
    )


def _situation(assessment: Assessment) -> Report:
    snapshot = assessment.snapshot
    return {
        "schema": SCHEMA,
        "time": _fraction(snapshot.time),
        "complete": snapshot.complete,
        "scope": _scope(snapshot.scope),
        "memory": _memory(snapshot.memory),
        "level": assessment.level.name,
        "level_cause": assessment.level.cause,
        "forecast": _forecast(assessment.forecast),
        "killers": [_killer(killer) for killer in assessment.killers],
        "next_victim": victim(assessment.victim),
    }


def _scope(scope: Scope) -> Report:
    if scope.kind == "system":
        return {"kind": scope.kind, "total_pages": scope.total_pages}
    return {"kind": scope.kind, "path": scope.path, "limit": scope.limit, "total_pages": scope.total_pages}


def _memory(memory: Memory) -> Report:
    return (
        _fields(memory, "total", "available", "swap_total", "swap_free", "used_percent")
        | {"psi": {"some_avg10": _fraction(memory.psi_some_avg10), "full_avg10": _fraction(memory.psi_full_avg10)}}
        | _fields(memory, "oom_kills", "floor", "huge_pages", "reclaimable", "swap_worth")
    )


def _forecast(forecast: Forecast) -> Report:
    return {
        "seconds": _fraction(forecast.seconds),
        "rate": _whole(forecast.rate),
        "stall": _range(forecast.stall),
        "kill": _range(forecast.kill),
        "headroom": {"ram": forecast.ram, "swap": forecast.swap},
    }


def _range(seconds: tuple[float, float] | None) -> list[float] | None:
    return None if seconds is None or not all(map(math.isfinite, seconds)) else [round(end, 1) for end in seconds]


def _killer(killer: Killer) -> Report:
    return {
        "name": killer.name,
        "running": True,  # the others are not listed
        "next": list(killer.next),
        "triggers_at": _fraction(killer.triggers_at),
        "overrides": list(killer.overrides),
        "takes": None if killer.takes is None else {"unit": killer.takes.unit, "pids": list(killer.takes.pids)},
        "distance": killer.distance,
        "idle_because": killer.idle_because,
    }


def _named(risk: Risk) -> Report:
    exact = None if risk.frees is None else risk.frees_exact
    return _fields(risk.process, "pid", "start_time", "name") | {"frees": risk.frees, "frees_exact": exact}


def _process(risk: Risk, *, changes: bool) -> Report:
    process = risk.process
    report = {
        "rank": risk.rank,
        "pid": process.pid,
        "start_time": process.start_time,
        "name": process.name,
        "uid": process.uid,
        "user": login_name(process.uid),
        "rss": process.rss,
        "swap": process.swap,
        "page_tables": process.page_tables,
        "badness": risk.badness,
        "share": _fraction(risk.share),
        "oom_score": process.oom_score,
        "oom_score_adj": process.oom_score_adj,
        "killable": risk.killable,
        "warning": risk.warning,
        "reasons": list(risk.reasons) if risk.why_not is None else [risk.why_not],
        "app": risk.app,
        "unit": risk.unit,
        "cgroup": process.cgroup,
    }
    return report | {"change": _whole(risk.change)} if changes else report


def _app(app: App) -> Report:
    return {
        "rank": app.rank,
        "app": app.key,
        "name": app.name,
        "processes": [member.process.pid for member in app.members],
        "memory": app.memory,
        "memory_from": app.memory_from,
        "age": _fraction(app.age),
        "share": _fraction(app.share),
        "oom_score_adj": None if app.adj_range is None else list(app.adj_range),
    }


def _facts(facts: ProcessFacts) -> Report:
    """Build the facts; those that could not be read are null, and `unread` has the reasons."""
    from oomtray.kernel.process_facts import Unread

    values = _fields(facts, *_FACTS)
    unread = {name: value.value for name, value in values.items() if isinstance(value, Unread)}
    return {name: None if name in unread else value for name, value in values.items()} | {
        "user": None if isinstance(facts.uid, Unread) else login_name(facts.uid),
        "unread": unread,
    }


def _fields(of: object, *names: str) -> Report:
    """Return these fields by name, ready for the encoder; for the many processes of a list it would take too long."""
    values = [(name, getattr(of, name)) for name in names]
    return {name: value if value.__class__ in _AS_IS else _plain(value) for name, value in values}


def _plain(value: object) -> object:
    """Convert dataclasses to objects of their fields, and floats as `_fraction` does."""
    from dataclasses import asdict, is_dataclass

    if isinstance(value, float):
        return _fraction(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _fraction(value: float | None) -> float | None:
    """Round to three decimal places; more would be noise."""
    return None if value is None or not math.isfinite(value) else round(float(value), 3)


def _whole(value: float | None) -> int | None:
    return None if value is None or not math.isfinite(value) else round(value)
