"""What was killed, by whom and why, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomtray.messages.causes import advice, evidence
from oomtray.messages.free_memory import finding
from oomtray.messages.i18n import joined, tr, tr_n
from oomtray.messages.moments import IN_WORDS, Moments, between, when
from oomtray.messages.names import (
    as_processes,
    process_name,
    program_name,
    this_container,
    victim_name,
    victim_process,
    with_pid,
)
from oomtray.messages.numbers import age
from oomtray.risk.own_fault import is_cause
from oomtray.systemd.unit_names import unescape
from oomtray.text import adjustment, printable, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oomtray.risk.kill_event import Dead, KillerId, KillEvent, Source
    from oomtray.risk.postmortem import Ranked

_NAMED = 6
"""How many victims are named; the rest are counted."""
_LOGS: frozenset[Source] = frozenset({"log", "kernel-log"})


def killed_by(killer: KillerId) -> str:
    """Return a killer's name as used within a sentence; an unknown one has none."""
    if killer == "oomtray":
        return "OOM Tray"
    return tr("the kernel") if killer == "kernel" else killer


def happened(report: KillEvent, who: str) -> str:
    """Say what happened, without the time; `who` names the victims, if there are any."""
    if report.killer == "oomtray":
        return ended_for_memory(who)
    killer = killed_by(report.killer)
    if report.outcome == "panic":
        return tr("The kernel ran out of memory and stopped the machine")
    if report.outcome == "nobody":
        return tr("Memory ran out, and there was no process that could be killed")
    if report.outcome == "ending":
        return tr("Memory ran out, but the process that the kernel chose was ending already")
    if not report.victims and _LOGS & set(report.sources):
        return tr("Memory ran out; the log doesn't say who was killed")
    if not report.victims:
        return tr("A process was killed by {killer}; it isn't known which one", killer=killer)
    if report.killer == "unknown":  # in a log that has only the failure of a unit
        return tr("A process of {names} was killed; it isn't known by whom", names=who)
    if report.outcome == "one-of":
        if of_several_names(report):
            return tr("One of these was killed by {killer}: {names}", killer=killer, names=who)
        return tr("A process of {names} was killed by {killer}", names=who, killer=killer)
    if report.outcome == "likely" and len(report.victims) > 1:
        return tr("{names} were likely killed by {killer}", names=who, killer=killer)
    if report.outcome == "likely":
        return tr("{names} was likely killed by {killer}", names=who, killer=killer)
    if len(report.victims) > 1:
        return tr("{names} were killed by {killer}", names=who, killer=killer)
    return tr("{names} was killed by {killer}", names=who, killer=killer)


def somebody() -> str:
    """Said if nothing else is known."""
    return tr("A process was killed")


def none_in_log() -> str:
    return tr("The log has no kill in it.")


def counted_only(count: int) -> str:
    """Say that kills are known by nothing but the kernel's count."""
    return tr_n(
        "The kernel has counted {count} kill since boot, and only its log says which process it was.",
        "The kernel has counted {count} kills since boot, and only its log says which processes they were.",
        count,
    )


def counted_besides(count: int) -> str:
    """Say so below other kills."""
    return tr_n(
        "The kernel has counted {count} more kill since boot, and only its log says which process it was.",
        "The kernel has counted {count} more kills since boot, and only its log says which processes they were.",
        count,
    )


def may_name_them(*, has_helper: bool) -> str:
    """Say what a user can do who may not read the kernel's log."""
    if has_helper:
        return tr("To read it with a password, open What was killed in the tray's menu and ask for the kernel's report, or run: sudo dmesg | oomtray kills --log -")
    return tr("To read it: sudo dmesg | oomtray kills --log -")


def not_in_log(count: int) -> str:
    """Say that the log, which was read, doesn't name the kills that the kernel has counted."""
    return tr_n(
        "The kernel has counted {count} kill since boot, but its log of the last 7 days doesn't have it.",
        "The kernel has counted {count} kills since boot, but its log of the last 7 days doesn't have them.",
        count,
    )


