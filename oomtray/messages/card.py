"""The texts of the card in the window: who goes next, or a message in its place.

Of several wordings the longest comes first: the window uses the first that fits.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from oomtray.messages.i18n import tr, tr_n
from oomtray.messages.killers import ends, stands_briefly
from oomtray.messages.kills import killed_by
from oomtray.messages.names import app_name, own_name, with_pid
from oomtray.messages.numbers import age, at_most, bounded, freed, one_of, percent
from oomtray.messages.victim import Note, conditions, killer_name
from oomtray.records import dataclass
from oomtray.risk.certainty import void_by
from oomtray.text import is_called, printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.assessment import Assessment
    from oomtray.risk.judged import App, Risk
    from oomtray.risk.kill_event import KillEvent
    from oomtray.risk.killer import Killer, Victim


@dataclass(frozen=True, slots=True)
class CardWords:
    lead: tuple[str, ...]
    """The line above the name."""
    name: tuple[str, ...]
    detail: tuple[str, ...] = ()
    """The text beside the name, shown if it fits."""
    then: tuple[str, ...] = ()
    """The word before the names of those that come next."""
    foot: tuple[str, ...] = ()
    """The line that replaces those names."""
    spoken: str = ""
    """The name for screen readers, if the visible text changes every second."""


def waiting() -> CardWords:
    """Return the texts before anything is known."""
    return CardWords((tr("Who would be killed first"),), (tr("Not known yet"),))


def next_victim(
    assessment: Assessment, name: str, others: Sequence[str], app: App | None, *, paused_at: str | None = None
) -> CardWords:
    """Return the texts about the next victim.

    `name` is the victim's display name, `others` those that it may be as well, `app` the app that it belongs
    to. `paused_at` is the time of day at which this was the case; None for now.
    """
    victim, killer = assessment.victim, assessment.killer
    if void_by(assessment) is not None:
        return _void(assessment)
    if victim is None or killer is None:
        return CardWords((tr("If memory ran out now"),), (tr("Nobody could be killed"),), foot=(_hidden(assessment),))
    foot = () if killer.name == "kernel" else stands_briefly(killer)
    lead = _lead(assessment, killer) if paused_at is None else _lead_then(killer, paused_at)
    return CardWords(lead, _names(name, others), _details(victim, killer, app, others), (tr("then"),), foot)


def set_apart(named: Sequence[tuple[str, int]]) -> list[str]:
    """Return these names, with their PIDs where two are the same."""
    times = Counter(name.casefold() for name, _ in named)
    return [with_pid(name, pid) if times[name.casefold()] > 1 else name for name, pid in named]


def killed(event: KillEvent, name: str, now: float) -> CardWords:
    """Return the texts about a recent kill; `now` is in seconds since 1970."""
    killer = killed_by(event.killer)
    if event.time is None or now - event.time < 60:
        lead = tr("Killed by {killer} just now", killer=killer)
    else:
        lead = tr("Killed by {killer} {time} ago", killer=killer, time=age(now - event.time))
    likely = tr("likely") if event.outcome == "likely" else ""
    gave = "" if not event.freed else tr("freed {size}", size=size(event.freed))
    return CardWords((lead,), (name,), _joined(likely, gave), (tr("next now"),))


_SPOKEN = 15, 5
"""Seconds left at which the countdown is announced."""


def steps_in(name: str, frees: int, seconds: float | None, assessment: Assessment | None, *, is_next: bool) -> CardWords:
    """Return the texts of the countdown to ending the app `name`, which frees at most `frees` bytes.

    `seconds` is None while it is being ended. `is_next` means that a killer would take that app first as
    well.
    """
    lead = tr("To keep the computer responsive"), tr("To stay responsive"), tr("Stepping in")
    gives = tuple(tr("frees {size}", size=told) for told in (at_most(frees), bounded(frees, exact=False)))
    if seconds is None:
        ends = tr("Ending {name}…", name=name)
        return CardWords(lead, (ends,), gives, spoken=ends)
    count = math.ceil(seconds)
    named = (
        tr_n("{name} ends in {count} s", "{name} ends in {count} s", count, name=name),
        tr_n("{name}: {count} s", "{name}: {count} s", count, name=name),
    )
    most = next(mark for mark in reversed(_SPOKEN) if count <= mark or mark == _SPOKEN[0])
    spoken = tr_n("{name} ends within {count} s", "{name} ends within {count} s", most, name=name)
    killer = None if assessment is None or assessment.victim is None or void_by(assessment) else assessment.killer
    if killer is None:
        return CardWords(lead, named, gives, spoken=spoken)
    who = killer_name(killer.name)
    foot = (tr("else {killer} kills it", killer=who), tr("else it is killed"), tr("else killed")) if is_next else ()
    return CardWords(lead, named, gives, (tr("else {killer} kills", killer=who), tr("else")), foot, spoken)


def let_go(name: str) -> str:
    """Return the label of the button that lets another process go in the victim's place."""
    return tr("Let {name} go first", name=name)


