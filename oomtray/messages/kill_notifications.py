"""What a notification says about a kill after memory ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.kernel.interpreters import is_interpreter
from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.messages.kills import gave, happened, how_it_ended, killed_by, reached, took, warned
from oomtray.messages.moments import IN_WORDS, Moments, within
from oomtray.messages.names import as_apps, as_processes, as_units, program_name, victim_name
from oomtray.risk.kill_event import NOBODY_KILLED, Dead, KillEvent
from oomtray.text import days_ago, is_called, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = 3


def summary(event: KillEvent) -> str:
    """Say who was killed by whom, and no more: notifications cut off a title after some forty characters."""
    names = _names(event) if event.victims else ""
    if event.outcome in NOBODY_KILLED:
        return happened(event, names)
    killer = killed_by(event.killer)
    if not event.victims:
        return tr("A process was killed by {killer}", killer=killer)
    return happened(event, names)


def again(event: KillEvent, count: int, since: float, now: float, moments: Moments = IN_WORDS) -> str:
    """Say how often the same was killed since a time; both times are in seconds since 1970."""
    killer = killed_by(event.killer)
    time = within(since, now, moments) if days_ago(since, now) else moments.clock(since)
    if event.outcome in NOBODY_KILLED:
        return summary(event)
    if not event.victims or event.outcome not in ("killed", "likely"):
        return tr_n(
            "{count} process was killed by {killer} since {time}", "{count} processes were killed by {killer} since {time}",
            count, killer=killer, time=time,
        )
    name = _name_again(event)
    if event.outcome == "likely":
        return tr_n(
            "{name} was likely killed again by {killer}: {count} time since {time}",
            "{name} was likely killed again by {killer}: {count} times since {time}",
            count, name=name, killer=killer, time=time,
        )
    return tr_n(
        "{name} was killed again by {killer}: {count} time since {time}",
        "{name} was killed again by {killer}: {count} times since {time}",
        count, name=name, killer=killer, time=time,
    )


def _name_again(event: KillEvent) -> str:
    first = event.victims[0]
    if len(event.victims) > 1 and (first.app or first.unit):
        return as_apps(program_name(first.app)) if first.app else as_units(printable(first.unit or ""))
    return _as_what([first], _name(first))


def body(event: KillEvent) -> str:
    """Say what that freed, what ran out, and what took memory, one sentence per line."""
    lines = [gave(event.freed)] if event.freed and len(event.victims) == 1 and event.outcome == "killed" else []
    if limit := reached(event):
        lines.append(limit)
    if event.growing:
        lines.append(took(event))
    if event.outcome == "likely":
        lines.append(how_it_ended(event) or tr("Nobody saw it end: it would have been the next, and it is gone."))
    if warning := warned(event):
        lines.append(warning)
    return "\n".join(lines)


def missed(events: Sequence[KillEvent], now: float, moments: Moments = IN_WORDS) -> str:
    """Say how many were killed while there were no notifications; `now` is in seconds since 1970."""
    begins = [event.time if event.not_before is None else event.not_before for event in events]
    since = min((begin for begin in begins if begin is not None), default=now)
    days = days_ago(since, now)
    count = _apps(events)
    if days <= 0:
        return tr_n("{count} app was killed today", "{count} apps were killed today", count)
    if days == 1:
        return tr_n("{count} app was killed since yesterday", "{count} apps were killed since yesterday", count)
    time = moments.date(since, now)
    return tr_n("{count} app was killed since {time}", "{count} apps were killed since {time}", count, time=time)


def several(events: Sequence[KillEvent]) -> str:
    """Summarize many kills in one notification."""
    return tr_n("{count} app was killed just now", "{count} apps were killed just now", _apps(events))


def _apps(events: Sequence[KillEvent]) -> int:
    """Count the apps: one killed twice counts once, but each unnoticed kill counts separately."""
    named = {_name(victim) for event in events for victim in event.victims[:1]}
    return len(named) + sum(event.kills for event in events if not event.victims)


def listed(events: Sequence[KillEvent]) -> str:
    """List their names, and how many more there are, including unnoticed kills."""
    names = dict.fromkeys(_name(victim) for event in events for victim in event.victims[:1])
    shown = [*names][-_NAMED:]
    return joined(shown, _apps(events) - len(shown)) if shown else ""


def why() -> str:
    return tr("Why?")


def _names(event: KillEvent) -> str:
    names = joined([_name(one) for one in event.victims[:_NAMED]], len(event.victims[_NAMED:]))
    return names if event.outcome == "one-of" else _as_what(event.victims, names)


def _as_what(victims: Sequence[Dead], names: str) -> str:
    """Return the joined names as they stand in a sentence: as apps where each is an app's, else as processes."""
    if any(victim.of_drill for victim in victims):
        return names
    if all(victim.app and _name(victim) == program_name(victim.app) for victim in victims):
        return as_apps(names)
    return names if any(victim.pid is None for victim in victims) else as_processes(names)


def _name(victim: Dead) -> str:
    """Name the app, and the program if its name differs; but no interpreter, whose name tells nothing."""
    name, known = victim_name(victim), "" if victim.of_drill or is_interpreter(victim.name) else program_name(victim.name)
    alike = name.casefold() == known.casefold() or is_called(victim.name, name)
    return f"{name} · {known}" if known and not alike else name