def by_sysrq() -> str:
    """Say why memory may not have been short."""
    return tr("Somebody asked for it with the SysRq key; memory may not have been short.")


def of_several_names(report: KillEvent) -> bool:
    """Whether the victims aren't all of one name."""
    return len({victim_name(victim) for victim in report.victims}) > 1


def ended_for_memory(names: str) -> str:
    """Say that OOM Tray itself ended these."""
    return tr("OOM Tray ended {name} to keep the computer responsive", name=names)


def unseen(count: int) -> str:
    """Say how many kills went unnoticed."""
    return tr_n("{count} kill that nobody saw", "{count} kills that nobody saw", count)


def unseen_between(count: int, begin: str, end: str) -> str:
    """Say how many kills went unnoticed between two formatted times."""
    if begin == end:
        return unseen(count)
    return tr_n(
        "{count} kill that nobody saw, between {begin} and {end}",
        "{count} kills that nobody saw, between {begin} and {end}",
        count,
        begin=begin,
        end=end,
    )


def headline(report: KillEvent, now: float, count: int = 1, *, moments: Moments = IN_WORDS) -> str:
    """Say when, who was killed, and by whom; `now` is in seconds since 1970.

    `count` above 1 stands for several unnoticed kills.
    """
    text = happened(report, _who(report)) if count == 1 else unseen(count)
    if report.time is None:
        return text
    if report.not_before is None:
        return tr("{time}: {event}", time=when(report.time, now, moments), event=text)
    return tr("{time}: {event}", time=between(report.not_before, report.time, now, moments), event=text)


def numbered(report: KillEvent, numbers: Sequence[str], now: float) -> str:
    """Return a kill with its time and its number in the record, or the first and last of several."""
    number = numbers[0] if len(numbers) == 1 else tr("{first} to {last}", first=numbers[0], last=numbers[-1])
    return tr("{number}  {event}", number=number, event=headline(report, now, report.kills))


def _who(report: KillEvent) -> str:
    """Name the victims as they stand in a sentence, by their processes; empty if there are none."""
    shown = report.victims[:_NAMED]
    if not shown:
        return ""
    names = joined(list(map(_name, shown)), len(report.victims) - len(shown))
    others = report.outcome == "one-of" or any(victim.of_drill or victim.pid is None for victim in report.victims)
    return names if others else as_processes(names)


def _name(victim: Dead) -> str:
    if victim.of_drill and victim.pid is not None:
        return with_pid(victim_name(victim), victim.pid)
    return victim_process(victim)


def on_purpose() -> str:
    """Say why a fire drill's program was killed."""
    return tr("This was a fire drill: OOM Tray let the kernel kill a small program of its own, to show that kills are noticed. Nothing else was touched.")


def gave(freed: int) -> str:
    """Say how many bytes a kill freed, after the kill itself was described."""
    return tr("That freed {size}.", size=size(freed))


def details(report: KillEvent, *, in_drill: bool = False) -> list[str]:
    """Return details in whole sentences, the most informative first.

    `in_drill` means that a drill describes its own kill like any other.
    """
    drill = report.is_drill and not in_drill
    told = [on_purpose()] if drill else []
    if choice := chosen(report):
        told.append(choice)
    if report.freed is not None:
        told.append(gave(report.freed))
    if report.manual:
        told.append(by_sysrq())
    elif report.trigger is not None and report.lowered:
        told.append(tr("{name} had set the limit below what was in use.", name=program_name(report.trigger.name)))
    elif report.trigger is not None:
        told.append(tr("{name} had asked for memory.", name=program_name(report.trigger.name)))
    if report.allocating:
        told.append(takes_who_asks())
    if report.asked_by is not None:
        told.append(tr("{killer} had asked it to end before.", killer=report.asked_by))
    if (report.cause is None or drill) and (limit := reached(report)):
        told.append(limit)
    if report.growing and not drill:
        told.append(took(report))
    if warning := warned(report):
        told.append(warning)
    if report.outcome == "unknown" and _LOGS & set(report.sources):
        told.append(tr("The report has no end."))
    if report.free is not None:
        told.append(finding(report.free))
    if report.ranking and report.page_size is not None:
        told += compared(report.ranking, report.page_size) + in_its_place(report)
    if report.cause is not None and not drill:
        told += [evidence(report.cause), advice(report.cause, was_killed=is_cause(report, report.cause))]
    return told


