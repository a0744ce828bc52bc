"""What the window of past kills says of one: a title, how sure it is, and why it was that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from oomtray.messages.i18n import joined, mark, tr, tr_n
from oomtray.messages.kills import compared, killed_by, unseen
from oomtray.messages.numbers import age, duration
from oomtray.risk.unseen_kills import span_of
from oomtray.text import days_ago, printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.before_kill import Grown
    from oomtray.risk.kill_event import Dead, KillEvent, Source

_NAMED = 3
_SEEN: tuple[tuple[frozenset[Source], str], ...] = (
    (frozenset({"log", "kernel-log"}), mark("Certain: the log says so")),
    (frozenset({"oomd-signal"}), mark("Certain: systemd-oomd says so")),
    (frozenset({"proc-connector", "pidfd"}), mark("Certain: its end was seen")),
)


def called(victim: Dead) -> str:
    """Web Content (4242)."""
    return printable(victim.name) if victim.pid is None else f"{printable(victim.name)} ({victim.pid})"


def name_of(victim: Dead) -> str:
    """What people call it."""
    return printable(victim.app or victim.name)


def title(event: KillEvent, count: int = 1) -> str:
    """What was killed, in a few words; `count` kills that nobody saw are one."""
    if count > 1:
        return unseen(count)
    if event.outcome == "panic":
        return tr("The machine was stopped")
    if event.outcome == "nobody":
        return tr("Nothing could be killed")
    if not event.victims:
        return tr("Something was killed")
    names = list(dict.fromkeys(name_of(victim) for victim in event.victims))
    shown = joined(names[:_NAMED], max(len(names) - _NAMED, 0))
    if event.killer == "oomtray":
        return tr("OOM Tray ended {names}", names=shown)
    if event.outcome == "one-of":
        return tr("One of these was killed: {names}", names=shown) if len(names) > 1 else tr("A part of {name} was killed", name=shown)
    if event.outcome == "likely":
        return tr("{names} was probably killed", names=shown)
    return tr("{names} was killed", names=shown) if len(names) == 1 else tr("{names} were killed", names=shown)


def short(event: KillEvent, count: int = 1) -> str:
    """What was killed, as a list says it."""
    if event.outcome in ("panic", "nobody") or not event.victims:
        return title(event, count)
    names = list(dict.fromkeys(name_of(victim) for victim in event.victims))
    return joined(names[:2], max(len(names) - 2, 0))


class Moments(Protocol):
    """Writes a moment as the user's region does; all in seconds since 1970."""

    def date(self, at: float, now: float) -> str: ...
    def clock(self, at: float) -> str: ...


def when(seconds: float | None, now: float, moments: Moments) -> str:
    """Today 14:38, Yesterday 14:38, 2 Nov, 14:02; both since 1970."""
    if seconds is None:
        return tr("At an unknown time")
    clock, days = moments.clock(seconds), days_ago(seconds, now)
    if days == 0:
        return tr("Today {clock}", clock=clock)
    if days == 1:
        return tr("Yesterday {clock}", clock=clock)
    return _dated(seconds, now, moments)


def _dated(seconds: float, now: float, moments: Moments) -> str:
    return tr("{day}, {time}", day=moments.date(seconds, now), time=moments.clock(seconds))


def subtitle(event: KillEvent, now: float, moments: Moments) -> str:
    """When, by whom, how much it freed: parts with dots between."""
    moment = when(event.time, now, moments)
    if event.not_before is not None and event.time is not None:
        moment = _between(event.not_before, event.time, now, moments)
    parts = [moment]
    if event.outcome not in ("nobody", "panic") and event.killer != "oomtray":
        parts.append(tr("by {killer}", killer=killed_by(event.killer)))
    if event.freed is not None:
        parts.append(tr("freed {size}", size=size(event.freed)))
    first = event.victims[0] if event.victims else None
    if first is not None and first.pid is not None:
        several = len(event.victims) > 1
        parts.append(tr_n("{count} process", "{count} processes", len(event.victims)) if several else called(first))
    return " · ".join(parts)


