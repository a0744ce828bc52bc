"""What the window of past kills says about one: a title, how certain it is, and why this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.causes import GREW, advice_for_most
from oomtray.messages.i18n import joined, mark, tr, tr_c, tr_n
from oomtray.messages.kills import (
    by_sysrq,
    chosen,
    compared,
    how_it_ended,
    in_its_place,
    killed_by,
    on_purpose,
    takes_who_asks,
    unseen,
    was_foretold,
)
from oomtray.messages.moments import Moments, between, when
from oomtray.messages.names import as_victims, program_name, victim_name, victim_process
from oomtray.messages.numbers import age, one_of, percent, to_minutes
from oomtray.risk.before_kill import Grown, Moment, last_apps
from oomtray.risk.kill_event import NOBODY_KILLED, KillEvent, Source
from oomtray.risk.unseen_kills import span_of
from oomtray.text import adjustment, size

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMED = 3
_LOGS: frozenset[Source] = frozenset({"log", "kernel-log"})
_SEEN: tuple[tuple[frozenset[Source], str, str], ...] = (
    (
        frozenset({"log", "kernel-log"}),
        mark("Certain: the log names it"),
        mark("Whoever killed it wrote into the log which process it was."),
    ),
    (
        frozenset({"oomd-signal"}),
        mark("Certain: systemd-oomd names it"),
        mark("systemd-oomd told over D-Bus what it killed."),
    ),
    (
        frozenset({"proc-connector", "pidfd"}),
        mark("Certain: it was seen to end"),
        mark("It was killed at the very moment at which the kernel counted a kill for want of memory."),
    ),
)
"""What makes it certain, in a few words and in a sentence."""


def title(event: KillEvent, count: int = 1) -> str:
    """Say what was killed, in a few words; `count` above 1 stands for several unnoticed kills."""
    if count > 1:
        return unseen(count)
    if event.outcome == "panic":
        return tr("The machine was stopped")
    if event.outcome == "nobody":
        return tr("Nothing could be killed")
    if event.outcome == "ending":
        return tr("Nothing had to be killed")
    if not event.victims:
        return tr("Memory ran out") if _LOGS & set(event.sources) else tr("Something was killed")
    names = list(dict.fromkeys(victim_name(victim) for victim in event.victims))
    shown = joined(names, most=_NAMED)
    if event.outcome == "one-of" and len(names) > 1:
        return tr("One of these was killed: {names}", names=shown)
    who = as_victims(event, shown)
    if event.killer == "oomtray":
        return tr("OOM Tray ended {names}", names=who)
    if event.outcome == "one-of":
        return tr("A part of {name} was killed", name=who)
    if event.outcome == "likely":
        if len(names) > 1:
            return tr_c("as a title", "{names} were likely killed", names=who)
        return tr_c("as a title", "{names} was likely killed", names=who)
    return tr("{names} was killed", names=who) if len(names) == 1 else tr("{names} were killed", names=who)


def short(event: KillEvent, count: int = 1) -> str:
    """Say what was killed, for a list."""
    if event.outcome in NOBODY_KILLED or not event.victims:
        return title(event, count)
    if event.is_drill:
        return tr("Fire drill")
    names = list(dict.fromkeys(victim_name(victim) for victim in event.victims))
    return joined(names) if len(names) <= 2 else joined(names[:1], len(names) - 1)


def subtitle(event: KillEvent, now: float, moments: Moments) -> str:
    """Say when, by whom, and what it freed, in parts separated by dots."""
    moment = when(event.time, now, moments)
    if event.not_before is not None and event.time is not None:
        moment = between(event.not_before, event.time, now, moments)
    parts = [moment]
    told_by_log_alone = not event.victims and _LOGS & set(event.sources)
    if event.outcome not in NOBODY_KILLED and event.killer not in ("oomtray", "unknown") and not told_by_log_alone:
        parts.append(tr("by {killer}", killer=killed_by(event.killer)))
    if event.freed is not None:
        parts.append(tr("freed {size}", size=size(event.freed)))
    first = event.victims[0] if event.victims else None
    if first is not None and first.pid is not None:
        count = len(event.victims)
        together = one_of(count) if event.outcome == "one-of" else tr_n("{count} process", "{count} processes", count)
        parts.append(together if count > 1 else victim_process(first))
    return " · ".join(parts)


def list_line(event: KillEvent, now: float, moments: Moments) -> str:
    """Return the second line of an entry in the list."""
    moment = when(event.time, now, moments)
    if event.killer == "unknown":
        return moment
    return " · ".join((moment, killed_by(event.killer)))


def certainty(event: KillEvent) -> tuple[str, str]:
    """Say how it is known, in a few words and in a sentence."""
    if event.killer == "oomtray":
        return tr("You had marked it as expendable"), tr(
            "OOM Tray ends only apps that you have marked, and asks first."
        )
    if event.manual:
        return tr("Asked for by hand (SysRq)"), by_sysrq()
    if event.outcome in NOBODY_KILLED:
        return tr("Certain: the log says so"), tr("Nobody was killed, so there is nobody to be named.")
    if event.certainty == "certain":
        told = next(
            (texts for sources, *texts in _SEEN if sources & set(event.sources)), [mark("Certain"), ""]
        )
        return tr(told[0]), tr(told[1])
    if event.certainty == "one-of":
        return (
            tr("One of these: which one isn't known"),
            tr(
                "They ended at the moment of the kill, and only the kernel's report can tell which of them it was."
            ),
        )
    if event.certainty == "likely" and (ended := how_it_ended(event)):
        return tr("Likely: it ended at that moment"), ended
    if event.certainty == "likely":
        return (
            tr("Likely: it was next in order"),
            tr(
                "Nobody saw it end. By the last readings it was the one that would have been chosen, and it is gone."
            ),
        )
    if _LOGS & set(event.sources):
        return tr("Unknown: the report has no end"), tr(
            "Its last lines, which say who was killed, are missing from the log."
        )
    return tr("Unknown: nobody saw which one"), tr("The kernel counts its kills without saying who it was.")


def all_names(event: KillEvent, most: int) -> str:
    """Name all processes that ended together, up to a limit; empty if the title already names all."""
    if len(event.victims) <= _NAMED or event.outcome in ("one-of", "likely"):
        return ""
    names = [victim_process(victim) for victim in event.victims]
    return joined(names, most=most)


def foretold(event: KillEvent) -> tuple[str, str]:
    """Say that a warning had named it, in a few words and in a sentence; empty if none had."""
    if event.foretold is None or not was_foretold(event):
        return "", ""
    return tr("Predicted {time} before", time=age(event.foretold)), tr(
        "OOM Tray had named it as the next victim."
    )


def asked(event: KillEvent) -> tuple[str, str]:
    """Say who had asked for memory, or for its end, in a few words and in a sentence; empty if unknown."""
    if event.asked_by is not None:
        return (
            tr("{killer} had asked it to end", killer=event.asked_by),
            tr("It was given time to end by itself first, and was killed by force since it didn't."),
        )
    if event.trigger is not None and event.lowered:
        return (
            tr("{name} had lowered the limit", name=program_name(event.trigger.name)),
            tr("The kernel kills at once where memory.max is set below what a control group holds and can't give back."),
        )
    if event.trigger is not None and not event.manual:
        return (
            tr("{name} had asked for memory", name=program_name(event.trigger.name)),
            tr(
                "The kernel kills when a process asks for memory and none is left. That need not be who holds most."
            ),
        )
    return "", ""


def why_heading(event: KillEvent, count: int = 1) -> str:
    """Return the heading of what is known about the choice; `count` above 1 stands for several unnoticed kills."""
    if event.outcome == "panic":
        return tr("Why the machine was stopped")
    if event.outcome == "nobody":
        return tr("Why nothing could be killed")
    if event.outcome == "ending":
        return tr("Why nothing had to be killed")
    if not event.victims:
        return tr("Which one") if count == 1 else tr("Which ones")
    if _spared_the_largest(event):
        return tr("Why this one and not the largest")
    return tr("Why these") if len(event.victims) > 1 and event.outcome == "killed" else tr("Why this one")


def _spared_the_largest(event: KillEvent) -> bool:
    """Whether adjustments spared the process that held most; False if the ranking is unknown."""
    if not event.ranking:
        return False
    largest = max(event.ranking, key=lambda one: one.rss + one.swap)
    return largest.oom_score_adj != event.ranking[0].oom_score_adj and all(victim.pid != largest.pid for victim in event.victims)


def why(event: KillEvent, around: Sequence[Moment] = ()) -> str:
    """Say why it was this one, in sentences; empty if unknown. `around` are the readings around it, oldest first."""
    told = list(filter(None, (on_purpose() if event.is_drill else "", chosen(event))))
    if event.constraint == "memcg" or (event.constraint is None and event.scope is not None and event.scope.kind == "cgroup"):
        limit = None if event.scope is None else event.scope.limit
        if limit is None:
            told.append(tr("Only the processes of one group were considered: it had reached its own limit."))
        else:
            told.append(
                tr("Only the processes of one group were considered: it had reached its own limit of {limit}.", limit=size(limit))
            )
    elif event.constraint in ("cpuset", "mempolicy"):
        told.append(tr("Memory was short only on the nodes that the asking process may use; elsewhere some was free."))
    if event.allocating:
        told.append(takes_who_asks())
    if event.ranking and event.page_size is not None:
        name = program_name(event.ranking[0].name)
        if len(event.ranking) == 1:
            told.append(tr("{name} was the only process that could be killed.", name=name))
        elif _spared_the_largest(event):
            told += compared(event.ranking, event.page_size)
        elif max(event.ranking, key=lambda one: one.rss + one.swap) is event.ranking[0]:
            told.append(tr("{name} held the most memory.", name=name))
        told += in_its_place(event)
    elif added := _added(event, around):
        adj = adjustment(event.victims[0].oom_score_adj)
        told.append(tr("To the kernel, its oom_score_adj of {adj} counted like {size} more.", adj=adj, size=size(added)))
        told += _larger(event, added, around)
    return " ".join(told)


def _added(event: KillEvent, around: Sequence[Moment]) -> int:
    """Return the bytes that the victim's oom_score_adj stood for when all of the machine was short; 0 if none or unknown."""
    if event.killer != "kernel" or event.outcome != "killed" or len(event.victims) != 1 or event.is_drill or event.time is None:
        return 0
    if event.scope is None or event.scope.kind != "system" or event.constraint not in (None, "none"):
        return 0
    totals = [one.total + one.swap_total for one in around if one.time <= event.time and one.swap_total is not None]
    adj = event.victims[0].oom_score_adj
    return totals[-1] // 1000 * adj if totals and adj is not None and adj > 0 else 0


