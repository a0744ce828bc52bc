"""Find running apps that the user has marked as expendable and that may be ended. Pure.

Never a service, another user's app, a part of the session, or this program and its ancestors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.actions.preview import takes_session, with_ancestors
from oomtray.actions.rules.match import Candidate as Matched
from oomtray.actions.rules.match import matches
from oomtray.actions.rules.model import Rule
from oomtray.risk.apps import app_of
from oomtray.systemd.unit_names import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from oomtray.kernel.snapshot import Process, Snapshot
    from oomtray.risk.judged import AppId
    from oomtray.risk.step_in import Candidate

_LEAST_PART = 200
"""Ending an app must free at least 1/200 of the RAM..."""
_LEAST = 64 << 20
"""... and at least this many bytes."""


def candidates(snapshot: Snapshot, marks: Sequence[str], *, uid: int, own_pid: int) -> tuple[Candidate, ...]:
    """Return the apps worth ending, the one that frees most first. `uid` is the user's own; root gets none."""
    from oomtray.risk.step_in import Candidate  # imported only if the user has enabled this

    rules = _rules(marks)
    if not rules or uid == 0:
        return ()
    table = {process.pid: process for process in snapshot.processes}
    apps: dict[tuple[str, int | None], list[tuple[AppId, Process]]] = {}
    for process in snapshot.processes:
        app = app_of(process, table)
        if app is not None:
            apps.setdefault((app.key, app.uid), []).append((app, process))
    own = with_ancestors(own_pid, table)
    least = max(snapshot.memory.total // _LEAST_PART, _LEAST)
    found = []
    for members in apps.values():
        if any(process.pid in own or not _may_be_marked(app, process, uid) for app, process in members):
            continue
        hit = [(app, process) for app, process in members if _is_marked(rules, app, process)]
        frees = sum(_frees(process) for _, process in hit)
        if hit and frees >= least:
            found.append(Candidate(hit[0][0], tuple(process for _, process in hit), frees))
    return tuple(sorted(found, key=lambda one: -one.frees))


def may_be_marked(processes: Iterable[Process], table: Mapping[int, Process], *, uid: int, own_pid: int) -> AppId | None:
    """Return the app of these processes if it may be marked, else None."""
    own = with_ancestors(own_pid, table)
    found = None
    for process in processes:
        app = app_of(process, table)
        if app is None or process.pid in own or uid == 0 or not _may_be_marked(app, process, uid):
            return None
        found = found or app
    return found


def marks_of(app: AppId, processes: Sequence[Process], marks: Iterable[str]) -> tuple[str, ...]:
    """Return the marks that match any of these processes of the app."""
    return tuple(
        mark for mark in marks if any(_is_marked(_rules((mark,)), app, process) for process in processes)
    )


def _rules(marks: Iterable[str]) -> tuple[Rule, ...]:
    """Convert marks to rules, choosing the condition by what each mark looks like."""
    made = []
    for mark in marks:
        if mark.startswith("/"):
            if mark.strip("/*"):
                made.append(Rule("first", exe=mark))
        elif mark.endswith((".scope", ".service")):
            made.append(Rule("first", unit=mark))
        else:
            made.append(Rule("first", app=mark))
    return tuple(made)


def _is_marked(rules: Iterable[Rule], app: AppId, process: Process) -> bool:
    candidate = Matched(process, app.key, app.name, app.unit, None)
    return any(matches(rule, candidate, lambda: None) for rule in rules)


def _may_be_marked(app: AppId, process: Process, uid: int) -> bool:
    unit = unit_of(process.unit_cgroup)
    of_the_system = unit is not None and unit.named_by_root and unit.name.endswith(".service")
    return (
        app.kind in ("app", "executable")
        and process.uid == uid
        and process.pid > 1
        and not of_the_system
        and not takes_session(process)
    )


def _frees(process: Process) -> int:
    return (process.rss_anon or 0) + (process.swap or 0) + (process.page_tables or 0)