def let_go_instead(name: str, victim: str) -> str:
    """Return the accessible name of that button."""
    return tr("Let {name} go first instead of {victim}", name=name, victim=victim)


def goes_instead(name: str, victim: str, other: Risk) -> str:
    """Return the tooltip of that button."""
    return tr("Then {name} is killed first, which frees {size}. {victim} is spared, and no password is needed.",
              name=name, size=freed(other), victim=victim)  # fmt: skip


def notes(assessment: Assessment) -> tuple[Note, ...]:
    """Return further notes, one sentence each, which don't fit on the card."""
    killer = assessment.killer
    found = conditions(assessment)
    if killer is not None and killer.command is not None and (whole := ends(killer)) is not None:
        found = (Note("warning", whole), *found)
    return found


def _lead(assessment: Assessment, killer: Killer) -> tuple[str, ...]:
    name = killer_name(killer.name)
    if not assessment.snapshot.complete:
        return (
            tr("Of the processes that you can see, {killer} would kill first", killer=name),
            tr("Of the processes that you can see, first"),
            tr("Of those that you can see"),
            tr("First to go"),
        )
    scope = assessment.snapshot.scope
    if scope.kind != "system":
        cgroup = printable(scope.path or "/")
        return tr("If {cgroup} ran out of memory now, {killer} would kill", cgroup=cgroup, killer=name), tr(
            "{killer} would kill first", killer=name
        )
    if killer.name != "kernel" and killer.swap_at is not None:
        return (
            tr("{killer} would kill first, at {percent} of swap", killer=name, percent=percent(killer.swap_at)),
            tr("{killer} would kill first", killer=name),
            tr("First to go"),
        )
    longest = tr("If memory ran out now, {killer} would kill", killer=name)
    if killer.name == "kernel":
        return longest, tr("The kernel would kill first"), tr("First to go")
    return longest, tr("{killer} would kill first", killer=name), tr("First to go")


def _lead_then(killer: Killer, at: str) -> tuple[str, ...]:
    name = killer_name(killer.name)
    return tr("At {time} {killer} would have killed", time=at, killer=name), tr("As of {time}", time=at)


def _names(name: str, others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        return (name,)
    several = tr_n("{name} or {count} other", "{name} or {count} others", len(others), name=name)
    if len(others) == 1:
        return tr("{name} or {other}", name=name, other=others[0]), several
    return (several,)


def _details(victim: Victim, killer: Killer, app: App | None, others: Sequence[str]) -> tuple[str, ...]:
    if others:
        return (tr("too close to tell"),)
    risk = victim.risk
    said = () if risk.frees is None else (freed(risk),) if risk.frees_exact else (freed(risk), bounded(risk.frees, exact=False))
    frees = tuple(tr("frees {size}", size=amount) for amount in said)
    goes = {one.process.pid for one in app.members} if app is not None else {risk.process.pid}
    taken = killer.takes.pids if killer.takes is not None else victim.also.pids if victim.also is not None else ()
    if len(taken) > 1:
        count = len(taken)
        whole = goes <= set(taken) and len(goes) == count
        every = (
            tr_n("its {count} process", "all its {count} processes", count)
            if whole
            else tr_n("{count} process in all", "{count} processes in all", count)
        )
        return (every, tr_n("{count} process", "{count} processes", count))
    count = 1 if app is None else len(app.members)
    if count == 1:
        return frees
    part = tr_n("one of its {count} processes", "one of its {count} processes", count)
    brief = (
        one_of(count),
        tr_n("1 of {count}", "1 of {count}", count),
    )
    told = [part, *brief]
    if app is None or not is_called(own_name(risk.process), app_name(app)):  # otherwise said already
        told.insert(0, tr("{process}, one of {count} processes", process=own_name(risk.process), count=count))
    return (*(_joined(word, *frees[:1])[0] for word in told), *frees)


def _joined(*texts: str) -> tuple[str, ...]:
    found = [text for text in texts if text]
    return (tr(", ").join(found),) if found else ()


def _void(assessment: Assessment) -> CardWords:
    void = void_by(assessment)
    foot = (tr("vm.{sysctl} is set", sysctl=void or ""),)
    if void == "panic_on_oom":
        return CardWords((tr("If memory ran out now"),), (tr("The whole computer would stop"),), foot=foot)
    return CardWords(
        (tr("This kernel keeps no order"), tr("No order")),
        (tr("Whoever asks for memory is killed"), tr("Whoever asks is killed"), tr("Whoever asks dies")),
        foot=foot,
    )


def _hidden(assessment: Assessment) -> str:
    return "" if assessment.snapshot.complete else tr("Others may be hidden from you")