def _larger(event: KillEvent, added: int, around: Sequence[Moment]) -> list[str]:
    """Say why an app that held more than the victim can have counted, which was `added` to what it held, was spared."""
    victim, last = event.victims[0], None if event.time is None else last_apps(around, event.time)
    if last is None:
        return []
    apps = dict(last.apps)
    name, most = max(last.apps, key=lambda one: one[1])
    own = apps.get(victim.app or victim.name, victim.freed)
    if own is None or most <= own + added:
        return []
    return [
        tr(
            "{app} held even more at the last reading, but the kernel compares single processes, each with its own oom_score_adj.",
            app=program_name(name),
        )
    ]


def of_both(whole: int) -> str:
    """Say what apps are parts of; they may have been in swap, too."""
    return tr("{size} of RAM and swap", size=size(whole))


def held(last: Moment) -> str:
    """Say how full memory and swap were at the last reading before it; empty if unknown."""
    if last.available is None or not last.total:
        return ""
    memory = percent(100 * (1 - last.available / last.total))
    if not last.swap_total or last.swap_free is None:
        return tr("At the last reading before, {memory} of memory was in use.", memory=memory)
    swap = percent(100 * (1 - last.swap_free / last.swap_total))
    return tr("At the last reading before, {memory} of memory and {swap} of swap were in use.", memory=memory, swap=swap)


