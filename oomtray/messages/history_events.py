"""Recorded events, one sentence each, without the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomtray.messages.i18n import joined, mark, tr
from oomtray.messages.kills import ended_for_memory, happened, somebody, unseen_between
from oomtray.messages.names import as_apps, as_processes, as_units, as_victims, program_name, victim_name
from oomtray.messages.setting_labels import kept_name
from oomtray.risk.unseen_kills import Span
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from oomtray.history.period import RecordedEvent
    from oomtray.risk.kill_event import KillEvent

_NAMED = 3
_RECORDED = 20
"""Processes of one change from which `actions.change_record` leaves out the others, so that how many is unknown."""
_PROTECTS = ("protect", "protect-strongly")
_OFFERS = ("deprioritize", "first")
_DONE = {
    "protect": mark("You protected {names}"),
    "protect-strongly": mark("You protected {names}"),
    "deprioritize": mark("You let {names} go first"),
    "first": mark("You let {names} go first"),
    "reset": mark("You reset {names}"),
    "prefer": mark("You set how systemd-oomd treats {names}"),
    "add-rule": mark("You added a rule for {names}"),
    "change-rule": mark("You changed the rule for {names}"),
    "remove-rule": mark("You removed the rule for {names}"),
    "move-rule": mark("You moved the rule for {names}"),
    "mark": mark("You marked {names} as expendable"),
    "unmark": mark("You unmarked {names} as expendable"),
}
_UNDONE = {
    "protect": mark("Undone: protecting {names}"),
    "protect-strongly": mark("Undone: protecting {names}"),
    "deprioritize": mark("Undone: letting {names} go first"),
    "first": mark("Undone: letting {names} go first"),
    "reset": mark("Undone: resetting {names}"),
    "prefer": mark("Undone: how systemd-oomd treats {names}"),
    "limit": mark("Undone: raising the memory limit of {names}"),
    "add-rule": mark("Undone: the rule for {names}"),
    "change-rule": mark("Undone: changing the rule for {names}"),
    "remove-rule": mark("Undone: removing the rule for {names}"),
    "move-rule": mark("Undone: moving the rule for {names}"),
    "mark": mark("Undone: marking {names} as expendable"),
    "unmark": mark("Undone: unmarking {names} as expendable"),
}
_UNNAMED = {
    "add-rule": mark("You added a rule"),
    "change-rule": mark("You changed a rule"),
    "remove-rule": mark("You removed a rule"),
    "move-rule": mark("You moved a rule"),
}
_LEVELS = {"warning": mark("Warning: memory was getting tight"), "critical": mark("Critical: memory was nearly gone")}
_FORETOLD = {
    "warning": mark("Warning: memory was getting tight, and {name} was first to go"),
    "critical": mark("Critical: memory was nearly gone, and {name} was first to go"),
}


def sentence_of(group: Sequence[RecordedEvent], written: Callable[[float], str]) -> str:
    """Describe an event, or several unnoticed kills; `written` formats a time."""
    kills = sum(event.kills for event in group)
    if kills == 1:
        return sentence(group[0])
    spans = [event.unseen or Span(event.time, event.time) for event in group]
    begin, end = min(span.begin for span in spans), max(span.end for span in spans)
    return unseen_between(kills, written(begin), written(end))


def sentence(event: RecordedEvent) -> str:
    """Describe an event; one recorded by another version is described as far as it is known."""
    if event.kind == "change":
        return _change(event.data)
    if event.kind == "told":
        return _told(event.data)
    if event.kind == "step-in":
        return _stepped_in(event.data)
    if event.kind == "set-aside":
        return set_aside(str(event.data.get("aside")))
    # a window that shows no kill's text needs none of the classes
    from oomtray.history.kill_data import from_data

    try:
        kill = from_data(event.data)
    except (ValueError, LookupError, TypeError):
        return somebody()
    text = happened(kill, _who(kill))
    return text if kill.freed is None else tr("{event}, which freed {size}", event=text, size=size(kill.freed))


def _change(data: Mapping[str, Any]) -> str:
    """Describe a change from the data that `actions.change_record` has recorded."""
    changes = [one for one in _all(data, "changes") if isinstance(one, dict)]
    units = [one for one in _all(data, "units") if isinstance(one, dict)]
    named = [str(one) for one in _all(data, "named")]
    names = _joined((*(program_name(str(one.get("name"))) for one in changes), *(str(one.get("name")) for one in units), *named))
    action, undid = _as_done(data)
    if "restore-defaults" in (action, undid):
        return tr("Undone: restoring the default settings") if action == "undo" else tr("You restored the default settings")
    if named and "set" in (action, undid):
        names = joined([tr("“{setting}”", setting=kept_name(path)) for path in named])
    names = _as_what(names, changes, units, marks=not {action, undid}.isdisjoint({"mark", "unmark"}))
    if not names and "named" in data:
        return tr("Undone: a rule") if action == "undo" else tr(_UNNAMED[action if action in _UNNAMED else "add-rule"])
    if not names:
        return tr("A value was changed")
    if action == "undo":
        return tr(_UNDONE[undid], names=names) if undid in _UNDONE else tr("Undone: the change of {names}", names=names)
    if action == "limit":
        return _limit(units, names)
    if action in _DONE:
        return tr(_DONE[action], names=names)
    values = [one.get("to") for one in changes]
    value = values[0] if values and values.count(values[0]) == len(values) else None
    by_rule = data.get("by") == "rule"
    if not isinstance(value, int):
        return tr("A rule changed {names}", names=names) if by_rule else tr("You changed {names}", names=names)
    if by_rule:
        return tr("A rule set {names} to {value}", names=names, value=adjustment(value))
    return tr("You set {names} to {value}", names=names, value=adjustment(value))


def protected(data: Mapping[str, Any]) -> bool:
    """Whether a change protected what it says: without permission it may have got no further than 0 or above."""
    if data.get("action") not in _PROTECTS and data.get("undid") not in _PROTECTS:
        return False
    return bool(data.get("units")) or all(reached < 0 for _, reached in _steps(data))


def _as_done(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return the action, and what it undid; what did something else, as with a value of its own, is told by its values."""
    action, undid = str(data.get("action")), str(data.get("undid"))
    offered = bool(data.get("units")) or all(reached > max(before, 0) for before, reached in _steps(data))
    other = (() if protected(data) else _PROTECTS) + (() if offered else _OFFERS)
    return "value" if action in other else action, "value" if undid in other else undid