def _between(begin: float, end: float, now: float, moments: Moments) -> str:
    """The day is named once, where it is one."""
    since, until = moments.clock(begin), moments.clock(end)
    if days_ago(begin, end):
        return tr("Between {begin} and {end}", begin=_dated(begin, now, moments), end=_dated(end, now, moments))
    if since == until:
        return when(end, now, moments)
    days = days_ago(end, now)
    if days == 0:
        return tr("Today between {begin} and {end}", begin=since, end=until)
    if days == 1:
        return tr("Yesterday between {begin} and {end}", begin=since, end=until)
    return tr("Between {begin} and {end}", begin=_dated(begin, now, moments), end=until)


def list_line(event: KillEvent, now: float, moments: Moments) -> str:
    """The second line of an entry in the list."""
    moment = when(event.time, now, moments)
    if event.killer == "oomtray":
        return tr("{time} · ended by OOM Tray", time=moment)
    return " · ".join((moment, killed_by(event.killer)))


def certainty(event: KillEvent) -> str:
    """How it is known."""
    if event.killer == "oomtray":
        return tr("You had marked it as expendable")
    if event.manual:
        return tr("Asked for by hand (SysRq)")
    if event.certainty == "certain":
        told = next((text for sources, text in _SEEN if sources & set(event.sources)), mark("Certain"))
        return tr(told)
    if event.certainty == "one-of":
        return tr("One of these: which one isn't known")
    if event.certainty == "likely":
        return tr("Likely: it would have been the next")
    if {"kernel-log", "log"} & set(event.sources):
        return tr("Unknown: the report has no end")
    return tr("Unknown: nobody saw which one")


def foretold(event: KillEvent) -> str:
    """Empty where no warning had named it."""
    return "" if event.foretold is None else tr("Foretold {time} before", time=age(event.foretold))


def asked(event: KillEvent) -> str:
    """Who had asked for memory, and for its end; empty where that isn't known."""
    if event.asked_by is not None:
        return tr("{killer} had asked it to end", killer=event.asked_by)
    if event.trigger is not None and not event.manual:
        return tr("{name} had asked for memory", name=printable(event.trigger.name))
    return ""


def why(event: KillEvent) -> str:
    """Why it was this one, in sentences; empty where that isn't known."""
    told = []
    if event.constraint == "memcg":
        limit = None if event.scope is None else event.scope.limit
        if limit is None:
            told.append(tr("Only the processes of one group were considered: it had reached its own limit."))
        else:
            told.append(
                tr("Only the processes of one group were considered: it had reached its own limit of {limit}.", limit=size(limit))
            )
    elif event.constraint in ("cpuset", "mempolicy"):
        told.append(tr("Memory was short only on the nodes that the asking process may use; elsewhere some was free."))
    if event.ranking and event.page_size is not None:
        told += compared(event.ranking, event.page_size) or [tr("{name} held the most memory.", name=printable(event.ranking[0].name))]
    return " ".join(told)


def growth(apps: Sequence[Grown]) -> str:
    """What grew before it; empty where nothing is known to have."""
    if not apps:
        return ""
    first, others = apps[0], apps[1:]
    told = tr(
        "{app} grew from {from} to {to} in {seconds}.",
        **{"app": printable(first.name), "from": size(first.low), "to": size(first.high), "seconds": duration(int(first.seconds))},
    )
    if not others:
        return told
    more = joined([printable(one.name) for one in others[:_NAMED]], max(len(others) - _NAMED, 0))
    return tr("{first} These grew too: {apps}.", first=told, apps=more)


def no_helper(helper: str) -> str:
    """Why the kernel's reports can't be asked for."""
    return tr(
        "The helper that may read the kernel's log is not installed ({helper}). Install the oomtray package of your system, or run"
        " `sudo make install-helper` in the source tree.",
        helper=helper,
    )


def nothing_known(event: KillEvent, count: int = 1) -> str:
    """Where there is neither a ranking nor a cause; `count` kills that nobody saw are one."""
    if span_of(event) is not None:
        return tr_n(
            "The kernel counted it, and nobody saw which process it was. Its report names it, where the log still has that.",
            "The kernel counted them, and nobody saw which processes they were. Its reports name them, where the log still has those.",
            count,
        )
    if event.killer == "oomtray":
        return tr("It was asked to end to keep the computer responsive, before a killer had to choose.")
    if {"log", "kernel-log"} & set(event.sources):
        return tr("The log has no table of processes, so the ranking isn't known.")
    return tr("The kernel's report has the ranking at that moment and what used memory up.")