def again(before: Sequence[KillEvent], now: float, moments: Moments) -> tuple[str, str]:
    """Say how often the same was killed before it, newest first, in a few words and in a sentence; empty if never."""
    if not before:
        return "", ""
    return (
        tr_n("Killed once before", "Killed {count} times before", len(before)),
        tr("The last time before this one: {time}.", time=when(before[0].time, now, moments)),
    )


def spare_it(event: KillEvent, *, held_most: bool = False) -> str:
    """Say how to spare it next time where no cause advises anything and no button does it; empty if nothing is known.

    `held_most` means that it had filled memory itself: what spares it then is to need less.
    """
    if held_most:
        return advice_for_most(victim_name(event.victims[0]))
    if event.killer != "systemd-oomd" or event.outcome != "killed" or not event.victims or event.is_drill:
        return ""
    return tr("Protect it while it runs: OOM Tray can then tell systemd-oomd, too, to take others first.")


def growth(apps: Sequence[Grown]) -> str:
    """Say what grew before it; empty if unknown."""
    if not apps:
        return ""
    first, others = apps[0], apps[1:]
    told = tr(
        GREW,
        **{"app": program_name(first.name), "from": size(first.low), "to": size(first.high), "seconds": to_minutes(first.seconds)},
    )
    if not others:
        return told
    more = joined([program_name(one.name) for one in others], most=_NAMED)
    return tr("{first} These grew too: {apps}.", first=told, apps=more)