def _steps(data: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return from where to where each process was changed, also by what was undone; from 0 where that is unknown."""
    ends = ("to", "from") if data.get("action") == "undo" else ("from", "to")
    steps = [(one.get(ends[0]), one.get(ends[1])) for one in _all(data, "changes") if isinstance(one, dict)]
    return [(before if isinstance(before, int) else 0, after) for before, after in steps if isinstance(after, int)]


def _as_what(names: str, changes: Sequence[Mapping[str, Any]], units: Sequence[object], *, marks: bool) -> str:
    """Return the names as a sentence about what they are; rules and settings by their names alone."""
    if marks and names:
        return as_apps(names)
    if changes and not units:
        known = len({str(one.get("name")) for one in changes}) == 1 and len(changes) < _RECORDED
        return as_processes(names, len(changes) if known else 1)
    return as_units(names) if units and not changes else names


def _all(data: Mapping[str, Any], name: str) -> list[Any]:
    told = data.get(name)
    return told if isinstance(told, list) else []


def _limit(units: Sequence[Mapping[str, Any]], names: str) -> str:
    to = units[0].get("to") if len(units) == 1 else None
    limit = to.get("MemoryMax") if isinstance(to, dict) else None
    if not isinstance(limit, int):
        return tr("You changed {names}", names=names)
    return tr("You raised the memory limit of {names} to {size}", names=names, size=size(limit))


def _told(data: Mapping[str, Any]) -> str:
    """Describe a warning from the data that `ui.app.level_notifications` has recorded."""
    level = str(data.get("level"))
    if level not in _LEVELS:
        return tr("You were warned")
    victim = data.get("victim")
    if not isinstance(victim, dict) or not victim.get("name"):
        return tr(_LEVELS[level])
    return tr(_FORETOLD[level], name=printable(str(victim.get("shown") or victim["name"])))


def set_aside(name: str) -> str:
    """Say that a new record was begun; `name` is the file name of the former one."""
    return tr("The history from before could not be used; it is kept as {name}", name=printable(name))


def _stepped_in(data: Mapping[str, Any]) -> str:
    """Describe an end to keep the computer responsive from the data that `ui.app.step_in` has recorded."""
    name = printable(str(data.get("name") or ""))
    processes = [one for one in _all(data, "processes") if isinstance(one, dict)]
    if processes and not any(one.get("ended") for one in processes):
        return tr("OOM Tray asked {name} to end", name=name)
    return ended_for_memory(as_apps(name))


def _who(kill: KillEvent) -> str:
    """Name the apps that were killed, or processes that belong to none."""
    return as_victims(kill, _joined(map(victim_name, kill.victims)))


def _joined(names: Iterable[str]) -> str:
    """Join the names, each once; empty if there are none."""
    each = list(dict.fromkeys(map(printable, names)))
    return joined(each, most=_NAMED) if each else ""