def chosen(report: KillEvent) -> str:
    """Say whom the kernel had chosen; empty if that is unknown, or if who was killed is certain."""
    if report.chosen is None or not report.chosen.name or report.outcome == "killed":
        return ""
    name = as_processes(process_name(report.chosen.name, report.chosen.pid))
    return tr("The kernel had chosen {name}, or a child of it in its place.", name=name) if report.chosen.or_child else tr("The kernel had chosen {name}.", name=name)


def takes_who_asks() -> str:
    """Say why the process that asked for memory was killed, whatever others held."""
    return tr("The kernel is set to kill whoever asks (vm.oom_kill_allocating_task).")


def in_its_place(report: KillEvent) -> list[str]:
    """Say why the first of the ranking wasn't killed; empty if it was, or if that isn't known."""
    pids = {victim.pid for victim in report.victims}
    if not report.ranking or not pids or report.outcome != "killed" or pids & {None, report.ranking[0].pid}:
        return []
    first = process_name(report.ranking[0].name, report.ranking[0].pid)
    return [tr("{first} counted most. Before Linux 5.1, the kernel killed a child of it in its place.", first=first)]


def was_foretold(report: KillEvent) -> bool:
    """Whether a warning had named it early enough to be read."""
    return report.foretold is not None and report.foretold >= 1


def warned(report: KillEvent) -> str:
    """Say when a warning had named it; empty if none had."""
    if report.foretold is None or not was_foretold(report):
        return ""
    return tr("A warning had named it {time} before.", time=age(report.foretold))


def reached(report: KillEvent) -> str:
    """Say which limit had been reached; empty if it was the machine's memory, or is unknown.

    Only the kernel kills at a limit; the cgroup of a kill by systemd-oomd is the one that stalled.
    """
    scope = report.scope
    if scope is None or scope.kind != "cgroup" or not scope.path or report.killer != "kernel":
        return ""
    where = this_container() if scope.path == "/" else printable(unescape(scope.path.rstrip("/").rpartition("/")[2]))
    if scope.limit is None:
        return tr("{unit} had reached its memory limit.", unit=where)
    return tr("{unit} had reached its memory limit of {limit}.", unit=where, limit=size(scope.limit))


def how_it_ended(report: KillEvent) -> str:
    """Say when a process ended whose killer wasn't seen; empty if its end was not noticed."""
    if not {"pidfd", "proc-connector"} & set(report.sources):
        return ""
    if report.killer == "kernel":
        return tr("It ended just when the kernel counted a kill.")
    return tr("It ended while {killer} was about to act.", killer=killed_by(report.killer))


def took(report: KillEvent) -> str:
    """Say what grew just before; empty if unknown."""
    if not report.growing:
        return ""
    return tr("What took memory just before: {apps}.", apps=joined([program_name(one.app) for one in report.growing]))


def compared(ranking: Sequence[Ranked], page: int) -> list[str]:
    """Say how adjustments kept the largest from being chosen; empty if they didn't. `page` is in bytes."""
    all_held = [one.rss + one.swap for one in ranking]
    first, largest = ranking[0], ranking[all_held.index(max(all_held))]
    if largest.oom_score_adj == first.oom_score_adj:  # then page tables decided, or that it was root's before Linux 4.17
        return []
    names = {"largest": process_name(largest.name, largest.pid), "first": process_name(first.name, first.pid)}
    held = size(largest.rss + largest.swap)
    if first.oom_score_adj <= 0 and largest.oom_score_adj < 0:
        return [tr("{largest} held {held}, but its {adj} kept it behind {first}.", held=held, adj=adjustment(largest.oom_score_adj), **names)]
    counted, adj = size(first.badness * page), adjustment(first.oom_score_adj)
    return [tr("{largest} held {held}, but {first} counted {counted} with its {adj}.", held=held, counted=counted, adj=adj, **names)]