def no_helper(helper: str) -> str:
    """Say why the kernel's reports can't be requested."""
    return tr(
        "The helper that may read the kernel's log is not installed ({helper}). Install the oomtray package of your system, or run"
        " `sudo make install-helper` in the source tree.",
        helper=helper,
    )


def nothing_known(event: KillEvent, count: int = 1) -> str:
    """Say that there is neither a ranking nor a cause; `count` above 1 stands for several unnoticed kills."""
    if span_of(event) is not None:
        return tr_n(
            "The kernel counted it, and nobody saw which process it was. The kernel's report names it, if the log still has that report.",
            "The kernel counted them, and nobody saw which processes they were. The kernel's reports name them, if the log still has those reports.",
            count,
        )
    if event.killer == "oomtray":
        return tr("It was asked to end to keep the computer responsive, before a killer had to choose.")
    if event.outcome == "panic":
        return tr(
            "The kernel stops the machine where vm.panic_on_oom is set, or where nothing is left that it may kill."
        )
    if event.outcome == "nobody":
        return tr(
            "All that is left there is kept from being killed by its oom_score_adj of -1000, or is ending already."
        )
    if event.outcome == "ending":
        return tr("The process that the kernel chose was ending already, which frees its memory too.")
    if event.killer == "systemd-oomd":
        return tr(
            "systemd-oomd acts when swap is nearly full, or when programs wait too long for memory. It takes a control group with all"
            " that is in it, by a rule of its own; the kernel's ranking doesn't matter to it."
        )
    if event.killer not in ("kernel", "unknown"):
        return tr("{killer} tells whom it killed, but not whom else it had looked at.", killer=event.killer)
    if _LOGS & set(event.sources):
        return tr("The log tells too little of the other processes, so the ranking isn't known.")
    return tr("Only the kernel's report has the ranking at that moment, and tells what used memory up.")


def report_may_tell(event: KillEvent) -> bool:
    """Whether the kernel's own report could provide what `nothing_known` lacks."""
    return not event.is_drill and event.killer == "kernel" and event.outcome not in NOBODY_KILLED and not _LOGS & set(event.sources)


def does_not_run(name: str) -> str:
    """Say why nothing is offered for it; `name` must be printable."""
    return tr("{name} isn't running now. Once it runs again, this can be set here.", name=name)


def limit_is_elsewhere() -> str:
    """Say why raising a limit isn't offered."""
    return tr("The limit isn't one of a unit that is here now, so it can't be raised from here.")
